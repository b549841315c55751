#include "compiler/interpret/stated_derivatives.h"

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Replaces stated derivatives, and collects the expressions whose values at the point are wanted.
class Linearizer {
 public:
  explicit Linearizer(const Graph& graph) : probed_(graph), result_{graph, {}, {}} {}

  Linearized run(const Inputs& inputs, const Effort& effort) {
    for (NodeId id : node_ids(probed_))
      if (std::holds_alternative<Comprehension>(probed_[id].kind)) linearize(id);
    result_.inputs = inputs;
    if (probes_.empty()) return std::move(result_);
    IdVector<NodeTag, Values> values = interpret(probed_, inputs, effort);
    for (NodeId probe : probes_) result_.inputs[probed_[probe].name] = values[probe];
    if (exact_) result_.values = std::move(values);
    return std::move(result_);
  }

 private:
  void linearize(NodeId id) {
    node_ = id;
    Comprehension comprehension = std::get<Comprehension>(probed_[id].kind);
    comprehension.body = rewrite(comprehension.body, [&](const Expr& expression) { return linear(expression); });
    result_.graph[id].kind = std::move(comprehension);
  }

  Expr linear(const Expr& expression) {
    if (const auto* call = std::get_if<Call>(&expression->kind)) {
      if (call->function == Function::StopGradient) return at_point(call->arguments[0]);
      return info(call->function).at_equal && reads_reals(expression) ? with_ties_kept(expression, *call) : expression;
    }
    const auto* stated = std::get_if<Overridden>(&expression->kind);
    if (!stated) return expression;
    exact_ = false;  // v0 + d0 * 0 has another bit than v0 where that is -0, or d0 no number
    return at_point(stated->value) + at_point(stated->derivative) * (stated->argument - at_point(stated->argument));
  }

  bool reads_reals(const Expr& expression) const {
    bool found = false;
    for_each(expression, [&](const Expression& part) {
      const auto* load = std::get_if<Load>(&part.kind);
      found = found || (load && probed_[load->source].element.kind == Element::Kind::Real);
    });
    return found;
  }
  /// What is equal at the point is compared as there, however far one goes.
  Expr with_ties_kept(const Expr& expression, const Call& comparison) {
    const Expr tied = at_point(call(Function::Equal, comparison.arguments));
    const bool holds = *info(comparison.function).at_equal;
    return call(Function::Select, {tied, constant(holds ? 1 : 0), expression});
  }

  /// The value at the point, as an input with an axis for every index of the body. What is linearized inside has the
  /// same value there.
  Expr at_point(const Expr& expression) {
    std::vector<Axis> axes = all_axes(probed_[node_]);
    std::vector<Subscript> at;
    for (uint32_t axis = 0; axis < axes.size(); ++axis) {
      axes[axis].batch = false;
      at.push_back(affine(axis));
    }
    std::string name = "at the point " + std::to_string(probed_.nodes.size());
    NodeId probe = add_comprehension(probed_, name, axes, {Reduction::None, {}, expression}, {});
    NodeId value = add_input(result_.graph, {InputRole::Field, name, ""}, axes, {}, {});
    check(probe == value, "with_stated_derivatives: probes are out of step");
    probes_.push_back(probe);
    return load(value, std::move(at));
  }

  Graph probed_;
  Linearized result_;
  std::vector<NodeId> probes_;
  NodeId node_;
  bool exact_ = true;
};

}  // namespace

Linearized with_stated_derivatives(const Graph& graph, const Inputs& inputs, const Effort& effort) {
  return Linearizer(graph).run(inputs, effort);
}

}  // namespace dnnc
