#include "compiler/check_gradients/check_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/interpret/sampled_bound.h"
#include "compiler/interpret/stated_derivatives.h"
#include "compiler/passes/passes.h"
#include "compiler/support/check.h"
#include "runtime/program/philox.h"

namespace dnnc {
namespace {

/// The gradients of a graph, by number, and its two forms whose outputs have these numbers as names.
struct Task {
  std::vector<std::string> names;  ///< of the inputs
  Graph losses, gradients;
};

/// The graph with nothing but these values as outputs.
Graph with_outputs(Graph graph, const std::vector<NodeId>& nodes) {
  graph.outputs.clear();
  for (size_t number = 0; number < nodes.size(); ++number)
    graph.outputs.push_back({OutputRole::Value, std::to_string(number), nodes[number], {}});
  return drop_dead(std::move(graph));
}

Task make_task(const Graph& graph, const std::vector<Pass>& passes, std::vector<std::string>& unchecked) {
  Task task;
  std::vector<NodeId> losses, gradients;
  for (NodeId id : node_ids(graph)) {
    const auto* gradient = std::get_if<Gradient>(&graph[id].kind);
    if (!gradient) continue;
    const auto* input = std::get_if<Input>(&graph[gradient->of].kind);
    if (!input) {
      unchecked.push_back(graph[gradient->of].name);
      continue;
    }
    task.names.push_back(input->name);
    losses.push_back(gradient->loss);
    gradients.push_back(id);
  }
  task.losses = with_outputs(graph, losses);
  task.gradients = with_outputs(graph, gradients);
  bool before = true;
  for (const Pass& pass : passes) {
    task.gradients = pass.run(std::move(task.gradients));
    before = before && pass.run != differentiate;
    if (before) task.losses = pass.run(std::move(task.losses));
  }
  return task;
}

NodeId input_named(const Graph& graph, const std::string& name) {
  for (NodeId id : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[id].kind);
    if (input && input->name == name) return id;
  }
  return NodeId{};
}

/// The nodes that change with `changed` and that `wanted` needs, in order; of a recurrence all or none.
std::vector<NodeId> between(const Graph& graph, NodeId changed, NodeId wanted) {
  std::vector<bool> changes(graph.nodes.size(), false), needed(graph.nodes.size(), false);
  changes[changed.value] = needed[wanted.value] = true;
  auto any_source = [&](NodeId id) {
    std::vector<NodeId> sources = sources_of(graph, id);
    return std::any_of(sources.begin(), sources.end(), [&](NodeId source) { return changes[source.value]; });
  };
  auto spread = [&](std::vector<bool>& set) {
    for (const Recurrence& recurrence : graph.recurrences) {
      bool any =
          std::any_of(recurrence.members.begin(), recurrence.members.end(), [&](NodeId m) { return set[m.value]; });
      for (NodeId member : recurrence.members) set[member.value] = any;
    }
  };
  std::vector<NodeId> ids = node_ids(graph);
  for (NodeId id : ids) {
    if (id != changed && any_source(id)) changes[id.value] = true;
    spread(changes);
  }
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    spread(needed);
    if (needed[id->value])
      for (NodeId source : sources_of(graph, *id)) needed[source.value] = true;
  }
  std::vector<NodeId> result;
  for (NodeId id : ids)
    if (id != changed && changes[id.value] && needed[id.value]) result.push_back(id);
  return result;
}

/// Elements to look at: all, or a sample of which half lies where the gradient is not 0.
std::vector<int64_t> sample(const Values& gradient, int64_t most, uint64_t seed, uint64_t stream) {
  auto count = static_cast<int64_t>(gradient.size());
  std::vector<int64_t> all, sloped;
  for (int64_t place = 0; place < count; ++place) {
    all.push_back(place);
    if (gradient[place] != 0) sloped.push_back(place);
  }
  if (count <= most) return all;
  std::set<int64_t> chosen;
  runtime::RandomSequence random(seed, stream);
  auto draw_from = [&](const std::vector<int64_t>& places, int64_t number) {
    for (; number > 0 && !places.empty(); --number)
      chosen.insert(places[random.below(static_cast<uint32_t>(places.size()))]);
  };
  draw_from(sloped, most / 2);
  draw_from(all, most - most / 2);
  return {chosen.begin(), chosen.end()};
}

/// The values of the losses and all before them, and how far rounding may move the losses.
BoundedValues values_with_rounding(const Graph& losses, const Inputs& inputs) {
  constexpr int runs = 8;
  BoundedValues known = interpret_with_bounds(losses, inputs, {}, float64);
  std::vector<NodeId> loose;
  for (const Output& loss : losses.outputs)
    if (known.bounds[loss.node].at(0) > 0x1p-44 * std::fabs(known.values[loss.node].at(0))) loose.push_back(loss.node);
  if (!loose.empty()) lower_bounds(known, losses, inputs, loose, float64, Roundings::OfInputs, runs);
  return known;
}

/// How far rounding may move the loss. Where its bound says nothing, a few units of the loss.
double rounding_of(const BoundedValues& known, NodeId loss) {
  const double units = 0x1p-51 * std::fabs(known.values[loss].at(0)), bound = known.bounds[loss].at(0);
  return std::isfinite(bound) ? std::max(bound, units) : units;
}

/// The loss along one element of an input.
class Slope {
 public:
  /// An input that the loss does not read has no node.
  Slope(const Interpreter& interpreter, const BoundedValues& known, NodeId input, NodeId loss)
      : interpreter_(interpreter),
        values_(known.values),
        input_(input),
        loss_(loss),
        rounding_(rounding_of(known, loss)) {
    if (input.valid()) nodes_ = between(interpreter.graph(), input, loss);
    here_ = values_[loss_].at(0);
  }

  double loss_here() const { return here_; }
  double rounding() const { return rounding_; }  ///< of each loss
  /// Of all the nodes that one loss takes.
  int64_t terms() const {
    int64_t terms = 0;
    for (NodeId id : nodes_) {
      int64_t points = 1;
      for (const Axis& axis : all_axes(interpreter_.graph()[id])) points *= axis.extent;
      terms += points;
    }
    return terms;
  }
  double loss(int64_t element, double distance) {
    if (nodes_.empty()) return here_;
    double& moved = values_[input_][element];
    double kept = moved;
    moved += distance;
    interpreter_.run_again(values_, nodes_);
    moved = kept;
    return values_[loss_].at(0);
  }
  double value(int64_t element) const { return input_.valid() ? values_[input_][element] : 0; }

 private:
  const Interpreter& interpreter_;
  IdVector<NodeTag, Values> values_;
  NodeId input_, loss_;
  double rounding_;
  std::vector<NodeId> nodes_;
  double here_ = 0;
};

struct Difference {
  double slope = 0;
  double narrow = 0;  ///< the slope over half the step
  double noise = 0;   ///< what rounding of the losses may make of slope and bend
  double bend = 0;    ///< how far the one-sided differences are from closing in on each other as the step does
};

Difference difference(Slope& slope, int64_t element, double step) {
  double here = slope.loss_here();
  double right = slope.loss(element, step), left = slope.loss(element, -step);
  double near_right = slope.loss(element, step / 2), near_left = slope.loss(element, -step / 2);
  double wide = (right - left) / (2 * step), narrow = (near_right - near_left) / step;
  double gap = (right - 2 * here + left) / step, near_gap = (near_right - 2 * here + near_left) / (step / 2);
  // A slope takes 9 losses over three steps, the bend 20 over one.
  return {(4 * narrow - wide) / 3, narrow, 20 * slope.rounding() / step, std::fabs(gap - 2 * near_gap)};
}

/// Whether the slope over half the step shows that this one is as close as allowed. Where the error falls at least as the
/// step does, it is at most twice the distance of the two.
bool closes_in(Slope& slope, int64_t element, double step, const Difference& found, double allowed) {
  double quarter = step / 4;
  double narrower = (slope.loss(element, quarter) - slope.loss(element, -quarter)) / (2 * quarter);
  double finer = (4 * narrower - found.narrow) / 3;
  return 2 * std::fabs(finer - found.slope) <= allowed;
}

/// Compares one element; `scale` is the largest of its gradient.
void check_element(Slope& slope, int64_t element, double derived, double scale, double tolerance,
                   CheckedGradient& result) {
  ++result.checked;
  double size = std::max(1.0, std::fabs(slope.value(element)));
  for (double step : {1e-3, 1e-4, 1e-5}) {
    Difference found = difference(slope, element, step * size);
    double unit = std::max(scale, std::fabs(found.slope));
    if (!(found.bend <= tolerance * unit + found.noise)) continue;
    double allowed = tolerance * unit + found.noise, error = std::fabs(found.slope - derived);
    if (!(error <= allowed)) {
      if (!closes_in(slope, element, step * size, found, allowed)) continue;
      ++result.wrong;
    }
    if (error > 0 && is_loose(allowed, unit)) ++result.untold;
    double relative = error == 0 ? 0 : tolerance * error / allowed;
    if (relative <= result.worst_error) return;
    result.worst_error = relative;
    result.worst_element = element;
    result.derived = derived;
    result.expected = found.slope;
    return;
  }
  ++result.kinks;
}

double largest(const Values& values) {
  double result = 0;
  for (double value : values) result = std::max(result, std::fabs(value));
  return result;
}

CheckedGradient check_gradient(const std::string& name, Slope& slope, const Values& gradient,
                               const GradientCheckOptions& options) {
  CheckedGradient result;
  result.name = name;
  result.elements = static_cast<int64_t>(gradient.size());
  double scale = largest(gradient);
  int64_t affordable = options.terms_each / (4 * std::max<int64_t>(1, slope.terms()));
  int64_t most = std::min(options.elements_each, std::max<int64_t>(8, affordable));
  for (int64_t element : sample(gradient, most, options.seed, std::hash<std::string>()(name)))
    check_element(slope, element, gradient[element], scale, options.tolerance, result);
  return result;
}

}  // namespace

int64_t GradientReport::checked() const {
  int64_t sum = 0;
  for (const CheckedGradient& gradient : gradients) sum += gradient.checked;
  return sum;
}

int64_t GradientReport::kinks() const {
  int64_t sum = 0;
  for (const CheckedGradient& gradient : gradients) sum += gradient.kinks;
  return sum;
}

int64_t GradientReport::untold() const {
  int64_t sum = 0;
  for (const CheckedGradient& gradient : gradients) sum += gradient.untold;
  return sum;
}

bool GradientReport::passed() const {
  bool right =
      std::all_of(gradients.begin(), gradients.end(), [](const CheckedGradient& one) { return one.wrong == 0; });
  return right && checked() > 0 && unchecked.empty() &&
         static_cast<double>(kinks()) <= most_kinks * static_cast<double>(checked());
}

GradientReport check_gradients(const Graph& graph, const Inputs& inputs, const GradientCheckOptions& options) {
  GradientReport report;
  report.most_kinks = options.most_kinks;
  Task task = make_task(graph, options.passes, report.unchecked);
  IdVector<NodeTag, Values> derived = interpret(task.gradients, inputs);
  Linearized forward = with_stated_derivatives(task.losses, inputs);
  Interpreter interpreter(forward.graph);
  const BoundedValues known = values_with_rounding(forward.graph, forward.inputs);
  for (size_t number = 0; number < task.names.size(); ++number) {
    const Values& gradient = derived[task.gradients.outputs[number].node];
    NodeId input = input_named(forward.graph, task.names[number]);
    Slope slope(interpreter, known, input, task.losses.outputs[number].node);
    report.gradients.push_back(check_gradient(task.names[number], slope, gradient, options));
  }
  return report;
}

std::string print(const GradientReport& report) {
  std::string text;
  for (const CheckedGradient& one : report.gradients) {
    text += fmt::format("{}: {} of {} elements, {} kinks, worst error {:.1e}\n", one.name, one.checked, one.elements,
                        one.kinks, one.worst_error);
    if (one.wrong > 0)
      text += fmt::format("  {} wrong; at element {} derived {}, by differences {}\n", one.wrong, one.worst_element,
                          one.derived, one.expected);
  }
  for (const std::string& name : report.unchecked) text += name + ": not an input, not checked\n";
  if (report.untold() > 0)
    text += fmt::format("{} elements are too small beside the rounding of the loss to be told\n", report.untold());
  if (report.checked() == 0) text += "nothing was checked\n";
  if (static_cast<double>(report.kinks()) > report.most_kinks * static_cast<double>(report.checked()))
    text += fmt::format("too many kinks: {} of {}\n", report.kinks(), report.checked());
  return text;
}

}  // namespace dnnc
