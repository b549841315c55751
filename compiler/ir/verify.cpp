#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/ir/axes.h"
#include "compiler/ir/value_range.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Where a node stands in a recurrence.
struct Membership {
  const Recurrence* recurrence = nullptr;
  size_t place = 0;
};

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), labels_(labels(graph)) {}

  std::vector<std::string> run() {
    verify_recurrences();
    for (NodeId id : node_ids(graph_)) verify_node(id);
    verify_input_names();
    verify_outputs();
    return std::move(faults_);
  }

 private:
  template <class... T>
  void fault(NodeId node, fmt::format_string<T...> format, T&&... values) {
    faults_.push_back(label(node) + ": " + fmt::format(format, std::forward<T>(values)...));
  }
  std::string label(NodeId node) const { return node.value < labels_.size() ? labels_[node.value] : "%?"; }

  void verify_node(NodeId id) {
    const Node& node = graph_[id];
    for (const std::string& text : axis_faults(node)) fault(id, "{}", text);
    for (const Axis& axis : all_axes(node)) verify_batch_extent(id, axis);
    if (node.element.kind == Element::Kind::Class && node.element.classes < 1)
      fault(id, "a class has {} labels", node.element.classes);
    std::visit(match{[&](const Input& input) { verify_input(id, input); },
                     [&](const Comprehension& comprehension) { verify_comprehension(id, comprehension); },
                     [&](const Reshape& reshape) { verify_reshape(id, reshape); },
                     [&](const Gradient& gradient) { verify_gradient(id, gradient); }},
               node.kind);
  }

  void verify_batch_extent(NodeId id, const Axis& axis) {
    if (!axis.batch) return;
    if (batch_ == 0) batch_ = axis.extent;
    if (axis.extent != batch_) fault(id, "its batch is {}, another is {}", axis.extent, batch_);
  }

  void verify_input(NodeId id, const Input& input) {
    if (input.name.empty()) fault(id, "an input without a name");
    if (batched(graph_[id]) && input.role != InputRole::Field) fault(id, "only fields have a batch axis");
  }

  void verify_reshape(NodeId id, const Reshape& reshape) {
    if (!verify_defined(id, reshape.source)) return;
    const Node &node = graph_[id], &source = graph_[reshape.source];
    if (element_count(node) != element_count(source))
      fault(id, "has {} elements, {} has {}", element_count(node), label(reshape.source), element_count(source));
    if (batched(node) != batched(source)) fault(id, "a reshape keeps the batch axis");
    if (node.element != source.element) fault(id, "a reshape keeps the kind of elements");
  }

  void verify_gradient(NodeId id, const Gradient& gradient) {
    if (!verify_defined(id, gradient.loss) || !verify_defined(id, gradient.of)) return;
    if (!graph_[gradient.loss].axes.empty()) fault(id, "the loss {} has axes", label(gradient.loss));
    if (extents_of(graph_[id].axes) != extents_of(graph_[gradient.of].axes))
      fault(id, "its shape is not that of {}", label(gradient.of));
    if (graph_[gradient.of].element.kind != Element::Kind::Real) fault(id, "{} has no gradient", label(gradient.of));
  }

  void verify_comprehension(NodeId id, const Comprehension& comprehension) {
    if ((comprehension.reduction == Reduction::None) != comprehension.reduced.empty())
      fault(id, "a reduction and the axes it runs over belong together");
    if (!comprehension.body) return fault(id, "it has no body");
    size_t before = faults_.size();
    for_each(comprehension.body, [&](const Expression& expression) { verify_form(id, expression); });
    if (faults_.size() > before) return;
    for_each(comprehension.body, [&](const Expression& expression) {
      if (const auto* load = std::get_if<Load>(&expression.kind)) verify_load(id, *load);
      if (const auto* draw = std::get_if<Draw>(&expression.kind)) verify_draw(id, *draw);
    });
    if (graph_[id].element.kind == Element::Kind::Class) verify_labels(id, comprehension);
  }

  /// What must hold before anything can be proven: arguments, indices and sources are there.
  void verify_form(NodeId id, const Expression& expression) {
    std::visit(match{[](const Constant&) {}, [&](const IndexValue& index) { verify_indices(id, index.value); },
                     [&](const Load& load) { verify_load_form(id, load); },
                     [&](const Call& call) {
                       if (call.arguments.size() != static_cast<size_t>(info(call.function).arity))
                         fault(id, "{} arguments for {}", call.arguments.size(), info(call.function).name);
                     },
                     [](const Overridden&) {},
                     [&](const Draw& draw) {
                       for (const auto setting : draw_settings)
                         if (setting != &Draw::first || (draw.*setting).valid()) verify_defined(id, draw.*setting);
                       if (const auto* stream = std::get_if<NodeId>(&draw.stream)) verify_defined(id, *stream);
                       for (const Affine* place : {&draw.example, &draw.element}) verify_indices(id, *place);
                     }},
               expression.kind);
  }

  void verify_load_form(NodeId id, const Load& load) {
    if (!verify_defined(id, load.source)) return;
    size_t axes = graph_[load.source].axes.size();
    if (load.at.size() != axes)
      fault(id, "reads {} with {} subscripts for {} axes", label(load.source), load.at.size(), axes);
    for (const Subscript& subscript : load.at)
      if (const auto* affine = std::get_if<Affine>(&subscript)) verify_indices(id, *affine);
  }

  /// Computed labels must be proven to be labels, as those of the data are checked when they are read.
  void verify_labels(NodeId id, const Comprehension& comprehension) {
    if (comprehension.reduction == Reduction::Sum || comprehension.reduction == Reduction::Product)
      return fault(id, "a sum or product is no label");
    int64_t classes = graph_[id].element.classes;
    std::optional<Interval> range;
    if (comprehension.reduction == Reduction::ArgMaximum || comprehension.reduction == Reduction::ArgMinimum) {
      range = Interval{0, 0};
      int64_t count = 1;
      for (const Axis& axis : comprehension.reduced) count *= axis.extent;
      range->high = count - 1;
    } else {
      range = value_range(graph_, graph_[id], comprehension.body);
    }
    if (!range || range->low < 0 || range->high >= classes) fault(id, "not proven to be a label below {}", classes);
  }

  bool verify_indices(NodeId id, const Affine& affine) {
    size_t count = all_axes(graph_[id]).size();
    for (const Term& term : affine.terms) {
      if (term.index < count && term.divisor >= 1 && term.modulus >= 0) continue;
      fault(id, "a term of index {} of {}, divisor {}, modulus {}", term.index, count, term.divisor, term.modulus);
      return false;
    }
    return true;
  }

  /// Before it, or in its own recurrence.
  bool verify_defined(NodeId id, NodeId source) {
    if (!graph_.nodes.contains(source)) {
      fault(id, "reads a node that is not there");
      return false;
    }
    if (source < id || shared_recurrence(id, source)) return true;
    fault(id, "reads {} before it is defined", label(source));
    return false;
  }

  const Recurrence* shared_recurrence(NodeId a, NodeId b) const {
    auto of_a = members_.find(a), of_b = members_.find(b);
    if (of_a == members_.end() || of_b == members_.end()) return nullptr;
    return of_a->second.recurrence == of_b->second.recurrence ? of_a->second.recurrence : nullptr;
  }

  void verify_load(NodeId id, const Load& load) {
    const std::vector<Axis>& axes = graph_[load.source].axes;
    for (size_t place = 0; place < axes.size(); ++place)
      std::visit(match{[&](const Affine& affine) { verify_place(id, load, axes[place], affine); },
                       [&](const Gather& gather) { verify_gather(id, load, axes[place], gather); }},
                 load.at[place]);
    if (shared_recurrence(id, load.source)) verify_order(id, load);
  }

  void verify_place(NodeId id, const Load& load, const Axis& axis, const Affine& affine) {
    std::vector<Axis> own = all_axes(graph_[id]);
    Interval range = range_of(affine, extents_of(own));
    bool inside = range.low >= 0 && range.high < axis.extent;
    if (!inside && !load.outside)
      fault(id, "reads {} at {} ... {} of axis `{}`, which has {}", label(load.source), range.low, range.high,
            axis.name, axis.extent);
    if (!axis.batch) return;
    std::optional<uint32_t> index = single_index(affine);
    bool own_example = index && own[*index].batch;
    bool only_example = axis.extent == 1 && range == Interval{0, 0};
    if (!own_example && !only_example)
      fault(id, "reads axis `{}` of {} by something else than an index of the batch", axis.name, label(load.source));
  }

  void verify_gather(NodeId id, const Load& load, const Axis& axis, const Gather& gather) {
    if (axis.batch) return fault(id, "reads the batch axis of {} at a value", label(load.source));
    std::optional<Interval> range = value_range(graph_, graph_[id], gather.value);
    if (!range || range->low < 0 || range->high >= axis.extent)
      fault(id, "reads {} at a value not proven to lie in axis `{}`, which has {}", label(load.source), axis.name,
            axis.extent);
  }

  /// Within a recurrence: an earlier place, or the same place of an earlier member.
  void verify_order(NodeId id, const Load& load) {
    Membership reader = members_.at(id), read = members_.at(load.source);
    uint32_t own_axis = reader.recurrence->axis[reader.place], axis = read.recurrence->axis[read.place];
    const auto* affine = axis < load.at.size() ? std::get_if<Affine>(&load.at[axis]) : nullptr;
    if (!affine || own_axis >= graph_[id].axes.size())
      return fault(id, "reads {} of its recurrence at a value", label(load.source));
    Affine distance = *affine - dnnc::affine(own_axis);
    if (reader.recurrence->backward) distance = distance * -1;
    int64_t latest = read.place < reader.place ? 0 : -1;
    if (mentions(distance, own_axis) || range_of(distance, extents_of(all_axes(graph_[id]))).high > latest)
      fault(id, "reads {} of its recurrence at a place that is not computed yet", label(load.source));
  }

  void verify_draw(NodeId id, const Draw& draw) {
    for (const auto setting : draw_settings)
      if ((draw.*setting).valid() && !graph_[draw.*setting].axes.empty())
        fault(id, "seed, step and first example of a draw are one number each");
    const auto* stream = std::get_if<NodeId>(&draw.stream);
    if (stream && extents_of(graph_[*stream].axes) != std::vector<int64_t>{2}) fault(id, "a stream is two numbers");
    for (const Affine* place : {&draw.example, &draw.element}) {
      Interval range = range_of(*place, extents_of(all_axes(graph_[id])));
      if (range.low < 0 || range.high > int64_t{UINT32_MAX}) fault(id, "a draw at a place outside 32 bits");
    }
    if (!std::isfinite(draw.a) || !std::isfinite(draw.b)) fault(id, "a draw with bounds that are not finite");
  }

  void verify_recurrences() {
    for (const Recurrence& recurrence : graph_.recurrences) {
      if (recurrence.members.empty() || recurrence.members.size() != recurrence.axis.size()) {
        faults_.push_back("a recurrence needs members, and an axis for each");
        continue;
      }
      for (size_t place = 0; place < recurrence.members.size(); ++place) verify_member(recurrence, place);
    }
  }

  void verify_member(const Recurrence& recurrence, size_t place) {
    NodeId id = recurrence.members[place];
    if (!graph_.nodes.contains(id)) return faults_.push_back("a recurrence with a member that is not there");
    const Node& node = graph_[id];
    if (!members_.emplace(id, Membership{&recurrence, place}).second) return fault(id, "is twice in recurrences");
    if (id.value != recurrence.members[0].value + place) fault(id, "does not follow the recurrence's member before it");
    if (!std::holds_alternative<Comprehension>(node.kind)) fault(id, "only a comprehension can recur");
    uint32_t axis = recurrence.axis[place];
    if (axis >= node.axes.size() || node.axes[axis].extent != recurrence.extent || node.axes[axis].batch)
      fault(id, "its recurrence runs along axis {} of extent {}", axis, recurrence.extent);
  }

  void verify_input_names() {
    std::set<std::string> names;
    for (NodeId id : node_ids(graph_)) {
      const auto* input = std::get_if<Input>(&graph_[id].kind);
      if (input && !names.insert(input_key(*input)).second) fault(id, "a second input \"{}\"", input->name);
    }
  }

  void verify_outputs() {
    std::set<std::pair<OutputRole, std::string>> names;
    std::set<NodeId> updated;
    for (const Output& output : graph_.outputs) {
      std::string what = "output \"" + output.name + "\": ";
      if (!names.emplace(output.role, output.name).second) faults_.push_back(what + "a second one of its role");
      if (!graph_.nodes.contains(output.node)) {
        faults_.push_back(what + "its node is not there");
        continue;
      }
      bool mean = output.role == OutputRole::Loss || output.role == OutputRole::Metric;
      if (mean && batched(graph_[output.node])) faults_.push_back(what + "a mean over the batch has no batch axis");
      if (output.role == OutputRole::Loss && !graph_[output.node].axes.empty())
        faults_.push_back(what + "a loss is one number");
      if (output.role != OutputRole::Update) continue;
      if (!updated.insert(output.target).second) faults_.push_back(what + "a second update of one input");
      verify_update(output, what);
    }
  }

  void verify_update(const Output& output, const std::string& what) {
    const auto* input =
        graph_.nodes.contains(output.target) ? std::get_if<Input>(&graph_[output.target].kind) : nullptr;
    if (!input) return faults_.push_back(what + "its target is no input");
    if (input->role == InputRole::Field || input->role == InputRole::Setting || input->role == InputRole::Fitted ||
        input->role == InputRole::Stream)
      faults_.push_back(what + label(output.target) + " is not kept with the model");
    if (extents_of(graph_[output.node].axes) != extents_of(graph_[output.target].axes))
      faults_.push_back(what + "its shape is not that of " + label(output.target));
  }

  const Graph& graph_;
  std::vector<std::string> labels_;
  std::map<NodeId, Membership> members_;
  std::vector<std::string> faults_;
  int64_t batch_ = 0;
};

}  // namespace

std::vector<std::string> verify(const Graph& graph) { return Verifier(graph).run(); }

}  // namespace dnnc
