#include <fmt/format.h>

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"

namespace dnnc {
namespace {

/// FNV-1a, and a mixer so that all bits of near texts differ.
uint64_t hash(const std::string& text) {
  uint64_t value = 0xcbf29ce484222325;
  for (unsigned char c : text) value = (value ^ c) * 0x100000001b3;
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccd;
  value ^= value >> 33;
  return value;
}

/// Row-major place of the element in the formula; std::nullopt if it does not fit 32 bits.
std::optional<Affine> element_place(const Context& context) {
  Affine place = affine_constant(0);
  int64_t stride = 1;
  for (auto id = context.order.rbegin(); id != context.order.rend(); ++id) {
    place = place + affine(*id, stride);
    if (__builtin_mul_overflow(stride, context.elaboration.extents[*id], &stride) || stride > int64_t{UINT32_MAX})
      return std::nullopt;
  }
  return place;
}

/// The step of starting values: 0.
NodeId step_zero(Elaboration& elaboration) {
  auto [entry, fresh] = elaboration.settings.try_emplace("step of starting values");
  if (fresh) entry->second = add_node(elaboration, "step_zero", {}, Reduction::None, {}, constant(0), {}, {});
  return entry->second;
}

std::string wrong_bounds(const BuiltIn& row, const Draw& draw) {
  if (!fits_f32(inexact(draw.a)) || !fits_f32(inexact(draw.b))) return "its arguments must be numbers of f32, finite";
  if (row.distribution == Distribution::Bernoulli && (draw.a < 0 || draw.a > 1))
    return fmt::format("its probability must lie between 0 and 1, this is {}", draw.a);
  if (row.distribution == Distribution::Normal && draw.b < 0)
    return fmt::format("its deviation may not be negative, this is {}", draw.b);
  return "";
}

/// The arguments that are constants, in the places of those that are computed `standard`; reports what can be neither.
std::optional<std::vector<double>> constants_of(Context& context, const BuiltIn& row,
                                                const std::vector<Given>& arguments, const std::vector<Value>& values,
                                                const std::vector<double>& standard) {
  std::vector<double> numbers = standard;
  for (size_t place = 0; place < values.size(); ++place) {
    if (is_poison(values[place])) return std::nullopt;
    if (const auto* number = std::get_if<Number>(&values[place])) {
      numbers[place] = value_of(*number);
      continue;
    }
    const std::optional<Tensor> tensor = to_tensor(context.elaboration, values[place], arguments[place].span);
    if (!tensor) return std::nullopt;
    if (tensor->axes.empty()) continue;
    Diagnostic array = error("E0311", arguments[place].span,
                             fmt::format("an argument of `{}` is one number, this is an array", row.name));
    array.label = describe(context.elaboration, values[place]);
    fault(context.elaboration, std::move(array));
    return std::nullopt;
  }
  return numbers;
}

/// With arguments that are computed a draw is made of the standard one of its kind, through which gradients pass: of `bernoulli`
/// none do, as a comparison.
Value made_of(Context& context, const BuiltIn& row, const std::vector<Value>& values, const Expr& drawn, Span span) {
  std::vector<Expr> arguments;
  for (const Value& value : values) arguments.push_back(to_tensor(context.elaboration, value, span)->body);
  switch (row.distribution) {
    case Distribution::Uniform:
      return number_tensor(arguments[0] + (arguments[1] - arguments[0]) * drawn);
    case Distribution::Normal:
      return number_tensor(arguments[0] + arguments[1] * drawn);
    case Distribution::Bernoulli:
      return number_tensor(dnnc::call(Function::Less, {drawn, arguments[0]}));
  }
  return Poison{};
}

}  // namespace

Value evaluate_draw(Context& context, const BuiltIn& row, const std::vector<Given>& arguments, Span span) {
  Elaboration& elaboration = context.elaboration;
  std::vector<Value> values;
  for (const Given& given : arguments) values.push_back(argument_value(context, given));
  const bool constant = std::ranges::all_of(values, [](const Value& v) { return std::holds_alternative<Number>(v); });
  const std::optional<std::vector<double>> numbers = constants_of(context, row, arguments, values, {0, 1});
  if (!numbers) return Poison{};
  if (!context.indexed)
    return fault(elaboration, "E0402", span,
                 fmt::format("`{}` stands outside an index formula: it would have no elements", row.name),
                 "write by element, `y[...] = ...`, or `~` for a starting value");
  Draw drawn;
  drawn.distribution = row.distribution;
  drawn.a = (*numbers)[0];
  drawn.b = values.size() > 1 ? (*numbers)[1] : 0;
  if (std::string wrong = wrong_bounds(row, drawn); !wrong.empty())
    return fault(elaboration, "E0403", span, fmt::format("`{}` has no value here: {}", row.name, wrong));
  if (!constant) {
    drawn.distribution = row.distribution == Distribution::Normal ? Distribution::Normal : Distribution::Uniform;
    drawn.a = 0;
    drawn.b = 1;
  }
  std::optional<Affine> place = element_place(context);
  if (!place) return fault(elaboration, "E0217", span, "a draw for more than 2^32 elements");
  drawn.element = *place;
  const bool of_examples = elaboration.batch && !context.starting;
  drawn.example = of_examples ? affine(0) : affine_constant(0);
  // Steps of a training tell its batches apart; elsewhere there is one step for all.
  if (of_examples && !elaboration.training) drawn.first = setting(elaboration, SettingName::First);
  drawn.stream = hash(context.path + "#" + std::to_string(++elaboration.draw_counters[context.path]));
  drawn.seed = setting(elaboration, SettingName::Seed);
  drawn.step = context.starting ? step_zero(elaboration) : setting(elaboration, SettingName::Step);
  return constant ? number_tensor(draw(drawn)) : made_of(context, row, values, draw(drawn), span);
}

}  // namespace dnnc
