#include <fmt/format.h>

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// One element being read: the array, as a load of its node, and what stands in its brackets.
struct Reading {
  const ast::Element& element;
  Span span;
  Tensor array;
  std::vector<int64_t> shape;
  bool recurring = false;  ///< it is a definition that is being made
  bool inside = true;      ///< every subscript is proven to lie inside
};

std::string array_text(const Context& context, const Reading& reading) {
  return "`" + text_at(context.elaboration, reading.element.array->span) + "`";
}

/// `i // s`, `i % s`: s must divide the range, or the last part would be cut.
bool divides_ranges(Context& context, const Affine& affine, Span span) {
  for (const Term& term : affine.terms) {
    int64_t extent = context.elaboration.extents[term.index];
    int64_t divisor = term.divisor * std::max<int64_t>(term.modulus, 1);
    if (extent % divisor == 0) continue;
    const std::string& name = context.elaboration.indices[term.index].name;
    fault(context.elaboration, "E0312", span,
          fmt::format("{} does not divide the range of `{}`, which is {}", divisor, name, extent));
    return false;
  }
  return true;
}

bool check_bounds(Context& context, Reading& reading, const Affine& affine, size_t axis, Span span) {
  Interval range = range_of(affine, context.elaboration.extents);
  if (range.low >= 0 && range.high < reading.shape[axis]) return true;
  reading.inside = false;
  if (reading.element.otherwise) return true;
  Diagnostic diagnostic =
      error("E0307", span,
            fmt::format("{} is read outside: {}, where it has 0 to {}", array_text(context, reading),
                        range.low == range.high ? fmt::format("at {}", range.low)
                                                : fmt::format("at {} to {}", range.low, range.high),
                        reading.shape[axis] - 1));
  diagnostic.labels.push_back({reading.element.array->span, type_text(reading.array.element, reading.shape)});
  const uint32_t bracket = reading.span.end - 1;
  diagnostic.help = "read 0 there by `else 0` before the bracket, or give the index a shorter range";
  diagnostic.replacement = {{reading.span.source, bracket, bracket}, " else 0"};
  fault(context.elaboration, std::move(diagnostic));
  return false;
}

std::optional<Subscript> whole_subscript(Context& context, Reading& reading, const Number& number, size_t axis,
                                         Span span) {
  std::optional<int64_t> place = whole_value(number);
  if (!place) {
    fault(context.elaboration, "E0306", span, "a subscript must be a whole number, this is " + text_of(number));
    return std::nullopt;
  }
  Affine affine = affine_constant(*place);
  if (!check_bounds(context, reading, affine, axis, span)) return std::nullopt;
  return affine;
}

std::optional<Subscript> label_subscript(Context& context, const Reading& reading, const Tensor& label, size_t axis,
                                         Span span) {
  if (label.element.classes <= reading.shape[axis]) return Gather{label.body};
  Diagnostic diagnostic =
      error("E0309", span,
            fmt::format("a label of {} classes does not fit {} places", label.element.classes, reading.shape[axis]));
  diagnostic.label = fmt::format("class[{}]", label.element.classes);
  diagnostic.labels.push_back({reading.element.array->span, type_text(reading.array.element, reading.shape)});
  fault(context.elaboration, std::move(diagnostic));
  return std::nullopt;
}

std::optional<Subscript> evaluate_subscript(Context& context, Reading& reading, const ast::Ptr& formula, size_t axis) {
  Value value = evaluate(context, formula);
  if (is_poison(value)) return std::nullopt;
  if (const auto* number = std::get_if<Number>(&value))
    return whole_subscript(context, reading, *number, axis, formula->span);
  const auto* tensor = std::get_if<Tensor>(&value);
  if (tensor && tensor->axes.empty()) {
    if (std::optional<Affine> affine = affine_of(tensor->body)) {
      // Of `s - 1` what lies as far on the other side.
      if (reading.recurring && context.turned && mentions(*affine, *context.turned))
        affine = dnnc::affine(*context.turned, 2) - *affine;
      if (!divides_ranges(context, *affine, formula->span)) return std::nullopt;
      if (!check_bounds(context, reading, *affine, axis, formula->span)) return std::nullopt;
      return *affine;
    }
    if (tensor->element.kind == Element::Kind::Class)
      return label_subscript(context, reading, *tensor, axis, formula->span);
  }
  Diagnostic diagnostic =
      error("E0306", formula->span, "a subscript is a sum of indices and constants, or a class value by itself");
  diagnostic.label = describe(context.elaboration, value);
  fault(context.elaboration, std::move(diagnostic));
  return std::nullopt;
}

/// The subscripts that `...` stands for.
bool ellipsis_subscripts(Context& context, const Reading& reading, size_t axis, Span span, std::vector<Subscript>& at) {
  for (IndexId id : *context.ellipsis) {
    if (context.elaboration.extents[id] != reading.shape[axis]) {
      std::vector<int64_t> sizes;
      for (IndexId own : *context.ellipsis) sizes.push_back(context.elaboration.extents[own]);
      Diagnostic diagnostic = error("E0315", span, "`...` stands for other sizes here");
      diagnostic.label = shape_text(sizes);
      diagnostic.labels.push_back({reading.element.array->span, type_text(reading.array.element, reading.shape)});
      fault(context.elaboration, std::move(diagnostic));
      return false;
    }
    at.push_back(affine(id));
    ++axis;
  }
  return true;
}

bool check_count(Context& context, const Reading& reading, bool& unbound) {
  size_t count = 0;
  for (size_t place = 0; place < reading.element.subscripts.size(); ++place) {
    if (!std::holds_alternative<ast::Ellipsis>(reading.element.subscripts[place])) {
      ++count;
      continue;
    }
    if (context.ellipsis) count += context.ellipsis->size();
    else if (!unbound) {
      unbound = true;
      fault(context.elaboration, "E0305", reading.element.subscript_spans[place], "the index `...` is not bound here",
            "define by element, `y[...] = ...`, or reduce over it");
    }
  }
  if (unbound) return false;
  if (count == reading.shape.size()) return true;
  report_subscript_count(context, reading.element, reading.span, reading.shape, count);
  return false;
}

std::optional<std::vector<Subscript>> evaluate_subscripts(Context& context, Reading& reading) {
  std::vector<Subscript> at;
  bool whole = true;
  for (size_t place = 0; place < reading.element.subscripts.size(); ++place) {
    const ast::Subscript& written = reading.element.subscripts[place];
    if (const auto* formula = std::get_if<ast::Ptr>(&written)) {
      std::optional<Subscript> subscript = evaluate_subscript(context, reading, *formula, at.size());
      whole = whole && subscript;
      at.push_back(subscript.value_or(Affine{}));
    } else if (!ellipsis_subscripts(context, reading, at.size(), reading.element.subscript_spans[place], at)) {
      return std::nullopt;
    }
  }
  return whole ? std::optional(at) : std::nullopt;
}

/// Puts the subscripts in the place of the array's own axes.
Expr read(const Reading& reading, const std::vector<Subscript>& at, Expr outside) {
  const auto& kept = std::get<Load>(reading.array.body->kind);
  std::vector<Subscript> result = kept.at;
  for (Subscript& subscript : result) {
    std::optional<uint32_t> index = single_index(std::get<Affine>(subscript));
    auto own = std::ranges::find(reading.array.axes, *index);
    if (own != reading.array.axes.end()) subscript = at[static_cast<size_t>(own - reading.array.axes.begin())];
  }
  return load(kept.source, std::move(result), std::move(outside));
}

/// Whether the name is that of a definition of a recurrence that is being made.
bool is_recurring(const Context& context, const ast::Ptr& array) {
  const auto* name = std::get_if<ast::Name>(&array->kind);
  const auto binding = name ? context.scope->names.find(name->text) : context.scope->names.end();
  return binding != context.scope->names.end() && binding->second.recurring;
}

/// `[1, 40][1]`
std::optional<Value> constant_item(Context& context, const ast::Element& element, const Value& array) {
  const auto* list = std::get_if<std::shared_ptr<const List>>(&array);
  const auto* at = element.subscripts.size() == 1 ? std::get_if<ast::Ptr>(&element.subscripts[0]) : nullptr;
  std::optional<Number> number = list && at ? try_constant(context, *at) : std::nullopt;
  std::optional<int64_t> place = number ? whole_value(*number) : std::nullopt;
  if (!place || *place < 0 || *place >= int64_t((*list)->items.size())) return std::nullopt;
  return (*list)->items[static_cast<size_t>(*place)];
}

}  // namespace

void report_subscript_count(Context& context, const ast::Element& element, Span span, const std::vector<int64_t>& shape,
                            size_t count) {
  std::string array = text_at(context.elaboration, element.array->span);
  Diagnostic diagnostic =
      error("E0308", span,
            fmt::format("`{}` has {} {}, {} {} given", array, shape.size(), shape.size() == 1 ? "axis" : "axes", count,
                        count == 1 ? "subscript is" : "subscripts are"));
  diagnostic.label = "`" + array + "` is " + type_text({}, shape);
  fault(context.elaboration, std::move(diagnostic));
}

Value array_read(Context& context, const ast::Ptr& array) {
  if (const auto* name = std::get_if<ast::Name>(&array->kind))
    return is_recurring(context, array) ? context.scope->names.at(name->text).value : evaluate(context, array);
  if (auto known = context.scope->arrays.find(array.get()); known != context.scope->arrays.end()) return known->second;
  Value value = evaluate(context, array);
  if (const auto* tensor = std::get_if<Tensor>(&value))
    value = keep(context.elaboration, *tensor, node_name(context, "array"), array->span);
  if (!mentions_index(context, array)) context.scope->arrays[array.get()] = value;
  return value;
}

Value evaluate_element_of(Context& context, const ast::Element& element, Span span) {
  Value value = array_read(context, element.array);
  if (is_poison(value)) return value;
  if (std::optional<Value> item = constant_item(context, element, value)) return *item;
  std::optional<Tensor> tensor = to_tensor(context.elaboration, value, element.array->span);
  if (!tensor) return Poison{};
  Tensor array = keep(context.elaboration, *tensor, node_name(context, "array"), element.array->span);
  Reading reading{element, span, array, shape_of(context.elaboration, array), is_recurring(context, element.array)};
  bool unbound = false;
  if (!check_count(context, reading, unbound)) return Poison{};
  std::optional<std::vector<Subscript>> at = evaluate_subscripts(context, reading);
  std::optional<Tensor> outside;
  if (element.otherwise) outside = evaluate_element(context, element.otherwise);
  if (!at || (element.otherwise && !outside)) return Poison{};
  bool needed = outside && !reading.inside;
  Tensor result = number_tensor(read(reading, *at, needed ? outside->body : nullptr));
  bool label = array.element.kind != Element::Kind::Real;
  if (label && !needed) result.element = array.element;
  return result;
}

}  // namespace dnnc
