#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/operator_meaning.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/support/match.h"
#include "compiler/syntax/operators.h"

namespace dnnc {
namespace {

Expr combine(ast::BinaryOperator op, const Expr& a, const Expr& b) {
  const OperatorMeaning meaning = meaning_of(op);
  const Expr value = meaning.swapped ? call(meaning.function, {b, a}) : call(meaning.function, {a, b});
  return meaning.floored ? call(Function::Floor, {value}) : value;
}

/// Arithmetic of indices stays whole and exact: `i // 2`, `2 * i + 1`.
std::optional<Affine> combine_indices(const Elaboration& elaboration, ast::BinaryOperator op, const Affine& a,
                                      const Affine& b) {
  if (op == ast::BinaryOperator::Add) return a + b;
  if (op == ast::BinaryOperator::Subtract) return a - b;
  if (op == ast::BinaryOperator::Multiply && is_constant(b)) return a * b.offset;
  if (op == ast::BinaryOperator::Multiply && is_constant(a)) return b * a.offset;
  if (!is_constant(b) || b.offset < 1) return std::nullopt;
  if (op == ast::BinaryOperator::FloorDivide) return divide(a, b.offset, 0, elaboration.extents);
  if (op == ast::BinaryOperator::Modulo) return divide(a, 1, b.offset, elaboration.extents);
  return std::nullopt;
}

Expr combine(const Elaboration& elaboration, ast::BinaryOperator op, const Expr& a, const Expr& b) {
  std::optional<Affine> left = affine_of(a), right = affine_of(b);
  const auto of_index = [](const Expr& body) { return std::holds_alternative<IndexValue>(body->kind); };
  // An index of one place, or `i // n` of n places, is 0 and an index still.
  if (left && right && (of_index(a) || of_index(b)))
    if (std::optional<Affine> whole = combine_indices(elaboration, op, *left, *right)) return index_value(*whole);
  return combine(op, a, b);
}

bool compares(ast::BinaryOperator op) { return op == ast::BinaryOperator::Equal || op == ast::BinaryOperator::Unequal; }

/// `pad == same`: the other side is one of the words that are offered, or another such parameter.
Value compare_choice(Context& context, const Choice& choice, const ast::Ptr& other, bool equal) {
  const auto is_offered = [&](const std::string& word) { return std::ranges::count(choice.offered, word) > 0; };
  if (const auto* name = std::get_if<ast::Name>(&other->kind)) {
    auto found = context.scope->names.find(name->text);
    if (found != context.scope->names.end())
      if (const auto* word = std::get_if<Choice>(&found->second.value))
        return whole((word->word == choice.word) == equal ? 1 : 0);
    if (is_offered(name->text)) return whole((name->text == choice.word) == equal ? 1 : 0);
  }
  Diagnostic diagnostic = error("E0218", other->span, "not one of the words that may stand here",
                                fmt::format("one of {}", fmt::join(choice.offered, ", ")));
  if (const auto* name = std::get_if<ast::Name>(&other->kind)) suggest(diagnostic, name->text, choice.offered);
  suggest_without_quotes(diagnostic, other, is_offered);
  return fault(context.elaboration, std::move(diagnostic));
}

std::optional<Value> compare_words(Context& context, const ast::Binary& binary) {
  if (!compares(binary.op)) return std::nullopt;
  for (bool left : {true, false}) {
    const ast::Ptr &side = left ? binary.left : binary.right, &other = left ? binary.right : binary.left;
    const auto* name = std::get_if<ast::Name>(&side->kind);
    auto found = name ? context.scope->names.find(name->text) : context.scope->names.end();
    if (found == context.scope->names.end()) continue;
    if (const auto* choice = std::get_if<Choice>(&found->second.value))
      return compare_choice(context, *choice, other, binary.op == ast::BinaryOperator::Equal);
  }
  return std::nullopt;
}

/// `stride == 1x1`; a whole number stands for equal sizes.
std::optional<Value> compare_sizes(const ast::Binary& binary, const Value& left, const Value& right) {
  const auto *a = std::get_if<SizeList>(&left), *b = std::get_if<SizeList>(&right);
  if (!compares(binary.op) || (!a && !b)) return std::nullopt;
  auto sizes = [&](const Value& value, size_t count) -> std::optional<std::vector<int64_t>> {
    if (const auto* list = std::get_if<SizeList>(&value)) return list->sizes;
    const auto* number = std::get_if<Number>(&value);
    std::optional<int64_t> size = number ? whole_value(*number) : std::nullopt;
    return size ? std::optional(std::vector<int64_t>(count, *size)) : std::nullopt;
  };
  size_t count = a ? a->sizes.size() : b->sizes.size();
  auto first = sizes(left, count), second = sizes(right, count);
  if (!first || !second) return std::nullopt;
  return whole((*first == *second) == (binary.op == ast::BinaryOperator::Equal) ? 1 : 0);
}

Value combine_constants(Context& context, const ast::Binary& binary, const Number& left, const Number& right,
                        Span span) {
  if (std::optional<Number> value = apply_operator(binary.op, left, right)) {
    if (std::isfinite(value_of(*value))) return *value;
    return fault(context.elaboration, "E0215", span, "this number is too large");
  }
  bool divides = binary.op != ast::BinaryOperator::Power;
  Diagnostic diagnostic =
      error("E0215", divides ? binary.right->span : span, divides ? "division by zero" : "this power has no value");
  return fault(context.elaboration, std::move(diagnostic));
}

/// Reports a division by a constant that is 0, unless it may never be carried out.
bool divides_by_zero(Context& context, const ast::Binary& binary, const Value& right) {
  const bool divides = binary.op == ast::BinaryOperator::Divide || binary.op == ast::BinaryOperator::FloorDivide ||
                       binary.op == ast::BinaryOperator::Modulo;
  const auto* number = std::get_if<Number>(&right);
  if (!divides || !number || is_true(*number) || context.elaboration.branches > 0) return false;
  fault(context.elaboration, "E0215", origin_of(context.elaboration, binary.right->span), "division by zero");
  return true;
}

Value combine_tensors(Context& context, const ast::Binary& binary, const Value& left, const Value& right, Span span) {
  std::optional<Tensor> a = to_tensor(context.elaboration, left, binary.left->span);
  std::optional<Tensor> b = to_tensor(context.elaboration, right, binary.right->span);
  if (!a || !b || divides_by_zero(context, binary, right)) return Poison{};
  std::vector<Tensor> tensors = {*a, *b};
  auto axes = unify(context, tensors, {binary.left->span, binary.right->span},
                    std::string("`") + text_of(binary.op) + "`", span);
  if (!axes) return Poison{};
  Tensor result = number_tensor(combine(context.elaboration, binary.op, tensors[0].body, tensors[1].body));
  result.axes = *axes;
  result.array = a->array || b->array;
  return result;
}

/// Item number `index` of those from `first` to before `last`, found by halving so that the formula stays shallow.
Expr select_item(const std::vector<Tensor>& items, IndexId index, size_t first, size_t last) {
  if (last - first == 1) return items[first].body;
  size_t middle = first + (last - first) / 2;
  Expr in_first_half = call(Function::Less, {index_value(index), constant(static_cast<double>(middle))});
  return call(Function::Select,
              {in_first_half, select_item(items, index, first, middle), select_item(items, index, middle, last)});
}

Value choose(Context& context, const ast::If& choice, const Tensor& condition, Span span) {
  ++context.elaboration.branches;
  Value then = evaluate(context, choice.then), otherwise = evaluate(context, choice.otherwise);
  --context.elaboration.branches;
  std::optional<Tensor> a = to_tensor(context.elaboration, then, choice.then->span);
  std::optional<Tensor> b = to_tensor(context.elaboration, otherwise, choice.otherwise->span);
  if (!a || !b) return Poison{};
  bool by_element = !condition.axes.empty();
  if (!by_element && shape_of(context.elaboration, *a) != shape_of(context.elaboration, *b)) {
    Diagnostic diagnostic = error("E0219", choice.otherwise->span, "both sides of `if` need one type");
    diagnostic.label = describe(context.elaboration, *b);
    diagnostic.labels.push_back({choice.then->span, describe(context.elaboration, *a)});
    return fault(context.elaboration, std::move(diagnostic));
  }
  std::vector<Tensor> tensors = {condition, *a, *b};
  auto axes =
      unify(context, tensors, {choice.condition->span, choice.then->span, choice.otherwise->span}, "`if`", span);
  if (!axes) return Poison{};
  Tensor result = number_tensor(call(Function::Select, {tensors[0].body, tensors[1].body, tensors[2].body}));
  result.axes = *axes;
  result.array = condition.array || a->array || b->array;
  if (a->element == b->element) result.element = a->element;
  return result;
}

}  // namespace

std::optional<std::vector<IndexId>> unify(Context& context, std::vector<Tensor>& tensors,
                                          const std::vector<Span>& spans, const std::string& shown, Span span) {
  const Tensor* first = nullptr;
  Span first_span;
  for (size_t place = 0; place < tensors.size(); ++place) {
    Tensor& tensor = tensors[place];
    if (tensor.axes.empty()) continue;
    Span own = place < spans.size() ? spans[place] : span;
    if (!first) {
      first = &tensor;
      first_span = own;
      continue;
    }
    if (shape_of(context.elaboration, *first) != shape_of(context.elaboration, tensor)) {
      Diagnostic diagnostic = error("E0207", first_span, shown + " needs equal shapes");
      diagnostic.label = describe(context.elaboration, *first);
      diagnostic.labels.push_back({own, describe(context.elaboration, tensor)});
      fault(context.elaboration, std::move(diagnostic));
      return std::nullopt;
    }
    tensor = with_axes(tensor, first->axes);
  }
  return first ? first->axes : std::vector<IndexId>{};
}

Value apply_function(Context& context, Function function, const std::string& shown, const std::vector<Value>& arguments,
                     const std::vector<Span>& spans, Span span) {
  std::vector<Number> numbers;
  for (const Value& argument : arguments) {
    if (is_poison(argument)) return Poison{};
    if (const auto* number = std::get_if<Number>(&argument)) numbers.push_back(*number);
  }
  const bool left = context.elaboration.folding == Folding::ExactOnly && is_rounded(function);
  if (numbers.size() == arguments.size() && !left) {
    if (std::optional<Number> value = apply_function(function, numbers)) return *value;
    return fault(context.elaboration, "E0215", span, shown + " has no value here");
  }
  std::vector<Tensor> tensors;
  bool array = false;
  for (size_t place = 0; place < arguments.size(); ++place) {
    std::optional<Tensor> tensor = to_tensor(context.elaboration, arguments[place], spans[place]);
    if (!tensor) return Poison{};
    array = array || tensor->array;
    tensors.push_back(std::move(*tensor));
  }
  auto axes = unify(context, tensors, spans, shown, span);
  if (!axes) return Poison{};
  std::vector<Expr> bodies;
  for (const Tensor& tensor : tensors) bodies.push_back(tensor.body);
  Tensor result = number_tensor(call(function, std::move(bodies)));
  result.axes = *axes;
  result.array = array;
  return result;
}

Value evaluate_binary(Context& context, const ast::Binary& binary, Span span) {
  if (std::optional<Value> words = compare_words(context, binary)) return *words;
  Value left = evaluate(context, binary.left);
  const auto* first = std::get_if<Number>(&left);
  bool is_and = binary.op == ast::BinaryOperator::And, is_or = binary.op == ast::BinaryOperator::Or;
  if (first && (is_and || is_or) && is_true(*first) == is_or) return whole(is_or ? 1 : 0);
  Value right = evaluate(context, binary.right);
  if (is_poison(left) || is_poison(right)) return Poison{};
  if (std::optional<Value> sizes = compare_sizes(binary, left, right)) return *sizes;
  const auto* second = std::get_if<Number>(&right);
  if (first && second) return combine_constants(context, binary, *first, *second, span);
  return combine_tensors(context, binary, left, right, span);
}

Value evaluate_unary(Context& context, const ast::Unary& unary, Span) {
  Value operand = evaluate(context, unary.operand);
  if (is_poison(operand)) return operand;
  if (const auto* number = std::get_if<Number>(&operand))
    return unary.op == ast::UnaryOperator::Negate ? negate(*number) : whole(is_true(*number) ? 0 : 1);
  std::optional<Tensor> tensor = to_tensor(context.elaboration, operand, unary.operand->span);
  if (!tensor) return Poison{};
  Tensor result = *tensor;
  result.element = {};
  result.head.reset();
  const auto* index = std::get_if<IndexValue>(&tensor->body->kind);
  if (unary.op == ast::UnaryOperator::Not) result.body = call(Function::Not, {tensor->body});
  else result.body = index ? index_value(index->value * -1) : -tensor->body;
  return result;
}

Value evaluate_if(Context& context, const ast::If& choice, Span span) {
  Value condition = evaluate(context, choice.condition);
  if (is_poison(condition)) return condition;
  if (const auto* number = std::get_if<Number>(&condition))
    return evaluate(context, is_true(*number) ? choice.then : choice.otherwise);
  std::optional<Tensor> tensor = to_tensor(context.elaboration, condition, choice.condition->span);
  return tensor ? choose(context, choice, *tensor, span) : Value{Poison{}};
}

void suggest_number(const Elaboration& elaboration, const Text& text, Diagnostic& diagnostic) {
  if (!is_literal(text.text) || text_at(elaboration, diagnostic.span) != '"' + text.text + '"') return;
  diagnostic.help = "write it without quotes: `" + text.text + "`";
  diagnostic.replacement = {diagnostic.span, text.text};
}

std::optional<Tensor> to_tensor(Elaboration& elaboration, const Value& value, Span span) {
  auto no_number = [&](const std::string& help) -> std::optional<Tensor> {
    Diagnostic other =
        error("E0204", span, "a number or an array is wanted here, this is " + describe(elaboration, value), help);
    if (const auto* text = std::get_if<Text>(&value)) suggest_number(elaboration, *text, other);
    fault(elaboration, std::move(other));
    return std::nullopt;
  };
  return std::visit(match{[](const Poison&) -> std::optional<Tensor> { return std::nullopt; },
                          [&](const Number& number) -> std::optional<Tensor> {
                            // What no run computes, contracts and `dnnc eval`, is computed with float64.
                            const bool of_a_run = elaboration.training || elaboration.batch;
                            if (!of_a_run || fits_f32(number)) return number_tensor(expression_of(number));
                            fault(elaboration, "E0215", origin_of(elaboration, span),
                                  "this number is too large for f32", "numbers of f32 go up to 3.4e38");
                            return std::nullopt;
                          },
                          [](const Tensor& tensor) -> std::optional<Tensor> { return tensor; },
                          [&](const std::shared_ptr<const List>& list) -> std::optional<Tensor> {
                            if (list->items.empty()) return no_number("an array has at least one element");
                            std::vector<Tensor> items;
                            for (const Value& item : list->items) {
                              std::optional<Tensor> tensor = to_tensor(elaboration, item, span);
                              if (!tensor) return std::nullopt;
                              if (!items.empty() && shape_of(elaboration, *tensor) != shape_of(elaboration, items[0])) {
                                fault(elaboration, "E0207", span, "the items of a list need equal shapes");
                                return std::nullopt;
                              }
                              items.push_back(items.empty() ? *tensor : with_axes(*tensor, items[0].axes));
                            }
                            IndexId index = new_index(elaboration, "i", static_cast<int64_t>(items.size()));
                            Tensor result = items.back();
                            result.body = select_item(items, index, 0, items.size());
                            result.axes.insert(result.axes.begin(), index);
                            result.array = true;
                            return result;
                          },
                          [&](const std::shared_ptr<const Step>&) {
                            const std::string name = text_at(elaboration, span);
                            const Definition* definition = find_definition(elaboration.program->main(), name);
                            const bool compares = definition && (definition->kind() == ast::DefinitionKind::Loss ||
                                                                 definition->kind() == ast::DefinitionKind::Metric);
                            return no_number(compares ? "give it what it compares: " + name + "(output, target)"
                                                      : "give it an argument");
                          },
                          [&](const auto&) { return no_number(""); }},
                    value);
}

}  // namespace dnnc
