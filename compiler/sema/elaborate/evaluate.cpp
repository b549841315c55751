#include "compiler/sema/elaborate/evaluate.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "compiler/sema/names/unknown_word.h"
#include "compiler/support/match.h"
#include "compiler/syntax/units.h"

namespace dnnc {
namespace {

/// Keeps Elaboration::depth right on every way out.
struct Deeper {
  Elaboration& elaboration;
  explicit Deeper(Elaboration& e) : elaboration(e) { ++elaboration.depth; }
  ~Deeper() { --elaboration.depth; }
};

Value literal(Context& context, const ast::Number& number, Span span) {
  std::optional<Number> value = number_of_text(number.text);
  if (value && !number.unit.empty()) {
    const double factor = unit_factor(number.unit).value_or(1);
    value = apply_operator(ast::BinaryOperator::Multiply, *value, *number_of_text(fmt::format("{}", factor)));
  }
  if (value && std::isfinite(value_of(*value))) return *value;
  return fault(context.elaboration, "E0215", span, "this number is too large");
}

Value percent(const ast::Percent& percent) {
  return *apply_operator(ast::BinaryOperator::Divide, *number_of_text(percent.text), whole(100));
}

Value list(Context& context, const ast::List& list) {
  auto result = std::make_shared<List>();
  bool poisoned = false;
  for (const ast::Ptr& item : list.items) {
    result->items.push_back(evaluate(context, item));
    poisoned = poisoned || is_poison(result->items.back());
  }
  if (poisoned) return Poison{};
  return std::shared_ptr<const List>(result);
}

Value unknown_name(Context& context, const std::string& name, Span span) {
  const auto known_names = [&] {
    std::vector<std::string> known;
    for (const auto& [word, binding] : context.scope->names) known.push_back(word);
    for (const auto& [word, id] : context.bound) known.push_back(word);
    for (const std::string& word : visible_names(*context.scope->module)) known.push_back(word);
    return known;
  };
  return fault(context.elaboration, undefined_name(name, span, *context.elaboration.diagnostics, known_names));
}

Value definition_as_step(Context& context, const std::string& name, Span span) {
  auto step = std::make_shared<Step>();
  step->steps.push_back(ast::Step{span, ast::Step::Use{ast::Word{name, span}, std::nullopt}, nullptr, std::nullopt});
  step->scope = context.scope;
  return std::shared_ptr<const Step>(step);
}

/// A name of the body is read above its definition, or in it: `m = 0.9 * m + g`.
Diagnostic read_too_early(const Definition& definition, const std::string& name, Span span) {
  const ast::Statement& statement = definition.tree->body[definition.locals.at(name)];
  Diagnostic diagnostic = error("E0203", span, "`" + name + "` is read before it is defined");
  diagnostic.once = true;
  const bool within = statement.span.begin <= span.begin && span.end <= statement.span.end;
  if (!within) {
    diagnostic.labels.push_back({statement.span, "defined here"});
    return diagnostic;
  }
  diagnostic.message = "`" + name + "` is read in its own definition";
  const bool bound = std::holds_alternative<ast::BindStatement>(statement.kind);
  if (definition.kind() == ast::DefinitionKind::Optimizer && bound) {
    const std::string state = "state " + name + " = 0";
    diagnostic.help = "what is kept from step to step is a state: put `" + state + "` before it";
    diagnostic.replacement = {{span.source, statement.span.begin, statement.span.begin}, state + "; "};
  } else if (bound) {
    diagnostic.help =
        "what runs along an index reads an earlier place: `" + name + "[s] = … " + name + "[s - 1 else 0] …`";
  }
  return diagnostic;
}

Value read_built_in(Context& context, const BuiltIn& row, Span span) {
  if (row.kind != BuiltIn::Kind::Constant) return definition_as_step(context, row.name, span);
  if (std::string_view(row.name) == pi_word) return inexact(std::numbers::pi);
  if (context.elaboration.field)
    return fault(context.elaboration, "E0410", span,
                 std::string("`") + training_word + "` has no meaning in a step of data",
                 "a field is the same in training and in prediction; layers and nets may tell these apart");
  return whole(context.elaboration.training ? 1 : 0);
}

bool is_choice(const Context& context, const ast::Ptr& formula) {
  const auto* name = std::get_if<ast::Name>(&formula->kind);
  auto found = name ? context.scope->names.find(name->text) : context.scope->names.end();
  return found != context.scope->names.end() && std::holds_alternative<Choice>(found->second.value);
}

bool constant_name(const Context& context, const std::string& name) {
  if (context.bound.contains(name)) return false;
  if (auto found = context.scope->names.find(name); found != context.scope->names.end()) {
    const Value& value = found->second.value;
    return !found->second.record && (std::holds_alternative<Number>(value) || std::holds_alternative<SizeList>(value));
  }
  if (context.scope->indices.contains(name)) return false;
  if (context.scope->definition && context.scope->definition->locals.contains(name)) return false;
  if (const ConstantEntry* entry = find_constant(*context.scope->module, name))
    return std::holds_alternative<Number>(entry->value);
  const BuiltIn* row = find_built_in(name);
  return !find_definition(*context.scope->module, name) && row && row->kind == BuiltIn::Kind::Constant;
}

bool is_constant_formula(Context& context, const ast::Ptr& formula);

bool constant_call(Context& context, const ast::Call& call) {
  const std::string& name = call.function.text;
  if (!call.binders.empty() || context.scope->names.contains(name)) return false;
  for (const ast::Argument& argument : call.arguments)
    if (!is_constant_formula(context, argument.value)) return false;
  if (const Definition* definition = find_definition(*context.scope->module, name))
    return definition->of_numbers && definition->kind() != ast::DefinitionKind::Optimizer;
  const BuiltIn* row = find_built_in(name);
  return row &&
         (row->kind == BuiltIn::Kind::Scalar || (row->kind == BuiltIn::Kind::Either && call.arguments.size() == 2));
}

bool constant_binary(Context& context, const ast::Binary& binary) {
  bool compares = binary.op == ast::BinaryOperator::Equal || binary.op == ast::BinaryOperator::Unequal;
  if (compares && (is_choice(context, binary.left) || is_choice(context, binary.right))) return true;
  if (!is_constant_formula(context, binary.left)) return false;
  bool joins = binary.op == ast::BinaryOperator::And || binary.op == ast::BinaryOperator::Or;
  if (joins) {
    Value left = evaluate(context, binary.left);
    const auto* number = std::get_if<Number>(&left);
    if (number && is_true(*number) == (binary.op == ast::BinaryOperator::Or)) return true;
  }
  return is_constant_formula(context, binary.right);
}

bool is_constant_formula(Context& context, const ast::Ptr& formula) {
  return std::visit(
      match{[](const ast::Number&) { return true; }, [](const ast::Percent&) { return true; },
            [](const ast::Sizes&) { return true; }, [](const ast::Boolean&) { return true; },
            [&](const ast::Name& name) { return constant_name(context, name.text); },
            [&](const ast::Unary& unary) { return is_constant_formula(context, unary.operand); },
            [&](const ast::Binary& binary) { return constant_binary(context, binary); },
            [&](const ast::If& choice) {
              return is_constant_formula(context, choice.condition) && is_constant_formula(context, choice.then) &&
                     is_constant_formula(context, choice.otherwise);
            },
            [&](const ast::Call& call) { return constant_call(context, call); },
            [&](const ast::Bracketed& bracketed) { return is_constant_formula(context, bracketed.inner); },
            [](const auto&) { return false; }},
      formula->kind);
}

/// The array among the operands of a formula that should be one number.
const ast::Expression* array_operand(const Context& context, const ast::Ptr& formula) {
  return std::visit(match{[&](const ast::Name& name) -> const ast::Expression* {
                            auto binding = context.scope->names.find(name.text);
                            if (binding == context.scope->names.end()) return nullptr;
                            const auto* tensor = std::get_if<Tensor>(&binding->second.value);
                            return tensor && !tensor->axes.empty() ? formula.get() : nullptr;
                          },
                          [&](const ast::Unary& unary) { return array_operand(context, unary.operand); },
                          [&](const ast::Bracketed& bracketed) { return array_operand(context, bracketed.inner); },
                          [&](const ast::Binary& binary) {
                            const ast::Expression* left = array_operand(context, binary.left);
                            return left ? left : array_operand(context, binary.right);
                          },
                          [](const auto&) -> const ast::Expression* { return nullptr; }},
                    formula->kind);
}

}  // namespace

Value read_name(Context& context, const std::string& name, Span span) {
  Scope& scope = *context.scope;
  if (auto found = context.bound.find(name); found != context.bound.end())
    return number_tensor(index_value(found->second));
  if (auto found = scope.names.find(name); found != scope.names.end()) {
    if (found->second.recurring)
      return fault(context.elaboration, "E0314", span,
                   "`" + name + "` is still being made: read its elements at an earlier place");
    if (found->second.record) return read_record(context, found->second, name, span);
    return found->second.value;
  }
  if (scope.definition && scope.definition->locals.contains(name)) {
    return fault(context.elaboration, read_too_early(*scope.definition, name, span));
  }
  if (scope.indices.contains(name))
    return fault(context.elaboration, "E0305", span, "the index `" + name + "` is not bound here",
                 "define by element, `y[" + name + "] = ...`, or reduce over it");
  if (const ConstantEntry* entry = find_constant(*scope.module, name)) return entry->value;
  if (find_definition(*scope.module, name)) return definition_as_step(context, name, span);
  if (const BuiltIn* row = find_built_in(name)) return read_built_in(context, *row, span);
  return unknown_name(context, name, span);
}

Value evaluate(Context& context, const ast::Ptr& formula) {
  if (!spend(context.elaboration, formula->span)) return Poison{};
  Deeper deeper(context.elaboration);
  Span span = formula->span;
  return std::visit(match{[&](const ast::Number& number) { return literal(context, number, span); },
                          [&](const ast::Percent& number) { return percent(number); },
                          [&](const ast::Sizes& sizes) -> Value { return SizeList{sizes.sizes}; },
                          [&](const ast::String& text) -> Value { return Text{text.value}; },
                          [&](const ast::Boolean& truth) -> Value { return whole(truth.value ? 1 : 0); },
                          [&](const ast::Name& name) { return read_name(context, name.text, span); },
                          [&](const ast::List& items) { return list(context, items); },
                          [&](const ast::Unary& unary) { return evaluate_unary(context, unary, span); },
                          [&](const ast::Binary& binary) { return evaluate_binary(context, binary, span); },
                          [&](const ast::If& choice) { return evaluate_if(context, choice, span); },
                          [&](const ast::Call& call) { return evaluate_call(context, call, span); },
                          [&](const ast::Element& element) { return evaluate_element_of(context, element, span); },
                          [&](const ast::Member&) -> Value {
                            return fault(context.elaboration, "E0204", span,
                                         "`" + text_at(context.elaboration, span) +
                                             "` has a meaning in `expect` and in conditions of training only");
                          },
                          [&](const ast::Chain& chain) { return evaluate_chain(context, chain); },
                          [&](const ast::Bracketed& bracketed) { return evaluate(context, bracketed.inner); }},
                    formula->kind);
}

std::optional<Tensor> evaluate_element(Context& context, const ast::Ptr& formula) {
  Value value = evaluate(context, formula);
  std::optional<Tensor> tensor = to_tensor(context.elaboration, value, formula->span);
  if (!tensor || tensor->axes.empty()) return tensor;
  const ast::Expression* operand = array_operand(context, formula);
  Span span = operand ? operand->span : formula->span;
  Diagnostic diagnostic = error("E0311", span, "an element is one number, this is an array");
  diagnostic.label = describe(context.elaboration,
                              operand ? read_name(context, std::get<ast::Name>(operand->kind).text, span) : value);
  if (operand)
    diagnostic.help =
        "read one of its elements: `" + text_at(context.elaboration, span) + "[...]`, an index for each axis";
  fault(context.elaboration, std::move(diagnostic));
  return std::nullopt;
}

std::optional<Number> evaluate_number(Context& context, const ast::Ptr& formula, const std::string& what) {
  Value value = evaluate(context, formula);
  if (const auto* number = std::get_if<Number>(&value)) return *number;
  if (is_poison(value)) return std::nullopt;
  Diagnostic diagnostic = error("E0204", formula->span, what + " must be a constant");
  diagnostic.label = describe(context.elaboration, value);
  suggest_without_quotes(diagnostic, formula, is_literal);
  fault(context.elaboration, std::move(diagnostic));
  return std::nullopt;
}

std::optional<int64_t> evaluate_whole(Context& context, const ast::Ptr& formula, const std::string& what,
                                      int64_t least) {
  std::optional<Number> number = evaluate_number(context, formula, what);
  if (!number) return std::nullopt;
  std::optional<int64_t> result = whole_value(*number);
  constexpr int64_t most = (int64_t{1} << 31) - 1;
  if (result && *result >= least && *result <= most) return result;
  std::string text = text_at(context.elaboration, formula->span), value = text_of(*number);
  bool is_name = std::holds_alternative<ast::Name>(formula->kind);
  Diagnostic diagnostic =
      error("E0205", formula->span,
            what + " must be a whole number" + (least > INT32_MIN ? " of at least " + std::to_string(least) : ""));
  if (result && *result > most) diagnostic.message = what + " is too large";
  diagnostic.label = text == value ? "" : (is_name ? "`" + text + "` is " : "this is ") + value;
  fault(context.elaboration, std::move(diagnostic));
  return std::nullopt;
}

std::optional<Number> try_constant(Context& context, const ast::Ptr& formula) {
  if (!is_constant_formula(context, formula)) return std::nullopt;
  Value value = evaluate(context, formula);
  const auto* number = std::get_if<Number>(&value);
  return number ? std::optional(*number) : std::nullopt;
}

}  // namespace dnnc
