#include <fmt/format.h>

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"

namespace dnnc {
namespace {

/// What a step has made of one place of an array, from a node on, is given a further axis: all places of the array.
class Places {
 public:
  /// `place` is the node that the step was given, one place of `array`.
  Places(Elaboration& elaboration, NodeId array, NodeId place, IndexId index)
      : elaboration_(elaboration), graph_(*elaboration.graph), array_(array), place_(place), index_(index) {}

  /// False after an error.
  bool run(Span span) {
    find_nodes();
    for (const ParameterRecord& record : elaboration_.parameters)
      if (made_.contains(record.updated)) {
        fault(elaboration_, "E0404", span, "the value of a state may not depend on one place",
              "take the mean over the batch, which that over all places belongs to: `batch_mean(...)`");
        return false;
      }
    for (Recurrence& recurrence : graph_.recurrences)
      for (size_t member = 0; member < recurrence.members.size(); ++member)
        if (made_.contains(recurrence.members[member]) &&
            recurrence.axis[member] >= axis_in(recurrence.members[member]))
          ++recurrence.axis[member];
    bool right = true;
    for (const NodeId node : made_) right = add_axis(node, span) && right;
    for (const NodeId node : means_) right = take_mean_of_all(node, span) && right;
    return right;
  }

  /// The node with all places; such a one is made of a value that is the same at each.
  NodeId all_places(NodeId node, Span span) {
    if (node == place_) return array_;
    if (made_.contains(node)) return node;
    Tensor one = tensor_of(elaboration_, node);
    std::vector<IndexId> axes = {index_};
    axes.insert(axes.end(), one.axes.begin(), one.axes.end());
    if (depends_on_example(elaboration_, one)) axes.insert(axes.begin(), 0);
    return add_node(elaboration_, graph_[node].name, axes, Reduction::None, {}, one.body, graph_[node].element, span);
  }

 private:
  /// The places are the first axis behind the batch.
  uint32_t axis_in(NodeId node) const { return batched(graph_[node]) ? 1 : 0; }

  bool differs_by_place(NodeId node) const { return node == place_ || made_.contains(node); }

  static bool reduces_batch(const Node& node) {
    const auto* formula = std::get_if<Comprehension>(&node.kind);
    return formula && std::ranges::any_of(formula->reduced, &Axis::batch);
  }

  /// Draws are new at each place, but for those of starting values.
  bool draws(const Node& node) const {
    const auto* formula = std::get_if<Comprehension>(&node.kind);
    bool found = false;
    if (formula)
      for_each(formula->body, [&](const Expression& part) {
        const auto* drawn = std::get_if<Draw>(&part.kind);
        found = found || (drawn && !is_of_start(*drawn));
      });
    return found;
  }
  bool is_of_start(const Draw& drawn) const {
    const auto* formula = std::get_if<Comprehension>(&graph_[drawn.step].kind);
    return formula != nullptr;  // every other draw counts the steps that the setting tells
  }

  void find_nodes() {
    for (bool changed = true; changed;) {
      changed = false;
      for (uint32_t value = place_.value + 1; value < graph_.nodes.size(); ++value) {
        const NodeId node{value};
        if (made_.contains(node) || means_.contains(node)) continue;
        const bool reads =
            std::ranges::any_of(sources_of(graph_, node), [&](NodeId id) { return differs_by_place(id); });
        if (!reads && !draws(graph_[node])) continue;
        (reduces_batch(graph_[node]) ? means_ : made_).insert(node);
        changed = true;
      }
      for (const Recurrence& recurrence : graph_.recurrences)
        if (std::ranges::any_of(recurrence.members, [&](NodeId id) { return made_.contains(id); }))
          for (const NodeId member : recurrence.members) changed = made_.insert(member).second || changed;
    }
  }

  /// The formula with one more index, which has this number.
  std::optional<Expr> with_index(const Node& node, const Expr& body, uint32_t number, Span span) {
    std::map<IndexId, IndexId> names;
    const std::vector<Axis> axes = all_axes(node);
    for (uint32_t index = number; index < axes.size(); ++index) names[index] = index + 1;
    std::vector<int64_t> extents = extents_of(axes);
    extents.insert(extents.begin() + number, elaboration_.extents[index_]);
    bool right = true;
    const Expr result = rewrite(rename_indices(body, names), [&](const Expr& part) -> Expr {
      if (const auto* read = std::get_if<Load>(&part->kind)) {
        if (!differs_by_place(read->source)) return part;
        std::vector<Subscript> at = read->at;
        at.insert(at.begin() + axis_in(read->source), affine(number));
        return load(read->source == place_ ? array_ : read->source, std::move(at), read->outside);
      }
      const auto* drawn = std::get_if<Draw>(&part->kind);
      if (!drawn || is_of_start(*drawn)) return part;
      Draw at_each = *drawn;
      const int64_t elements = range_of(drawn->element, extents).high + 1;
      right = right && elements <= int64_t{UINT32_MAX} / elaboration_.extents[index_];
      at_each.element = drawn->element + affine(number, elements);
      return draw(at_each);
    });
    if (right) return result;
    fault(elaboration_, "E0217", span, "a draw for more than 2^32 elements");
    return std::nullopt;
  }

  Axis new_axis(const Node& node) const {
    std::string name = elaboration_.indices[index_].name;
    const std::vector<Axis> axes = all_axes(node);
    while (std::ranges::count(axes, name, &Axis::name)) name += "'";
    return {name, elaboration_.extents[index_], false};
  }

  bool add_axis(NodeId id, Span span) {
    const uint32_t axis = axis_in(id);
    Node& node = graph_[id];
    if (auto* formula = std::get_if<Comprehension>(&node.kind)) {
      const std::optional<Expr> body = with_index(node, formula->body, axis, span);
      if (!body) return false;
      formula->body = *body;
    } else if (auto* reshape = std::get_if<Reshape>(&node.kind); reshape && reshape->source == place_) {
      reshape->source = array_;
    }
    node.axes.insert(node.axes.begin() + axis, new_axis(node));
    if (const auto known = elaboration_.node_indices.find(id); known != elaboration_.node_indices.end())
      known->second.insert(known->second.begin() + axis, index_);
    constexpr double most = double(int64_t{1} << 31);
    double elements = 1;
    for (const Axis& each : node.axes) elements *= double(each.extent);
    if (elements < most) return true;
    fault(elaboration_, "E0217", span, "an array of more than 2^31 elements, the batch included");
    return false;
  }

  /// The mean over the batch is one over all places of all examples: the step sees more examples.
  bool take_mean_of_all(NodeId id, Span span) {
    Node& node = graph_[id];
    auto& formula = std::get<Comprehension>(node.kind);
    const auto number = static_cast<uint32_t>(node.axes.size() + formula.reduced.size());
    const std::optional<Expr> body = with_index(node, formula.body, number, span);
    if (!body) return false;
    formula.reduced.push_back(new_axis(node));
    formula.body = *body / constant(double(elaboration_.extents[index_]));
    return true;
  }

  Elaboration& elaboration_;
  Graph& graph_;
  const NodeId array_, place_;
  const IndexId index_;
  std::set<NodeId> made_;   ///< get the axis
  std::set<NodeId> means_;  ///< reduce over it
};

std::shared_ptr<const Step> step_given(Context& context, const Given& given) {
  const Value value = given.value ? *given.value : step_of(context, given.tree);
  const auto* step = std::get_if<std::shared_ptr<const Step>>(&value);
  return step ? *step : nullptr;
}

/// What stands at the first place along the first axis, as a node of its own.
NodeId first_place(Context& context, const Tensor& array, NodeId whole, Span span) {
  Tensor one = array;
  one.axes.erase(one.axes.begin());
  std::vector<IndexId> axes = one.axes;
  std::vector<Subscript> at = {affine_constant(0)};
  for (const IndexId id : axes) at.push_back(affine(id));
  if (batched((*context.elaboration.graph)[whole])) {
    axes.insert(axes.begin(), 0);
    at.insert(at.begin(), affine(0));
  }
  return add_node(context.elaboration, node_name(context, each_word), axes, Reduction::None, {}, load(whole, at),
                  array.element, span);
}

}  // namespace

Value evaluate_each(Context& context, const std::vector<Given>& arguments, Span span) {
  Elaboration& elaboration = context.elaboration;
  const Value input = argument_value(context, arguments[0]);
  if (is_poison(input)) return Poison{};
  const std::shared_ptr<const Step> step = step_given(context, arguments[1]);
  const std::optional<Tensor> array = to_tensor(elaboration, input, arguments[0].span);
  if (!step || !array) return Poison{};
  if (!context.order.empty() ||
      !free_indices(array->body, array->axes).empty() != depends_on_example(elaboration, *array))
    return fault(elaboration, "E0313", span, fmt::format("`{}` cannot stand in an index formula", each_word));
  if (array->axes.empty()) {
    Diagnostic diagnostic = error("E0311", arguments[0].span,
                                  fmt::format("`{}` serves the places of an array along its first axis", each_word));
    diagnostic.label = describe(elaboration, input);
    return fault(elaboration, std::move(diagnostic));
  }
  const NodeId whole = node_of(elaboration, *array, node_name(context, each_word), span);
  const IndexId index =
      new_index(elaboration, elaboration.indices[array->axes[0]].name, elaboration.extents[array->axes[0]]);
  const NodeId place = first_place(context, *array, whole, span);
  const size_t nets = elaboration.net_uses.size();
  const Value value = apply_step_value(context, *step, tensor_of(elaboration, place), arguments[0].span);
  for (size_t use = nets; use < elaboration.net_uses.size(); ++use) elaboration.net_uses[use].alone = false;
  if (is_poison(value)) return Poison{};
  const auto* several = std::get_if<std::shared_ptr<const Results>>(&value);
  std::vector<NodeId> made;
  for (const Value& one : several ? (*several)->values : std::vector<Value>{value}) {
    const std::optional<Tensor> result = to_tensor(elaboration, one, span);
    if (!result) return Poison{};
    made.push_back(node_of(elaboration, *result, node_name(context, each_word), span));
  }
  Places places(elaboration, whole, place, index);
  if (!places.run(span)) return Poison{};
  auto results = std::make_shared<Results>();
  if (several) results->names = (*several)->names;
  for (const NodeId node : made) results->values.push_back(tensor_of(elaboration, places.all_places(node, span)));
  if (!several) return results->values.front();
  return std::shared_ptr<const Results>(results);
}

Value evaluate_from_end(Context& context, const std::vector<Given>& arguments) {
  const Value input = argument_value(context, arguments[0]);
  if (is_poison(input)) return Poison{};
  const std::shared_ptr<const Step> step = step_given(context, arguments[1]);
  if (!step) return Poison{};
  Context inner = context;
  inner.from_end = !context.from_end;
  const size_t before = context.elaboration.recurrences;
  const Value value = apply_step_value(inner, *step, input, arguments[0].span);
  if (is_poison(value) || context.elaboration.recurrences > before) return value;
  return fault(context.elaboration, "E0314", arguments[1].span, "nothing in this step runs along places",
               fmt::format("`{}` turns recurrences; to read places in the other order write `reverse`", from_end_word));
}

}  // namespace dnnc
