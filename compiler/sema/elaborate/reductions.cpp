#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/sema/elaborate/evaluate.h"

namespace dnnc {
namespace {

/// The factors of a product; what divides it counts as part of the first.
void add_factors(const ast::Ptr& formula, std::vector<std::vector<ast::Ptr>>& factors) {
  if (const auto* bracketed = std::get_if<ast::Bracketed>(&formula->kind))
    return add_factors(bracketed->inner, factors);
  if (const auto* unary = std::get_if<ast::Unary>(&formula->kind); unary && unary->op == ast::UnaryOperator::Negate)
    return add_factors(unary->operand, factors);
  const auto* binary = std::get_if<ast::Binary>(&formula->kind);
  if (binary && binary->op == ast::BinaryOperator::Multiply) {
    add_factors(binary->left, factors);
    add_factors(binary->right, factors);
  } else if (binary && binary->op == ast::BinaryOperator::Divide) {
    size_t own = factors.size();
    add_factors(binary->left, factors);
    factors[own].push_back(binary->right);
  } else {
    factors.push_back({formula});
  }
}

bool occurs(Context& context, const ast::Ptr& formula, const std::string& index) {
  bool found = false;
  for_each_live(context, formula, [&](const ast::Expression& part) {
    const auto* name = std::get_if<ast::Name>(&part.kind);
    const auto* element = std::get_if<ast::Element>(&part.kind);
    found = found || (name && name->text == index);
    for (size_t place = 0; element && place < element->subscripts.size(); ++place)
      found = found || (index == "..." && std::holds_alternative<ast::Ellipsis>(element->subscripts[place]));
    return !found;
  });
  return found;
}

/// An index that occurs in one factor of a product only is a slip, as a rule: `sum(x[i] * w[k, j])`. Factors in which
/// no index occurs do not count: `sum(2 * x[i])`.
bool check_factors(Context& context, const ast::Ptr& formula, const std::vector<ast::Word>& indices) {
  std::vector<std::vector<ast::Ptr>> factors;
  add_factors(formula, factors);
  auto with_index = [&](const std::vector<ast::Ptr>& factor) {
    return std::ranges::any_of(factor, [&](const ast::Ptr& part) {
      bool any = false;
      for_each_live(context, part, [&](const ast::Expression& inner) {
        const auto* name = std::get_if<ast::Name>(&inner.kind);
        any = any || (name && context.scope->indices.contains(name->text));
        return !any;
      });
      return any;
    });
  };
  std::erase_if(factors, [&](const std::vector<ast::Ptr>& factor) { return !with_index(factor); });
  if (factors.size() < 2) return true;
  for (const ast::Word& index : indices) {
    auto holds = [&](const std::vector<ast::Ptr>& factor) {
      return std::ranges::any_of(factor, [&](const ast::Ptr& part) { return occurs(context, part, index.text); });
    };
    if (index.text == "..." || std::ranges::count_if(factors, holds) != 1) continue;
    const auto other = std::ranges::find_if_not(factors, holds);
    Diagnostic diagnostic =
        error("E0304", index.span, "the index `" + index.text + "` occurs in one factor of this product only");
    diagnostic.labels.push_back({(*other)[0]->span, "not here"});
    diagnostic.help = "if it is meant, name it: `for " + index.text + "`";
    fault(context.elaboration, std::move(diagnostic));
    return false;
  }
  return true;
}

int64_t count_places(Context& context, const std::vector<IndexId>& ids, Span span) {
  int64_t count = 1;
  for (IndexId id : ids)
    if (__builtin_mul_overflow(count, context.elaboration.extents[id], &count) || count >= int64_t{1} << 31) {
      fault(context.elaboration, "E0217", span, "a reduction over more than 2^31 places");
      return 1;
    }
  return count;
}

Element element_of(const BuiltIn& reduction, int64_t count) {
  bool place = reduction.reduction == Reduction::ArgMaximum || reduction.reduction == Reduction::ArgMinimum;
  return place ? Element{Element::Kind::Class, count} : Element{};
}

/// Where there is nothing to reduce over, a value is its own sum, mean, maximum.
Tensor reduce_nothing(const BuiltIn& reduction, const Tensor& tensor) {
  Element element = element_of(reduction, 1);
  if (element.kind == Element::Kind::Real) return tensor;
  Tensor first = number_tensor(constant(0));
  first.element = element;
  return first;
}

Value reduce(Context& context, const BuiltIn& reduction, const Tensor& tensor, const std::vector<IndexId>& ids,
             Span span) {
  if (ids.empty()) return reduce_nothing(reduction, tensor);
  int64_t count = count_places(context, ids, span);
  std::vector<IndexId> axes = free_indices(tensor.body, ids);
  Element element = element_of(reduction, count);
  NodeId node = add_node(context.elaboration, node_name(context, reduction.name), axes, reduction.reduction, ids,
                         tensor.body, element, span);
  std::vector<Subscript> at;
  for (IndexId id : axes) at.push_back(affine(id));
  Tensor result = number_tensor(load(node, std::move(at)));
  result.element = element;
  // The factor of a mean stands outside, where it is multiplied once and a product stays a sum of products.
  if (reduction.mean && count > 1) result.body = result.body / constant(static_cast<double>(count));
  return result;
}

/// All numbers of a list of constants.
bool add_numbers(const List& list, std::vector<Number>& numbers) {
  for (const Value& item : list.items) {
    if (const auto* number = std::get_if<Number>(&item)) numbers.push_back(*number);
    else if (const auto* inner = std::get_if<std::shared_ptr<const List>>(&item)) {
      if (!add_numbers(**inner, numbers)) return false;
    } else return false;
  }
  return true;
}

Number reduce_constants(const BuiltIn& reduction, const std::vector<Number>& numbers) {
  Number result = numbers[0];
  size_t best = 0;
  for (size_t place = 1; place < numbers.size(); ++place) {
    const Number& next = numbers[place];
    int order = compare(next, numbers[best]);
    switch (reduction.reduction) {
      case Reduction::None:
        break;
      case Reduction::Sum:
        result = *apply_operator(ast::BinaryOperator::Add, result, next);
        break;
      case Reduction::Product:
        result = *apply_operator(ast::BinaryOperator::Multiply, result, next);
        break;
      case Reduction::Maximum:
      case Reduction::ArgMaximum:
        best = order > 0 ? place : best;
        break;
      case Reduction::Minimum:
      case Reduction::ArgMinimum:
        best = order < 0 ? place : best;
        break;
    }
  }
  bool adds = reduction.reduction == Reduction::Sum || reduction.reduction == Reduction::Product;
  if (element_of(reduction, 1).kind == Element::Kind::Class) return whole(int64_t(best));
  if (!adds) return numbers[best];
  Number count = whole(int64_t(numbers.size()));
  return reduction.mean ? *apply_operator(ast::BinaryOperator::Divide, result, count) : result;
}

/// What `for` names must be free.
bool check_named(Context& context, const std::vector<ast::Word>& named) {
  for (const ast::Word& index : named) {
    if (!context.bound.contains(index.text)) continue;
    fault(context.elaboration, "E0310", index.span, "the index `" + index.text + "` is bound already");
    return false;
  }
  return stand_once(context, named);
}

/// What a name in a subscript means where it is no index: "the number 3".
std::string meaning_of_subscript(Context& context, const std::string& name, Span span) {
  const Module& module = *context.scope->module;
  if (context.bound.contains(name)) return "an index that is bound already";
  const auto local = context.scope->names.find(name);
  const ConstantEntry* constant = local == context.scope->names.end() ? find_constant(module, name) : nullptr;
  if (local == context.scope->names.end() && !constant) return "";
  const Value value = constant ? constant->value : read_name(context, name, span);
  return is_poison(value) ? "" : describe(context.elaboration, value);
}

bool is_one_number(const Value& value) {
  const auto* tensor = std::get_if<Tensor>(&value);
  return std::holds_alternative<Number>(value) || (tensor && tensor->axes.empty() && !tensor->array);
}

Diagnostic nothing_to_run_over(const Context& context, const BuiltIn& reduction, Span span) {
  return error("E0303", span, fmt::format("`{}` has nothing to run over: its argument is one number", reduction.name),
               context.elaboration.field ? "a field is of one example; `standardize` measures all of the training part"
                                         : "say over what: `for i in n`");
}

/// Beside the subscripts of the formula that are no indices stands what they are: `sum(x[i])` where `i` is a constant.
Poison report_nothing_to_run_over(Context& context, const BuiltIn& reduction, const ast::Ptr& formula, Span span) {
  Diagnostic diagnostic = nothing_to_run_over(context, reduction, span);
  for_each_live(context, formula, [&](const ast::Expression& part) {
    const auto* element = std::get_if<ast::Element>(&part.kind);
    for (size_t place = 0; element && place < element->subscripts.size(); ++place) {
      const auto* at = std::get_if<ast::Ptr>(&element->subscripts[place]);
      const auto* name = at ? std::get_if<ast::Name>(&(*at)->kind) : nullptr;
      const std::string meaning = name ? meaning_of_subscript(context, name->text, (*at)->span) : "";
      if (!meaning.empty()) diagnostic.labels.push_back({(*at)->span, "here " + meaning});
    }
    return true;
  });
  if (!diagnostic.labels.empty()) diagnostic.help = "an index has a name that means nothing else";
  return fault(context.elaboration, std::move(diagnostic));
}

}  // namespace

Value evaluate_reduction(Context& context, const BuiltIn& reduction, const ast::Call& call, Span span) {
  if (call.arguments.size() != 1 || call.arguments[0].name)
    return fault(context.elaboration, "E0209", span, fmt::format("`{}` takes one argument", reduction.name),
                 fmt::format("what it runs over is said by indices: `y[j] = {}(x[i, j])`", reduction.name));
  const ast::Ptr& formula = call.arguments[0].value;
  const std::vector<ast::Word> named = indices_of(call.binders);
  if (!check_named(context, named)) return Poison{};
  std::vector<ast::Word> unnamed;
  for (const ast::Word& word : unbound_indices(context, formula)) {
    bool known = std::ranges::any_of(named, [&](const ast::Word& own) { return own.text == word.text; });
    if (!known) unnamed.push_back(word);
  }
  std::vector<ast::Word> words = named;
  words.insert(words.end(), unnamed.begin(), unnamed.end());
  if (words.empty()) {
    const Value whole = evaluate(context, formula);
    if (is_one_number(whole)) return report_nothing_to_run_over(context, reduction, formula, span);
    return reduce_array(context, reduction, whole, formula->span, span);
  }
  Ranges ranges;
  if (!find_ranges(context, words, call.binders, formula, ranges, false, reduction.name)) return Poison{};
  std::vector<IndexId> ids;
  Context inner = bind_indices(context, words, ranges, ids);
  if (!check_factors(inner, formula, unnamed)) return Poison{};
  std::optional<Tensor> body = evaluate_element(inner, formula);
  return body ? reduce(context, reduction, *body, ids, span) : Value{Poison{}};
}

Value reduce_array(Context& context, const BuiltIn& reduction, const Value& value, Span argument, Span span) {
  if (is_poison(value)) return value;
  std::vector<Number> numbers;
  std::optional<Tensor> tensor = to_tensor(context.elaboration, value, argument);
  if (!tensor) return Poison{};
  const auto* list = std::get_if<std::shared_ptr<const List>>(&value);
  if (list && add_numbers(**list, numbers)) {
    const Number result = reduce_constants(reduction, numbers);
    if (std::isfinite(value_of(result))) return result;
    return fault(context.elaboration, "E0215", span, "this number is too large");
  }
  if (tensor->axes.empty() && !tensor->array)
    return fault(context.elaboration, nothing_to_run_over(context, reduction, span));
  Tensor body = number_tensor(tensor->body);
  body.element = tensor->element;
  return reduce(context, reduction, body, tensor->axes, span);
}

}  // namespace dnnc
