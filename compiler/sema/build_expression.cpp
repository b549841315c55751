#include "compiler/sema/elaborate.h"
#include "compiler/sema/training_nodes.h"

namespace dnnc {
namespace {

/// No text can write this name.
const char* const argument_name = "the argument";

std::optional<NodeId> node_of_formula(Elaboration& elaboration, const Environment& names, const ast::Ptr& formula,
                                      const std::string& name) {
  Value value = evaluate_formula(elaboration, names, formula, name);
  if (is_poison(value)) return std::nullopt;
  std::optional<Tensor> tensor = to_tensor(elaboration, value, formula->span);
  return tensor ? std::optional(node_of(elaboration, *tensor, name, formula->span)) : std::nullopt;
}

void add_value(Graph& graph, const std::string& name, NodeId node) {
  graph.outputs.push_back({OutputRole::Value, name, node, {}});
}

/// The call with a name in place of its first argument.
std::shared_ptr<ast::Expression> with_named_argument(const ast::Expression& expression) {
  auto copy = std::make_shared<ast::Expression>(expression);
  ast::Ptr& argument = std::get<ast::Call>(copy->kind).arguments.front().value;
  argument = std::make_shared<ast::Expression>(ast::Expression{argument->span, ast::Name{argument_name}});
  return copy;
}

/// Value and derivative by the first argument: for a function of a number, element by element, the derivative of the
/// sum of all elements is the derivative of each.
bool add_with_derivative(Elaboration& elaboration, const ast::Ptr& expression) {
  const auto* call = std::get_if<ast::Call>(&expression->kind);
  if (!call || call->arguments.empty() || call->arguments.front().name || !call->binders.empty()) {
    elaboration.diagnostics->report(error(
        "E0705", expression->span, "a derivative is shown of a function with its argument", "write tanh([-1, 0, 1])"));
    return false;
  }
  Graph& graph = *elaboration.graph;
  std::optional<NodeId> argument = node_of_formula(elaboration, {}, call->arguments.front().value, "argument");
  if (!argument) return false;
  Environment names = {{argument_name, tensor_of(elaboration, *argument)}};
  std::optional<NodeId> value = node_of_formula(elaboration, names, with_named_argument(*expression), "value");
  if (!value) return false;
  std::vector<Axis> axes = graph[*value].axes;
  Comprehension total{axes.empty() ? Reduction::None : Reduction::Sum, axes, element_of(graph, *value)};
  NodeId sum = add_comprehension(graph, "total", {}, std::move(total), expression->span);
  add_value(graph, "value", *value);
  add_value(graph, "derivative", add_gradient(graph, sum, *argument, expression->span));
  return true;
}

}  // namespace

std::optional<Graph> build_expression(const ast::Ptr& expression, bool derivative, Sources& sources,
                                      Diagnostics& diagnostics) {
  ast::File nothing;
  nothing.source = expression->span.source;
  std::shared_ptr<const Program> program = make_program({nothing}, {}, sources, diagnostics);
  Graph graph;
  graph.name = "eval";
  Elaboration elaboration = begin_elaboration(*program, graph, diagnostics, false, std::nullopt);
  bool whole = false;
  if (derivative) {
    whole = add_with_derivative(elaboration, expression);
  } else if (std::optional<NodeId> value = node_of_formula(elaboration, {}, expression, "value")) {
    add_value(graph, "value", *value);
    whole = true;
  }
  return whole && !diagnostics.has_errors() ? std::optional(std::move(graph)) : std::nullopt;
}

}  // namespace dnnc
