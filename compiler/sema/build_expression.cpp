#include "compiler/sema/elaborate/elaborate.h"
#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/call_forms.h"
#include "compiler/sema/training/training_nodes.h"

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

/// The call by whose first argument a derivative is shown: of calls that are first arguments of each other the innermost. Null
/// where an expression is none.
const ast::Call* innermost_call(const ast::Ptr& expression) {
  const auto* call = std::get_if<ast::Call>(&without_brackets(expression)->kind);
  if (!call || call->arguments.empty() || call->arguments.front().name || !call->binders.empty()) return nullptr;
  const ast::Call* inner = innermost_call(call->arguments.front().value);
  return inner ? inner : call;
}

/// The expression with a name in place of the first argument of `call`, which is in it.
ast::Ptr with_named_argument(const ast::Ptr& expression, const ast::Call* call) {
  const ast::Ptr& written = without_brackets(expression);
  auto copy = std::make_shared<ast::Expression>(*written);
  auto& own = std::get<ast::Call>(copy->kind);
  ast::Ptr& argument = own.arguments.front().value;
  if (std::get_if<ast::Call>(&written->kind) == call)
    argument = std::make_shared<ast::Expression>(ast::Expression{argument->span, ast::Name{argument_name}});
  else argument = with_named_argument(argument, call);
  return copy;
}

/// Whether a call of `function` with arrays gives what it gives of their elements one by one.
bool is_by_element(const Program& program, const std::string& function) {
  if (const Definition* definition = find_definition(program.main(), function)) return definition->of_numbers;
  const BuiltIn* row = find_built_in(function);
  return row && row->kind == BuiltIn::Kind::Scalar;
}
/// Whether all calls from the expression down to `call` are such.
bool is_by_element(const Program& program, const ast::Ptr& expression, const ast::Call* call) {
  const auto& own = std::get<ast::Call>(without_brackets(expression)->kind);
  if (!is_by_element(program, own.function.text)) return false;
  return &own == call || is_by_element(program, own.arguments.front().value, call);
}

/// A number made of all elements of the value, whose derivative by the argument is shown. Each element of the result of a
/// function of numbers depends on one element of the argument, so the derivative of their sum is that of each. Of any
/// other array it is the element that the input `chosen_element` chooses, being 1 there and 0 elsewhere.
NodeId number_to_differentiate(Graph& graph, NodeId value, bool by_element, Span span) {
  const std::vector<Axis> axes = graph[value].axes;
  if (axes.empty()) return value;
  Expr body = element_of(graph, value);
  if (!by_element) {
    const NodeId chosen = add_input(graph, {InputRole::Setting, chosen_element, {}}, axes, {}, span);
    body = call(Function::Multiply, {body, element_of(graph, chosen)});
  }
  return add_comprehension(graph, "total", {}, Comprehension{Reduction::Sum, axes, body}, span);
}

/// Value and derivative by the first argument of the innermost call.
bool add_with_derivative(Elaboration& elaboration, const ast::Ptr& expression) {
  const ast::Call* call = innermost_call(expression);
  if (!call) {
    elaboration.diagnostics->report(error(
        "E0705", expression->span, "a derivative is shown of a function with its argument", "write tanh([-1, 0, 1])"));
    return false;
  }
  Graph& graph = *elaboration.graph;
  std::optional<NodeId> argument = node_of_formula(elaboration, {}, call->arguments.front().value, "argument");
  if (!argument) return false;
  Environment names = {{argument_name, tensor_of(elaboration, *argument)}};
  std::optional<NodeId> value =
      node_of_formula(elaboration, names, with_named_argument(expression, call), value_output);
  if (!value) return false;
  const bool by_element = is_by_element(*elaboration.program, expression, call) &&
                          extents_of(graph[*value].axes) == extents_of(graph[*argument].axes);
  const NodeId number = number_to_differentiate(graph, *value, by_element, expression->span);
  add_value(graph, value_output, *value);
  add_value(graph, derivative_output, add_gradient(graph, number, *argument, expression->span));
  return true;
}

}  // namespace

std::optional<Graph> build_expression(const ast::Ptr& expression, bool derivative, Folding folding, Sources& sources,
                                      Diagnostics& diagnostics) {
  ast::File nothing;
  nothing.source = expression->span.source;
  const std::shared_ptr<const Program> program = make_program({nothing}, sources, diagnostics);
  Graph graph;
  graph.name = "eval";
  Elaboration elaboration = begin_elaboration(*program, graph, diagnostics, false, std::nullopt);
  elaboration.folding = folding;
  bool whole = false;
  if (derivative) {
    whole = add_with_derivative(elaboration, expression);
  } else if (std::optional<NodeId> value = node_of_formula(elaboration, {}, expression, value_output)) {
    add_value(graph, value_output, *value);
    whole = true;
  }
  return whole && !diagnostics.has_errors() ? std::optional(std::move(graph)) : std::nullopt;
}

}  // namespace dnnc
