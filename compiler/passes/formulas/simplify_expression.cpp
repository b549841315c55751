#include "compiler/passes/formulas/simplify_expression.h"

#include "compiler/ir/affine.h"
#include "compiler/ir/value_range.h"
#include "compiler/passes/formulas/simplify_call.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

const Expr* pointwise_body(const Graph& graph, NodeId node) {
  if (!graph.nodes.contains(node)) return nullptr;
  const auto* comprehension = std::get_if<Comprehension>(&graph[node].kind);
  return comprehension && comprehension->reduction == Reduction::None ? &comprehension->body : nullptr;
}

/// What the node copies element by element, if it does nothing else.
const Load* copied(const Graph& graph, NodeId node) {
  const Expr* body = pointwise_body(graph, node);
  const Load* load = body ? std::get_if<Load>(&(*body)->kind) : nullptr;
  if (!load || !graph.nodes.contains(load->source)) return nullptr;
  const Node &reader = graph[node], &source = graph[load->source];
  if (extents_of(reader.axes) != extents_of(source.axes) || reader.element != source.element) return nullptr;
  for (uint32_t axis = 0; axis < load->at.size(); ++axis) {
    const auto* at = std::get_if<Affine>(&load->at[axis]);
    if (!at || *at != affine(axis)) return nullptr;
  }
  return load;
}

class BodySimplifier {
 public:
  BodySimplifier(const Graph& graph, const Node& node, bool differentiated)
      : graph_(graph), node_(node), differentiated_(differentiated), extents_(extents_of(all_axes(node))) {
    for (uint32_t index = 0; index < extents_.size(); ++index) identity_.push_back(affine(index));
  }

  Expr run(const Expr& body) {
    return rewrite(body, [&](const Expr& expression) { return changed(expression); });
  }

 private:
  Expr changed(const Expr& expression) {
    return std::visit(match{[&](const Constant&) { return expression; },
                            [&](const IndexValue& index) { return number_of(normal(index.value)); },
                            [&](const Load& load) { return changed_load(load); },
                            [&](const Call& call) { return changed_call(call); },
                            [&](const Overridden& o) { return differentiated_ ? o.value : expression; },
                            [&](const Draw& old) {
                              Draw result = old;
                              result.example = normal(old.example);
                              result.element = normal(old.element);
                              return draw(result);
                            }},
                      expression->kind);
  }

  /// Quotients and remainders that the ranges of the indices settle are worked out.
  Affine normal(const Affine& value) const { return compose(value, identity_, extents_).value_or(normal_form(value)); }
  static Expr number_of(const Affine& value) {
    return is_constant(value) ? constant(static_cast<double>(value.offset)) : index_value(value);
  }

  Expr changed_call(const Call& old) const {
    if (old.function == Function::StopGradient && differentiated_) return old.arguments[0];
    return simplified_call(old.function, old.arguments, [&](const Expr& a, const Expr& b) { return difference(a, b); });
  }

  std::optional<std::pair<int64_t, int64_t>> difference(const Expr& a, const Expr& b) const {
    const auto *index_a = std::get_if<IndexValue>(&a->kind), *index_b = std::get_if<IndexValue>(&b->kind);
    if (index_a && index_b) {
      Interval range = range_of(index_a->value - index_b->value, extents_);
      return std::pair(range.low, range.high);
    }
    std::optional<Interval> range_a = value_range(graph_, node_, a), range_b = value_range(graph_, node_, b);
    if (!range_a || !range_b) return std::nullopt;
    return std::pair(range_a->low - range_b->high, range_a->high - range_b->low);
  }

  Expr changed_load(const Load& old) const {
    Load result = old;
    const std::vector<Axis>& axes = graph_[old.source].axes;
    bool inside = true;
    for (size_t axis = 0; axis < axes.size(); ++axis) {
      Subscript& at = result.at[axis];
      if (const auto* gather = std::get_if<Gather>(&at)) at = subscript_of(*gather);
      auto* place = std::get_if<Affine>(&at);
      if (!place) continue;
      *place = normal(*place);
      Interval range = range_of(*place, extents_);
      if (old.outside && (range.high < 0 || range.low >= axes[axis].extent)) return old.outside;
      inside = inside && range.low >= 0 && range.high < axes[axis].extent;
    }
    if (inside) result.outside = nullptr;
    if (const Expr* value = pointwise_body(graph_, old.source))
      if (std::holds_alternative<Constant>((*value)->kind) && (!result.outside || same(result.outside, *value)))
        return *value;
    if (const Load* source = copied(graph_, old.source))
      if (!source->outside) result.source = source->source;
    return load(result.source, result.at, result.outside);
  }

  static Subscript subscript_of(const Gather& gather) {
    if (const auto* index = std::get_if<IndexValue>(&gather.value->kind)) return index->value;
    if (const auto* value = std::get_if<Constant>(&gather.value->kind))
      return affine_constant(static_cast<int64_t>(value->value));
    return gather;
  }

  const Graph& graph_;
  const Node& node_;
  bool differentiated_;
  std::vector<int64_t> extents_;
  std::vector<Affine> identity_;
};

}  // namespace

Expr simplified(const Graph& graph, const Node& node, const Expr& body, bool differentiated) {
  return BodySimplifier(graph, node, differentiated).run(body);
}

}  // namespace dnnc
