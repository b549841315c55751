#include <fmt/format.h>

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

bool is_state(const Context& context, const ast::Word& name) {
  auto found = context.scope->names.find(name.text);
  return found != context.scope->names.end() && found->second.state;
}

/// States of layers change in training only; an optimizer runs in training.
bool assigns(const Context& context) {
  const Definition* definition = context.scope->definition;
  return context.elaboration.training || (definition && definition->kind() == ast::DefinitionKind::Optimizer);
}

Value store(Context& context, const ast::Word& name, const Value& value, Span span) {
  if (is_state(context, name)) assign_state(context, name, value, span);
  else define(context, name, value);
  return read_name(context, name.text, name.span);
}

Value several_results(std::vector<Value> values, const std::vector<ast::Word>& names) {
  if (values.size() == 1) return values[0];
  for (const Value& value : values)
    if (is_poison(value)) return Poison{};
  auto results = std::make_shared<Results>();
  results->values = std::move(values);
  for (const ast::Word& name : names) results->names.push_back(name.text);
  return std::shared_ptr<const Results>(results);
}

Value run(Context& context, const ast::BindStatement& statement) {
  bool only_states =
      std::ranges::all_of(statement.names, [&](const ast::Word& name) { return is_state(context, name); });
  if (only_states && !assigns(context)) return read_name(context, statement.names[0].text, statement.names[0].span);
  context.name = statement.names.size() == 1 ? statement.names[0].text : "";
  Value value = evaluate(context, statement.value);
  if (statement.names.size() == 1 && std::holds_alternative<std::shared_ptr<const Results>>(value))
    value =
        fault(context.elaboration, "E0213", statement.value->span,
              fmt::format("one name for {} results", std::get<std::shared_ptr<const Results>>(value)->values.size()),
              "give each a name: `a, b = ...`");
  if (statement.names.size() == 1) return store(context, statement.names[0], value, statement.value->span);
  std::vector<Value> values(statement.names.size(), Value{Poison{}});
  const auto* results = std::get_if<std::shared_ptr<const Results>>(&value);
  size_t count = results ? (*results)->values.size() : 1;
  if (results && count == values.size()) values = (*results)->values;
  else if (!is_poison(value))
    fault(context.elaboration, "E0213", statement.value->span,
          fmt::format("{} names for {} {}", values.size(), count, count == 1 ? "result" : "results"));
  for (size_t place = 0; place < values.size(); ++place)
    values[place] = store(context, statement.names[place], values[place], statement.value->span);
  return several_results(values, statement.names);
}

/// A name that is given a second meaning, which has been reported: neither is to be blamed for what follows.
bool is_given_twice(Context& context, const ast::Word& name) {
  auto found = context.scope->names.find(name.text);
  if (found == context.scope->names.end() || found->second.state || found->second.span == name.span) return false;
  found->second = Binding{Poison{}, name.span, std::nullopt, false, false, {}};
  return true;
}

Value run(Context& context, const ast::IndexedStatement& statement, Span span) {
  if (is_given_twice(context, statement.name)) return Poison{};
  if (is_state(context, statement.name) && !assigns(context))
    return read_name(context, statement.name.text, statement.name.span);
  context.name = statement.name.text;
  return store(context, statement.name, define_indexed(context, statement, span), statement.value->span);
}

Value run(Context& context, const ast::ResultStatement& statement) {
  context.name.clear();
  std::vector<Value> values;
  for (const ast::Ptr& formula : statement.values) values.push_back(evaluate(context, formula));
  return several_results(std::move(values), {});
}

void run(Context& context, const ast::SharedStatement& statement) {
  auto step = std::make_shared<Step>();
  step->steps = statement.steps;
  step->scope = context.scope;
  step->shared = context.path + "/" + statement.name.text;
  context.scope->names[statement.name.text] =
      Binding{std::shared_ptr<const Step>(step), statement.name.span, std::nullopt, false, false, {}};
}

/// The names that occur in a condition with their values: `d = 64, heads = 5`.
std::string values_in(Context& context, const ast::Ptr& condition) {
  std::string text;
  std::set<std::string> seen;
  for_each_live(context, condition, [&](const ast::Expression& part) {
    const auto* name = std::get_if<ast::Name>(&part.kind);
    if (!name || !seen.insert(name->text).second) return true;
    Value value = read_name(context, name->text, part.span);
    if (const auto* number = std::get_if<Number>(&value))
      text += (text.empty() ? "" : ", ") + name->text + " = " + text_of(*number);
    return true;
  });
  return text;
}

void run(Context& context, const ast::ExpectStatement& statement) {
  std::optional<Number> holds = evaluate_number(context, statement.condition, "a condition");
  if (!holds || is_true(*holds)) return;
  Diagnostic diagnostic = error("E0211", statement.condition->span,
                                "`" + text_at(context.elaboration, statement.condition->span) + "` does not hold");
  diagnostic.label = values_in(context, statement.condition);
  fault(context.elaboration, std::move(diagnostic));
  context.scope->broken = true;
}

Value run_statement(Context& context, const ast::Statement& statement) {
  return std::visit(match{[&](const ast::ParamStatement& param) -> Value {
                            declare_parameters(context, param.groups);
                            return Poison{};
                          },
                          [&](const ast::StateStatement& state) -> Value {
                            declare_states(context, state.groups);
                            return Poison{};
                          },
                          [&](const ast::SharedStatement& shared) -> Value {
                            run(context, shared);
                            return Poison{};
                          },
                          [&](const ast::ExpectStatement& expect) -> Value {
                            run(context, expect);
                            return Poison{};
                          },
                          [&](const ast::BindStatement& bind) { return run(context, bind); },
                          [&](const ast::IndexedStatement& indexed) { return run(context, indexed, statement.span); },
                          [&](const ast::ResultStatement& result) { return run(context, result); }},
                    statement.kind);
}

/// The sizes that the types after `->` state for the array that the last statement defines.
void add_declared_ranges(Context& context, const ast::IndexedStatement& statement, Ranges& ranges) {
  const Definition* definition = context.scope->definition;
  if (!definition || definition->tree->results.size() != 1) return;
  const auto* last = std::get_if<ast::IndexedStatement>(&definition->tree->body.back().kind);
  const auto* type = std::get_if<ast::ArrayType>(&definition->tree->results[0].type.kind);
  if (last != &statement || !type || !type->shape) return;
  std::vector<ast::Subscript> sizes = *type->shape;
  // The scores of `class[k][s...]` are `f32[s..., k]`.
  if (is_called(*type, TypeWord::Label) && type->second)
    sizes.insert(sizes.begin(), type->second->begin(), type->second->end());
  if (sizes.size() != statement.indices.size()) return;
  for (size_t place = 0; place < statement.indices.size(); ++place) {
    const auto* formula = std::get_if<ast::Ptr>(&sizes[place]);
    if (!formula || statement.indices[place].text == "...") continue;
    if (auto size = evaluate_whole(context, *formula, "a size")) ranges.extents[statement.indices[place].text] = *size;
  }
}

/// An array that is assigned by elements has the shape of its state.
void add_state_ranges(Context& context, const ast::IndexedStatement& statement, Ranges& ranges) {
  auto found = context.scope->names.find(statement.name.text);
  if (found == context.scope->names.end() || !found->second.state) return;
  const std::vector<int64_t>& shape = context.elaboration.parameters[*found->second.record].shape;
  for (size_t place = 0; place < statement.indices.size() && place < shape.size(); ++place) {
    if (statement.indices[place].text == "...") return;
    ranges.extents[statement.indices[place].text] = shape[place];
  }
}

/// The reductions of a formula that would bind the index, if it were not bound outside: the innermost in which it occurs.
void find_reductions(Context& context, const ast::Ptr& formula, const std::string& index,
                     std::vector<const ast::Expression*>& found) {
  std::vector<const ast::Expression*> reductions;
  for_each_live(context, formula, [&](const ast::Expression& part) {
    const auto* call = std::get_if<ast::Call>(&part.kind);
    if (!call || !reduction_of(context, *call)) return true;
    reductions.push_back(&part);
    return false;
  });
  for (const ast::Expression* reduction : reductions) {
    const size_t before = found.size();
    const ast::Call& call = std::get<ast::Call>(reduction->kind);
    if (std::ranges::count(indices_of(call.binders), index, &ast::Word::text) > 0) {
      found.push_back(reduction);
      continue;
    }
    for (const ast::Argument& argument : call.arguments) {
      find_reductions(context, argument.value, index, found);
      const std::vector<ast::Word> own = unbound_indices(context, argument.value);
      if (found.size() == before && std::ranges::find(own, index, &ast::Word::text) != own.end())
        found.push_back(reduction);
    }
  }
}

/// `y[i] = sum(x[j]) for i in 3, j in 4`: puts the range of `j` into the brackets of the reduction that binds it.
Replacement range_in_reduction(const Elaboration& elaboration, const ast::IndexedStatement& statement,
                               const ast::Expression& reduction, const ast::Binder& stray) {
  const auto text = [&](const ast::Binder& binder) {
    return binder.index.text + (binder.range ? " in " + text_at(elaboration, binder.range->span) : "");
  };
  const bool has_ranges = !std::get<ast::Call>(reduction.kind).binders.empty();
  const ast::Binder& last = statement.binders.back();
  const Span behind{reduction.span.source, reduction.span.end - 1,
                    last.range ? last.range->span.end : last.index.span.end};
  std::string moved = (has_ranges ? ", " : " for ") + text(stray) +
                      text_at(elaboration, {behind.source, behind.begin, statement.value->span.end});
  const char* join = " for ";
  for (const ast::Binder& binder : statement.binders) {
    if (&binder == &stray) continue;
    moved += join + text(binder);
    join = ", ";
  }
  return {behind, moved};
}

/// What `for` names stands on the left.
bool ranges_of_left(Context& context, const ast::IndexedStatement& statement) {
  for (const ast::Binder& binder : statement.binders) {
    const std::string& index = binder.index.text;
    if (std::ranges::find(statement.indices, index, &ast::Word::text) != statement.indices.end()) continue;
    Diagnostic diagnostic = error(
        "E0305", binder.index.span, "the index `" + index + "` does not stand on the left",
        "put it there, `" + statement.name.text + "[…, " + index + "]`, or reduce over it: `sum(… for " + index + ")`");
    std::vector<const ast::Expression*> reductions;
    find_reductions(context, statement.value, index, reductions);
    if (reductions.size() == 1) {
      const ast::Call& reduction = std::get<ast::Call>(reductions[0]->kind);
      diagnostic.help =
          "its range stands where it is bound: `" + reduction.function.text + "(… for " + index + " in …)`";
      const bool stated = std::ranges::count(indices_of(reduction.binders), index, &ast::Word::text) > 0;
      if (!stated) diagnostic.replacement = range_in_reduction(context.elaboration, statement, *reductions[0], binder);
    }
    fault(context.elaboration, std::move(diagnostic));
    return false;
  }
  return true;
}

bool check_left(Context& context, const ast::IndexedStatement& statement) {
  auto is_index = [&](const ast::Word& word) {
    return word.text == "..." || context.scope->indices.contains(word.text);
  };
  // What has another meaning has been reported with the definition.
  if (!std::ranges::all_of(statement.indices, is_index)) return false;
  if (!stand_once(context, statement.indices) || !stand_once(context, indices_of(statement.binders))) return false;
  return ranges_of_left(context, statement);
}

}  // namespace

bool left_ranges(Context& context, const ast::IndexedStatement& statement, Ranges& ranges, bool silent) {
  // What `for` says goes before the declared type.
  for (const ast::Binder& binder : statement.binders)
    if (binder.range && !ranges.extents.contains(binder.index.text)) {
      auto size = evaluate_whole(context, binder.range, "the range of `" + binder.index.text + "`");
      if (!size) return false;
      ranges.extents[binder.index.text] = *size;
    }
  Ranges declared;
  add_declared_ranges(context, statement, declared);
  add_state_ranges(context, statement, declared);
  ranges.extents.insert(declared.extents.begin(), declared.extents.end());
  return find_ranges(context, statement.indices, {}, statement.value, ranges, silent);
}

Value define_indexed(Context& context, const ast::IndexedStatement& statement, Span) {
  Ranges ranges;
  if (!check_left(context, statement) || !left_ranges(context, statement, ranges, false)) return Poison{};
  std::vector<IndexId> ids;
  Context inner = bind_indices(context, statement.indices, ranges, ids);
  std::optional<Tensor> element = evaluate_element(inner, statement.value);
  if (!element) return Poison{};
  Tensor array = *element;
  array.axes = ids;
  array.array = true;
  return array;
}

void define(Context& context, const ast::Word& name, const Value& value) {
  Value kept = value;
  Elaboration& elaboration = context.elaboration;
  if (const auto* tensor = std::get_if<Tensor>(&value)) {
    NodeId whole = whole_node(elaboration, *tensor);
    std::string own = node_name(context);
    if (elaboration.graph->nodes.contains(whole) && (*elaboration.graph)[whole].name.starts_with(own + "."))
      (*elaboration.graph)[whole].name = own;
    if (context.order.empty() || !tensor->axes.empty()) kept = keep(elaboration, *tensor, own, name.span);
    else kept = limit_size(context, *tensor, "", name.span);
  }
  context.scope->names[name.text] = Binding{kept, name.span, std::nullopt, false, false, {}};
}

Value evaluate_body(Context& context, const ast::Body& body) {
  Value last = Poison{};
  for (size_t place = 0; place < body.size(); ++place) {
    if (!spend(context.elaboration, body[place].span)) return Poison{};
    if (size_t length = recurrence_length(context, body, place)) {
      define_recurrence(context, body, place, length);
      place += length - 1;
      const auto& statement = std::get<ast::IndexedStatement>(body[place].kind);
      last = read_name(context, statement.name.text, statement.name.span);
    } else {
      last = run_statement(context, body[place]);
    }
    if (context.scope->broken) return Poison{};
  }
  return last;
}

}  // namespace dnnc
