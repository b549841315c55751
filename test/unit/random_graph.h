#pragma once
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "compiler/interpret/interpret.h"
#include "compiler/ir/affine.h"
#include "compiler/ir/graph.h"

namespace dnnc {

/// What random graphs may hold. All are well formed, with awkward extents (1, 2, 3, 5, 7, 13).
struct RandomGraphOptions {
  int most_nodes = 6;  ///< comprehensions and reshapes, recurrences counted as one
  bool recurrences = true;
  bool only_recurrences = false;
  bool free_recurrences = false;  ///< that read earlier places of any kind, with anything before the first
  bool draws = true;
  bool kinks = true;       ///< abs, min, max, floor, comparisons, select; reductions by maximum and minimum
  bool overridden = true;  ///< derivatives that are stated, not derived
  bool gradients = false;  ///< adds a loss, and a gradient of every parameter as an output
};

namespace random_graph {

/// In [low, high], each equally likely.
inline int64_t pick(int64_t low, int64_t high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<int64_t>(low, high + 1));
}
/// Holds in one of `of` cases.
inline bool chance(int64_t of) { return pick(0, of - 1) == of - 1; }
template <class T>
T one_of(const std::vector<T>& choices) {
  return choices[pick(0, static_cast<int64_t>(choices.size()) - 1)];
}

class Builder {
 public:
  explicit Builder(const RandomGraphOptions& options) : options_(options) {}

  Graph run() {
    graph_.name = "random";
    batch_ = one_of<int64_t>({1, 2, 3, 5});
    add_settings();
    for (int64_t count = pick(2, 4); count > 0; --count) add_random_input();
    for (int64_t count = pick(1, options_.most_nodes); count > 0; --count) add_random_node();
    add_outputs();
    if (options_.gradients) add_gradients();
    return std::move(graph_);
  }

 private:
  int64_t extent() const { return one_of<int64_t>({1, 2, 2, 3, 3, 5, 7, 13}); }
  std::string new_name(const char* stem) { return stem + std::to_string(graph_.nodes.size()); }

  void add_settings() {
    seed_ = add_input(graph_, {InputRole::Setting, "seed", ""}, {}, {Element::Kind::Integer, 0}, {});
    step_ = add_input(graph_, {InputRole::Setting, "step", ""}, {}, {Element::Kind::Integer, 0}, {});
  }

  std::vector<Axis> random_axes(const std::string& stem, bool batch, int64_t most) {
    std::vector<Axis> axes;
    if (batch) axes.push_back({stem + "n", batch_, true});
    for (int64_t count = pick(batch ? 0 : 1, most); count > 0; --count)
      axes.push_back({stem + std::to_string(axes.size()), extent(), false});
    return axes;
  }

  void add_random_input() {
    bool label = chance(3), batch = label || chance(2);
    Input input{batch ? InputRole::Field : InputRole::Parameter, "", ""};
    input.name = new_name(batch ? "field" : "parameter");
    Element element = label ? Element{Element::Kind::Class, extent()} : Element{};
    add_input(graph_, std::move(input), random_axes("i", batch, label ? 1 : 3), element, {});
  }

  void add_random_node() {
    int64_t kind = options_.only_recurrences && chance(2) ? 1 : pick(0, 9);
    if (kind == 0 && add_random_reshape()) return;
    if (kind == 1 && options_.recurrences) return add_random_recurrence();
    if (kind == 2) return add_labels();
    std::vector<Axis> axes = random_axes("a", chance(2), 2);
    Reduction reduction = Reduction::None;
    if (kind > 4) reduction = Reduction::Sum;
    if (kind == 9) reduction = Reduction::Product;
    if (kind == 8 && options_.kinks) reduction = one_of<Reduction>({Reduction::Maximum, Reduction::Minimum});
    std::vector<Axis> reduced;
    if (reduction != Reduction::None) reduced = random_axes("r", axes.empty() || !axes[0].batch, 2);
    if (reduction == Reduction::Product && reduced.size() > 1) reduced.resize(1);
    if (reduction != Reduction::None && reduced.empty()) reduced.push_back({"r", extent(), false});
    Expr body = random_body(joined(axes, reduced));
    add_comprehension(graph_, new_name("y"), axes, {reduction, reduced, body}, {});
  }

  /// An arg-max, whose value others may gather by. Stated derivatives are kept out: differences along them would move
  /// what does not move.
  void add_labels() {
    std::vector<Axis> axes = random_axes("a", chance(2), 1), reduced = {{"r", extent(), false}};
    bool overridden = std::exchange(options_.overridden, false);
    Expr body = random_body(joined(axes, reduced));
    options_.overridden = overridden;
    Reduction reduction = one_of<Reduction>({Reduction::ArgMaximum, Reduction::ArgMinimum});
    Element element{Element::Kind::Class, reduced[0].extent};
    add_comprehension(graph_, new_name("label"), axes, {reduction, reduced, body}, {}, element);
  }

  bool add_random_reshape() {
    NodeId source{static_cast<uint32_t>(pick(2, static_cast<int64_t>(graph_.nodes.size()) - 1))};
    std::vector<Axis> axes;
    if (batched(graph_[source])) axes.push_back({"n", batch_, true});
    int64_t rest = element_count(graph_[source]) / (axes.empty() ? 1 : batch_);
    for (int64_t factor : {2, 3, 5, 7, 13}) {
      if (rest % factor != 0 || chance(2)) continue;
      axes.push_back({"f" + std::to_string(factor), factor, false});
      rest /= factor;
    }
    axes.push_back({"rest", rest, false});
    add_reshape(graph_, new_name("z"), source, axes, {});
    return true;
  }

  void add_random_recurrence() {
    Recurrence recurrence;
    recurrence.extent = extent();
    recurrence.backward = chance(2);
    int64_t count = pick(1, 2);
    bool batch = chance(2), inner = chance(2);
    std::vector<Axis> axes = {{"t", recurrence.extent, false}};
    if (batch) axes.insert(axes.begin(), {"n", batch_, true});
    if (inner) axes.push_back({"k", extent(), false});
    uint32_t along = batch ? 1 : 0;
    if (options_.free_recurrences && !batch && chance(2)) along = static_cast<uint32_t>(axes.size()) - 1;
    std::swap(axes[along], *std::find_if(axes.begin(), axes.end(), [](const Axis& axis) { return axis.name == "t"; }));
    auto first = static_cast<uint32_t>(graph_.nodes.size());
    for (uint32_t place = 0; place < count; ++place) {
      recurrence.members.push_back(NodeId{first + place});
      recurrence.axis.push_back(along);
    }
    std::vector<Axis> reduced;
    if (options_.free_recurrences && chance(3)) reduced.push_back({"r", extent(), false});
    std::vector<Expr> bodies, starts;
    for (uint32_t place = 0; place < count; ++place) {
      bodies.push_back(random_body(joined(axes, reduced)));
      starts.push_back(options_.free_recurrences && chance(2) ? random_leaf() : constant(pick(-1, 1)));
    }
    for (uint32_t place = 0; place < count; ++place) {
      NodeId read{first + static_cast<uint32_t>(pick(0, count - 1))};
      int64_t least = read.value < first + place ? 0 : 1;
      const int64_t away = recurrence.backward ? 1 : -1;
      std::vector<Subscript> at;
      for (uint32_t axis = 0; axis < axes.size(); ++axis) at.push_back(affine(axis));
      at[along] = affine(along, 1, pick(least, 2) * away);
      if (options_.free_recurrences)
        make_free(at, axes, along, reduced.empty() ? std::nullopt : std::optional(away), least);
      Expr earlier = load(read, at, starts[place]);
      Expr body = call(Function::Tanh, {bodies[place] + earlier * constant(0.5)});
      const Reduction reduction =
          reduced.empty() ? Reduction::None : one_of<Reduction>({Reduction::Sum, Reduction::Maximum});
      add_comprehension(graph_, new_name("h"), axes, {reduction, reduced, body}, {});
    }
    graph_.recurrences.push_back(recurrence);
  }

  /// Earlier by an index that is reduced over, or at the same place of another axis shifted.
  void make_free(std::vector<Subscript>& at, const std::vector<Axis>& axes, uint32_t along,
                 std::optional<int64_t> away_by_reduced, int64_t least) {
    for (uint32_t axis = 0; axis < axes.size(); ++axis)
      if (axis != along && !axes[axis].batch && chance(2))
        at[axis] = affine(axis, one_of<int64_t>({1, 1, -1}), pick(-1, 1));
    const auto reduced = static_cast<uint32_t>(axes.size());
    if (away_by_reduced && chance(2))
      at[along] = affine(along, 1, pick(least, 2) * *away_by_reduced) + affine(reduced, *away_by_reduced);
    else if (away_by_reduced == -1 && chance(2)) at[along] = Affine{{{along, 1, 2, 0}}, -1};
  }

  static std::vector<Axis> joined(std::vector<Axis> a, const std::vector<Axis>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }

  Expr random_body(const std::vector<Axis>& axes) {
    axes_ = axes;
    draw_ = std::nullopt;
    return random_expression(pick(1, 3));
  }

  Expr random_expression(int64_t depth) {
    if (depth == 0) return random_leaf();
    Expr a = random_expression(depth - 1);
    if (chance(3)) return random_function(a);
    Expr b = random_expression(pick(0, depth - 1));
    if (options_.kinks && chance(4)) return random_kink(a, b);
    return chance(2) ? a * b : random_sum(a, b);
  }

  Expr random_sum(const Expr& a, const Expr& b) {
    if (chance(4)) return a / (constant(1.5) + b * b);
    return chance(2) ? a - b : a + b;
  }

  /// Functions kept where they are smooth and of moderate size.
  Expr random_function(const Expr& a) {
    Expr squared = call(Function::Power, {a, constant(2)}), bounded = call(Function::Tanh, {a});
    std::vector<Expr> choices = {-a,
                                 bounded,
                                 call(Function::Sigmoid, {a}),
                                 call(Function::Sin, {a}),
                                 call(Function::Cos, {a}),
                                 call(Function::Erf, {a}),
                                 call(Function::Exp, {bounded}),
                                 call(Function::Expm1, {bounded}),
                                 call(Function::Log, {constant(1.5) + squared}),
                                 call(Function::Log1p, {squared}),
                                 call(Function::Sqrt, {constant(0.5) + squared}),
                                 call(Function::Softplus, {a}),
                                 call(Function::LogSigmoid, {a}),
                                 call(Function::Power, {constant(1) + squared, constant(-1.5)})};
    if (!options_.gradients) choices.push_back(call(Function::StopGradient, {a}));
    if (options_.overridden) choices.push_back(overridden(call(Function::Floor, {a}), a, bounded));
    return one_of(choices);
  }

  Expr random_kink(const Expr& a, const Expr& b) {
    Expr less = call(one_of<Function>({Function::Less, Function::LessEqual}), {a, b});
    Expr equal = call(one_of<Function>({Function::Equal, Function::Unequal}), {a, b});
    Expr both = call(one_of<Function>({Function::And, Function::Or}), {less, equal});
    return one_of<Expr>({call(Function::Maximum, {a, b}), call(Function::Minimum, {a, b}),
                         call(Function::Absolute, {a}), call(Function::Select, {less, a, b}),
                         call(Function::Select, {both, b, a}), call(Function::Not, {equal}),
                         call(Function::Floor, {a * constant(3)}), call(Function::Remainder, {a, constant(0.75)})});
  }

  Expr random_leaf() {
    if (chance(8)) return constant(static_cast<double>(pick(-4, 4)) / 4);
    if (chance(8) && !axes_.empty()) return index_value(random_affine(1));
    if (chance(8) && options_.draws) return random_draw();
    for (int attempt = 0; attempt < 3; ++attempt)
      if (Expr found = random_load()) return found;
    return constant(0.5);
  }

  /// One draw a body, as a draw has one place in it.
  Expr random_draw() {
    if (draw_) return *draw_;
    Draw draw;
    draw.distribution = one_of<Distribution>({Distribution::Uniform, Distribution::Normal, Distribution::Bernoulli});
    draw.a = draw.distribution == Distribution::Bernoulli ? 0.7 : -0.5;
    draw.stream = static_cast<uint64_t>(pick(0, 1000)) << 30;
    draw.seed = seed_;
    draw.step = step_;
    for (uint32_t axis = 0; axis < axes_.size(); ++axis) {
      if (axes_[axis].batch) draw.example = affine(axis);
      else draw.element = draw.element * axes_[axis].extent + affine(axis);
    }
    draw_ = dnnc::draw(draw);
    return *draw_;
  }

  /// A load of any node but the settings; null if that node's batch cannot be read here.
  Expr random_load() {
    NodeId source{static_cast<uint32_t>(pick(2, static_cast<int64_t>(graph_.nodes.size()) - 1))};
    auto own_batch = std::find_if(axes_.begin(), axes_.end(), [](const Axis& axis) { return axis.batch; });
    bool outside = false;
    std::vector<Subscript> at;
    for (const Axis& axis : graph_[source].axes) {
      if (axis.batch) {
        if (own_batch == axes_.end()) return nullptr;
        at.push_back(affine(static_cast<uint32_t>(own_batch - axes_.begin())));
      } else {
        at.push_back(random_subscript(axis.extent, outside));
      }
    }
    return load(source, std::move(at), outside ? constant(static_cast<double>(pick(-2, 2)) / 2) : nullptr);
  }

  Subscript random_subscript(int64_t extent, bool& outside) {
    if (chance(4))
      if (Expr label = random_label(extent)) return Gather{label};
    for (uint32_t axis = 0; axis < axes_.size(); ++axis)
      if (axes_[axis].extent <= extent && !axes_[axis].batch && chance(2))
        return affine(axis, 1, pick(0, extent - axes_[axis].extent));
    Affine form = random_affine(pick(0, 2));
    if (!chance(4)) form.offset -= range_of(form, extents_of(axes_)).low;
    Interval range = range_of(form, extents_of(axes_));
    outside = outside || range.low < 0 || range.high >= extent;
    return form;
  }

  /// Of indices that are not the batch's.
  Affine random_affine(int64_t terms) {
    std::vector<uint32_t> indices;
    for (uint32_t axis = 0; axis < axes_.size(); ++axis)
      if (!axes_[axis].batch) indices.push_back(axis);
    Affine form = affine_constant(pick(-1, 1));
    for (; terms > 0 && !indices.empty(); --terms) {
      Term term;
      term.index = one_of(indices);
      term.coefficient = one_of<int64_t>({1, 1, 2, 3, -1});
      term.divisor = one_of<int64_t>({1, 1, 1, 2, 3});
      term.modulus = one_of<int64_t>({0, 0, 0, 2, 3});
      form = form + Affine{{term}, 0};
    }
    return form;
  }

  /// The label of an array without axes but the batch, if there is one with few enough classes.
  Expr random_label(int64_t extent) {
    auto own_batch = std::find_if(axes_.begin(), axes_.end(), [](const Axis& axis) { return axis.batch; });
    for (NodeId id : node_ids(graph_)) {
      const Node& node = graph_[id];
      bool reads_batch = batched(node);
      if (node.element.kind != Element::Kind::Class || node.element.classes > extent) continue;
      if (node.axes.size() != (reads_batch ? 1 : 0) || (reads_batch && own_batch == axes_.end())) continue;
      if (!reads_batch) return load(id, {});
      return load(id, {affine(static_cast<uint32_t>(own_batch - axes_.begin()))});
    }
    return nullptr;
  }

  void add_outputs() {
    std::vector<bool> read(graph_.nodes.size(), false);
    for (NodeId id : node_ids(graph_))
      for (NodeId source : sources_of(graph_, id)) read[source.value] = true;
    for (NodeId id : node_ids(graph_))
      if (!read[id.value] && !std::holds_alternative<Input>(graph_[id].kind))
        graph_.outputs.push_back({OutputRole::Value, graph_[id].name, id, {}});
  }

  /// The mean over all elements of all outputs, added up, is the loss.
  void add_gradients() {
    Expr sum = constant(0);
    for (const Output& output : std::vector<Output>(graph_.outputs)) {
      if (graph_[output.node].element.kind != Element::Kind::Real) continue;
      std::vector<Axis> axes = graph_[output.node].axes;
      std::vector<Subscript> at;
      for (uint32_t axis = 0; axis < axes.size(); ++axis) at.push_back(affine(axis));
      Expr one = load(output.node, std::move(at)) / constant(static_cast<double>(element_count(graph_[output.node])));
      Reduction reduction = axes.empty() ? Reduction::None : Reduction::Sum;
      sum = sum + load(add_comprehension(graph_, new_name("mean"), {}, {reduction, axes, one}, {}), {});
    }
    NodeId loss = add_comprehension(graph_, "loss", {}, {Reduction::None, {}, sum}, {});
    graph_.outputs.push_back({OutputRole::Loss, "loss", loss, {}});
    for (NodeId id : node_ids(graph_)) {
      const auto* input = std::get_if<Input>(&graph_[id].kind);
      if (!input || input->role != InputRole::Parameter) continue;
      std::string name = "gradient of " + input->name;
      graph_.outputs.push_back({OutputRole::Value, name, add_gradient(graph_, loss, id, {}), {}});
    }
  }

  RandomGraphOptions options_;
  Graph graph_;
  int64_t batch_ = 1;
  NodeId seed_, step_;
  std::vector<Axis> axes_;  ///< of the body being made
  std::optional<Expr> draw_;
};

}  // namespace random_graph

/// Random well-formed graphs: affine loads with strides, padding, `//` and `%`, reductions of all kinds, gathers,
/// reshapes, recurrences, batch sums, draws.
inline rc::Gen<Graph> random_graphs(RandomGraphOptions options = {}) {
  return rc::gen::exec([options] { return random_graph::Builder(options).run(); });
}

/// How RapidCheck shows a graph that fails.
inline void showValue(const Graph& graph, std::ostream& out) { out << "\n" << print(graph); }

/// A value for every input: numbers in [-1, 1] or labels, the same for the same seed.
inline Inputs random_inputs(const Graph& graph, uint64_t seed) {
  Inputs inputs;
  Draw uniform;
  uniform.a = -1;
  for (NodeId id : node_ids(graph)) {
    const Node& node = graph[id];
    const auto* input = std::get_if<Input>(&node.kind);
    if (!input) continue;
    Values values(element_count(node));
    for (size_t place = 0; place < values.size(); ++place) {
      double value = draw_value(uniform, seed, 0, id.value, place);
      if (node.element.kind == Element::Kind::Class)
        value = std::floor((value + 1) / 2 * static_cast<double>(node.element.classes));
      if (node.element.kind == Element::Kind::Integer) value = std::floor((value + 1) * 50);
      values[place] = value;
    }
    inputs[input->name] = std::move(values);
  }
  return inputs;
}

}  // namespace dnnc
