#include "compiler/kernels/bound.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "compiler/ir/affine.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

using Known = std::optional<Bound>;

/// More than what rounding makes of any one operation: see the table of docs/error_bound.md.
constexpr double rounded = 1 + 0x1p-16;
/// So many terms can be added in any order: each is rounded once an addition, and (1 + 2^-24)^(2^23) < 2.
constexpr int64_t most_terms_of_a_sum = int64_t{1} << 23;
constexpr double rounded_in_a_sum = 2;
/// The largest draw of the normal distribution is sqrt(-2 ln 2^-24) < 6 deviations off.
constexpr double most_deviations = 6;
/// Longer formulas are not worth their evaluation.
constexpr size_t most_terms = 8, most_factors = 6;
constexpr double most_power = 4;

Known scaled(Known bound, double factor) {
  if (!bound || !std::isfinite(factor)) return std::nullopt;
  for (BoundTerm& term : *bound) term.factor *= std::max(1.0, factor);
  return bound;
}

Known sum(const Known& a, const Known& b) {
  if (!a || !b) return std::nullopt;
  Bound result = *a;
  for (const BoundTerm& term : *b) {
    const auto like = std::find_if(result.begin(), result.end(),
                                   [&](const BoundTerm& other) { return other.buffers == term.buffers; });
    if (like == result.end()) result.push_back(term);
    else like->factor += term.factor;
  }
  return result.size() <= most_terms ? Known(std::move(result)) : std::nullopt;
}

Known product(const Known& a, const Known& b) {
  if (!a || !b) return std::nullopt;
  Known result = Bound();
  for (const BoundTerm& left : *a)
    for (const BoundTerm& right : *b) {
      BoundTerm term{left.factor * right.factor, left.buffers};
      term.buffers.insert(term.buffers.end(), right.buffers.begin(), right.buffers.end());
      if (term.buffers.size() > most_factors) return std::nullopt;
      std::sort(term.buffers.begin(), term.buffers.end());
      result = sum(result, Bound{std::move(term)});
    }
  return result;
}

const Constant* constant_of(const Expr& expression) { return std::get_if<Constant>(&expression->kind); }

Known power(const Known& base, const Expr& exponent) {
  const Constant* number = constant_of(exponent);
  if (!number || number->value < 0 || number->value > most_power || std::floor(number->value) != number->value)
    return std::nullopt;
  Known result = bound_by(1);
  for (double k = 0; k < number->value; ++k) result = product(result, base);
  return result;
}

/// By what is known of the arguments.
Known bound_of_call(const Call& call, const std::vector<Known>& arguments) {
  const FunctionInfo& row = info(call.function);
  if (row.truth) return bound_by(1);
  switch (call.function) {
    case Function::Select:
      return sum(arguments[1], arguments[2]);
    case Function::Multiply:
      return product(arguments[0], arguments[1]);
    case Function::Divide:
      if (const Constant* divisor = constant_of(call.arguments[1]); divisor && divisor->value != 0)
        return scaled(arguments[0], 1 / std::fabs(divisor->value));
      return std::nullopt;
    case Function::Power:
      return power(arguments[0], call.arguments[1]);
    default:
      break;
  }
  if (row.finite != FunctionInfo::Finite::Always) return std::nullopt;
  Known result = arguments.front();
  for (size_t k = 1; k < arguments.size(); ++k) result = sum(result, arguments[k]);
  return scaled(result, most_of_arguments);
}

Known bound_of_draw(const Draw& draw) {
  switch (draw.distribution) {
    case Distribution::Uniform:
      return bound_by(std::fabs(draw.a) + std::fabs(draw.b));
    case Distribution::Normal:
      return bound_by(std::fabs(draw.a) + most_deviations * std::fabs(draw.b));
    case Distribution::Bernoulli:
      return bound_by(1);
  }
  return std::nullopt;
}

Known bound_of_index(const Affine& index, const std::vector<int64_t>& extents) {
  const Interval range = range_of(index, extents);
  return bound_by(std::max(std::fabs(static_cast<double>(range.low)), std::fabs(static_cast<double>(range.high))));
}

/// The bounds of all parts of a node's formula: a part that stands in it often is looked at once.
class FormulaBounds {
 public:
  FormulaBounds(const Node& node, const std::vector<Known>& nodes)
      : extents_(extents_of(all_axes(node))), nodes_(nodes) {}

  Known bound_of(const Expr& formula) {
    for_each(formula, [&](const Expression& part) { parts_[&part] = scaled(bound_of_part(part), rounded); });
    return parts_.at(formula.get());
  }

 private:
  Known bound_of_part(const Expression& part) const {
    return std::visit(match{[](const Constant& number) {
                              return std::isfinite(number.value) ? Known(bound_by(number.value)) : Known();
                            },
                            [&](const IndexValue& index) { return bound_of_index(index.value, extents_); },
                            [&](const Load& load) {
                              const Known& inside = nodes_.at(load.source.value);
                              return load.outside ? sum(inside, parts_.at(load.outside.get())) : inside;
                            },
                            [&](const Call& call) {
                              std::vector<Known> arguments;
                              for (const Expr& argument : call.arguments)
                                arguments.push_back(parts_.at(argument.get()));
                              return bound_of_call(call, arguments);
                            },
                            [&](const Overridden& overridden) { return parts_.at(overridden.value.get()); },
                            [](const Draw& draw) { return bound_of_draw(draw); }},
                      part.kind);
  }

  std::vector<int64_t> extents_;
  const std::vector<Known>& nodes_;
  std::unordered_map<const Expression*, Known> parts_;
};

Known bound_of_formula(const Node& node, const Comprehension& formula, const std::vector<Known>& nodes) {
  int64_t terms = 1;
  for (const Axis& axis : formula.reduced) terms *= axis.extent;
  Known term = FormulaBounds(node, nodes).bound_of(formula.body);
  switch (formula.reduction) {
    case Reduction::None:
    case Reduction::Maximum:
    case Reduction::Minimum:
      return term;
    case Reduction::Sum:
      if (terms > most_terms_of_a_sum) return std::nullopt;
      return scaled(std::move(term), rounded_in_a_sum * static_cast<double>(terms));
    case Reduction::ArgMaximum:
    case Reduction::ArgMinimum:
      return bound_by(static_cast<double>(terms));
    case Reduction::Product:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Bound bound_by(BufferId buffer) { return {{1, {buffer}}}; }
Bound bound_by(double number) { return {{std::max(1.0, std::fabs(number)), {}}}; }

std::vector<std::optional<Bound>> bounds_of(const Graph& body, const std::vector<Bound>& inputs) {
  std::vector<Known> bounds;
  size_t input = 0;
  for (const Node& node : body.nodes)
    bounds.push_back(
        std::visit(match{[&](const Input&) -> Known { return inputs.at(input++); },
                         [&](const Reshape& reshape) { return bounds.at(reshape.source.value); },
                         [&](const Comprehension& formula) { return bound_of_formula(node, formula, bounds); },
                         [](const Gradient&) { return Known(); }},
                   node.kind));
  return bounds;
}

}  // namespace dnnc
