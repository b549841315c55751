#include "compiler/sema/contracts/contract_units.h"
#include "compiler/sema/elaborate/elaborate.h"
#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/call_forms.h"
#include "compiler/sema/training/elaborator.h"
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

/// The parts of an expression that may hold the call by whose first argument a derivative is shown, in order.
std::vector<ast::Ptr*> parts_of(ast::Expression& expression) {
  if (auto* call = std::get_if<ast::Call>(&expression.kind)) {
    const bool first = !call->arguments.empty() && !call->arguments.front().name && call->binders.empty();
    return first ? std::vector{&call->arguments.front().value} : std::vector<ast::Ptr*>();
  }
  if (auto* unary = std::get_if<ast::Unary>(&expression.kind)) return {&unary->operand};
  if (auto* binary = std::get_if<ast::Binary>(&expression.kind)) return {&binary->left, &binary->right};
  if (auto* element = std::get_if<ast::Element>(&expression.kind)) return {&element->array};
  if (auto* bracketed = std::get_if<ast::Bracketed>(&expression.kind)) return {&bracketed->inner};
  return {};
}

bool is_call(const ast::Expression& expression) { return std::holds_alternative<ast::Call>(expression.kind); }

/// The argument by which a derivative is shown: the first of the innermost of the calls that an expression begins with.
struct FormulaOfArgument {
  ast::Ptr argument;
  ast::Ptr rest;                       ///< the expression with a name in place of the argument
  std::vector<std::string> functions;  ///< called on the way from the whole to the argument
  bool by_element = true;              ///< no element is taken out of an array on the way
};

std::optional<FormulaOfArgument> apart_at_argument(const ast::Ptr& expression) {
  auto rest = std::make_shared<ast::Expression>(*expression);
  for (ast::Ptr* part : parts_of(*rest)) {
    std::optional<FormulaOfArgument> inner = apart_at_argument(*part);
    if (!inner && is_call(*rest)) {
      inner = FormulaOfArgument{.argument = *part, .rest = nullptr, .functions = {}};
      inner->rest = std::make_shared<ast::Expression>(ast::Expression{(*part)->span, ast::Name{argument_name}});
    }
    if (!inner) continue;
    *part = inner->rest;
    if (is_call(*rest)) inner->functions.push_back(std::get<ast::Call>(rest->kind).function.text);
    if (std::holds_alternative<ast::Element>(rest->kind)) inner->by_element = false;
    inner->rest = std::move(rest);
    return inner;
  }
  return std::nullopt;
}

/// Whether a call of `function` with arrays gives what it gives of their elements one by one.
bool is_by_element(const Program& program, const std::string& function) {
  if (const Definition* definition = find_definition(program.main(), function)) return definition->of_numbers;
  const BuiltIn* row = find_built_in(function);
  return row && row->kind == BuiltIn::Kind::Scalar;
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

/// Value and derivative by the first argument of the innermost call. The argument is an input, so that no pass looks behind it.
bool add_with_derivative(Elaboration& elaboration, const ast::Ptr& expression) {
  const std::optional<FormulaOfArgument> parts = apart_at_argument(expression);
  if (!parts) {
    elaboration.diagnostics->report(error(
        "E0705", expression->span, "a derivative is shown of a function with its argument", "write tanh([-1, 0, 1])"));
    return false;
  }
  Graph& graph = *elaboration.graph;
  const std::optional<NodeId> given = node_of_formula(elaboration, {}, parts->argument, given_argument);
  if (!given) return false;
  const NodeId argument = add_input(graph, {InputRole::Setting, given_argument, {}}, graph[*given].axes,
                                    graph[*given].element, parts->argument->span);
  const std::optional<NodeId> value =
      node_of_formula(elaboration, {{argument_name, tensor_of(elaboration, argument)}}, parts->rest, value_output);
  if (!value) return false;
  const bool by_element = parts->by_element && extents_of(graph[*value].axes) == extents_of(graph[argument].axes) &&
                          std::ranges::all_of(parts->functions, [&](const std::string& function) {
                            return is_by_element(*elaboration.program, function);
                          });
  const NodeId number = number_to_differentiate(graph, *value, by_element, expression->span);
  add_value(graph, given_argument, *given);
  add_value(graph, value_output, *value);
  add_value(graph, derivative_output, add_gradient(graph, number, argument, expression->span));
  return true;
}

}  // namespace

std::optional<Graph> build_expression(const ast::Ptr& expression, bool derivative, Folding folding, Sources& sources,
                                      Diagnostics& diagnostics) {
  ast::File nothing;
  nothing.source = expression->span.source;
  const std::shared_ptr<const Program> program = make_program({nothing}, sources, diagnostics);
  const std::map<std::string, Run> no_runs;
  const std::vector<Training> no_trainings;
  const std::vector<LoneNet> no_nets;
  if (!units_agree(expression, ContractWorld{*program, no_runs, no_trainings, no_nets}, diagnostics))
    return std::nullopt;
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

std::optional<Graph> build_curve(const ast::Ptr& function, const Model* model, Sources& sources,
                                 Diagnostics& diagnostics) {
  ast::File nothing;
  nothing.source = function->span.source;
  const std::shared_ptr<const Program> program =
      model ? model->elaborator->program : make_program({nothing}, sources, diagnostics);
  ast::Ptr formula = function;
  const auto* name = std::get_if<ast::Name>(&function->kind);
  if (name && name->text != curve_argument) {
    const auto x = std::make_shared<ast::Expression>(ast::Expression{function->span, ast::Name{curve_argument}});
    formula = std::make_shared<ast::Expression>(
        ast::Expression{function->span, ast::Call{{name->text, function->span}, {{std::nullopt, x}}, {}}});
  }
  Graph graph;
  graph.name = "curve";
  Elaboration elaboration = begin_elaboration(*program, graph, diagnostics, false, std::nullopt);
  const NodeId argument = add_input(graph, {InputRole::Setting, curve_argument, {}}, {}, {}, function->span);
  const std::optional<NodeId> value =
      node_of_formula(elaboration, {{curve_argument, tensor_of(elaboration, argument)}}, formula, value_output);
  if (!value || diagnostics.has_errors()) return std::nullopt;
  if (!graph[*value].axes.empty()) {
    diagnostics.report(
        error("E0707", function->span, "a curve is drawn of a function that gives one number",
              "it gives " + std::to_string(element_count(graph[*value])) + ", of which `[0]` takes the first"));
    return std::nullopt;
  }
  add_value(graph, value_output, *value);
  add_value(graph, derivative_output, add_gradient(graph, *value, argument, function->span));
  return graph;
}

}  // namespace dnnc
