#include <fmt/format.h>

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

std::optional<std::vector<double>> constant_arguments(Context& context, const BuiltIn& row,
                                                      const std::vector<Given>& arguments) {
  std::vector<double> values;
  for (const Given& given : arguments) {
    Value value = argument_value(context, given);
    if (is_poison(value)) return std::nullopt;
    if (const auto* number = std::get_if<Number>(&value)) {
      values.push_back(value_of(*number));
      continue;
    }
    Diagnostic diagnostic =
        error("E0403", given.span, fmt::format("the arguments of `{}` must be constants", row.name));
    diagnostic.label = describe(context.elaboration, value);
    fault(context.elaboration, std::move(diagnostic));
    return std::nullopt;
  }
  return values;
}

}  // namespace

Value evaluate_draw(Context& context, const BuiltIn& row, const std::vector<Given>& arguments, Span span) {
  Elaboration& elaboration = context.elaboration;
  std::optional<std::vector<double>> values = constant_arguments(context, row, arguments);
  if (!values) return Poison{};
  if (!context.indexed)
    return fault(elaboration, "E0402", span,
                 fmt::format("`{}` stands outside an index formula: it would have no elements", row.name),
                 "write by element, `y[...] = ...`, or `~` for a starting value");
  Draw drawn;
  drawn.distribution = row.distribution;
  drawn.a = (*values)[0];
  drawn.b = values->size() > 1 ? (*values)[1] : 0;
  if (std::string wrong = wrong_bounds(row, drawn); !wrong.empty())
    return fault(elaboration, "E0403", span, fmt::format("`{}` has no value here: {}", row.name, wrong));
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
  return number_tensor(draw(drawn));
}

}  // namespace dnnc
