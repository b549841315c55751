#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/definition_text.h"
#include "compiler/sema/names/tree_walk.h"

namespace dnnc {
namespace {

/// Names alone in a subscript that mean nothing else, and what stands after `for`.
std::set<std::string> formula_indices(const Context& context, const ast::Ptr& formula) {
  std::set<std::string> indices;
  auto is_free = [&](const std::string& name) {
    return !context.scope->names.contains(name) && !find_constant(*context.scope->module, name);
  };
  for_each_expression(formula, [&](const ast::Expression& part) {
    if (const auto* call = std::get_if<ast::Call>(&part.kind))
      for (const ast::Binder& binder : call->binders) indices.insert(binder.index.text);
    const auto* element = std::get_if<ast::Element>(&part.kind);
    if (!element) return;
    for (const ast::Subscript& subscript : element->subscripts)
      if (const auto* at = std::get_if<ast::Ptr>(&subscript))
        for (const std::string& name : subscript_names(*at))
          if (is_free(name)) indices.insert(name);
  });
  return indices;
}

Context outside_context(Elaboration& elaboration, const Environment& names, const std::string& path) {
  Context context{elaboration, std::make_shared<Scope>(), path};
  context.scope->module = &elaboration.program->main();
  for (const auto& [name, value] : names)
    context.scope->names[name] = Binding{value, {}, std::nullopt, false, false, {}};
  return context;
}

/// Parameters that nothing reads do not exist.
void drop_unread(Elaboration& elaboration) {
  std::erase_if(elaboration.parameters, [](const ParameterRecord& record) { return !record.input.valid(); });
  elaboration.parameter_places.clear();
  for (size_t place = 0; place < elaboration.parameters.size(); ++place)
    elaboration.parameter_places[elaboration.parameters[place].path] = place;
}

}  // namespace

Value evaluate_formula(Elaboration& elaboration, const Environment& names, const ast::Ptr& formula,
                       const std::string& path) {
  Context context = outside_context(elaboration, names, path);
  context.scope->indices = formula_indices(context, formula);
  Value value = evaluate(context, formula);
  drop_unread(elaboration);
  return value;
}

std::optional<Number> evaluate_constant(const Program& program, const Environment& names, const ast::Ptr& formula,
                                        Diagnostics& diagnostics) {
  Graph graph;
  Elaboration elaboration = begin_elaboration(program, graph, diagnostics, false, std::nullopt);
  Context context = outside_context(elaboration, names, "");
  context.scope->indices = formula_indices(context, formula);
  return evaluate_number(context, formula, "this");
}

std::vector<Value> apply(Elaboration& elaboration, const Environment& names, const OutsideCall& call) {
  Context context = outside_context(elaboration, names, call.path);
  Use use{call.definition, {}, call.span, call.path, true, call.own_arguments, call.own_names};
  for (const Value& value : call.given) use.arguments.push_back({std::nullopt, nullptr, value, call.span});
  for (const ast::Argument& argument : call.arguments) use.arguments.push_back(given_by(argument));
  Value value = use_definition(context, use).value;
  drop_unread(elaboration);
  const auto* results = std::get_if<std::shared_ptr<const Results>>(&value);
  return results ? (*results)->values : std::vector<Value>{value};
}

std::optional<std::vector<NetResult>> use_net(Elaboration& elaboration, const Definition& net,
                                              const std::vector<Value>& inputs, Span span) {
  Context context = outside_context(elaboration, {}, "");
  Use use{&net, {}, span, net.name(), true};
  for (const Value& value : inputs) use.arguments.push_back({std::nullopt, nullptr, value, span});
  Outcome outcome = use_definition(context, use);
  drop_unread(elaboration);
  if (outcome.results.empty()) return std::nullopt;
  return outcome.results;
}

}  // namespace dnnc
