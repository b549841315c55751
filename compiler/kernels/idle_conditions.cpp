#include "compiler/kernels/idle_conditions.h"

#include <algorithm>
#include <cstdlib>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

/// Places between a condition and what is 0 by it.
constexpr int64_t farthest = 4;

/// The offset of a form that is the index alone and an offset.
std::optional<int64_t> offset_from(const Affine& value, uint32_t index) {
  const Affine rest = value - affine(index);
  return is_constant(rest) ? std::optional(rest.offset) : std::nullopt;
}

/// What the indices of a condition become in its form.
class FormOfCondition {
 public:
  explicit FormOfCondition(uint32_t place) : place_(place) {}

  std::optional<PlaceCondition> of(const Expr& condition) {
    for_each(condition, [&](const Expression& part) { look_at(part); });
    if (!possible_ || !shift_) return std::nullopt;
    const std::set<uint32_t> used = indices_of(condition);
    std::vector<Affine> replacement(std::max(place_, used.empty() ? 0 : *used.rbegin()) + 1, affine_constant(0));
    replacement[place_] = affine(0, 1, -*shift_);
    for (uint32_t number = 0; number < others_.size(); ++number) replacement[others_[number]] = affine(number + 1);
    const auto form = try_substitute(condition, replacement);
    return form ? std::optional(PlaceCondition{*form, *shift_}) : std::nullopt;
  }

 private:
  void look_at(const Expression& part) {
    if (const auto* index = std::get_if<IndexValue>(&part.kind)) return look_at(index->value);
    if (std::holds_alternative<Draw>(part.kind) || std::holds_alternative<Overridden>(part.kind)) possible_ = false;
    const auto* read = std::get_if<Load>(&part.kind);
    if (!read) return;
    possible_ = possible_ && !read->outside;
    for (const Subscript& subscript : read->at) {
      if (const auto* at = std::get_if<Affine>(&subscript)) look_at(*at);
      else possible_ = false;
    }
  }
  void look_at(const Affine& value) {
    if (is_constant(value)) return;
    if (const auto offset = offset_from(value, place_)) {
      possible_ = possible_ && (!shift_ || *shift_ == *offset);
      shift_ = offset;
      return;
    }
    const auto other = single_index(value);
    if (!other) possible_ = false;
    else if (std::ranges::find(others_, *other) == others_.end()) others_.push_back(*other);
  }

  uint32_t place_;
  bool possible_ = true;
  std::optional<int64_t> shift_;
  std::vector<uint32_t> others_;
};

}  // namespace

std::optional<PlaceCondition> place_condition(const Expr& condition, uint32_t place) {
  return FormOfCondition(place).of(condition);
}

KnownAtPlace KnownAtPlace::from_before(int64_t places) const {
  KnownAtPlace result = *this;
  for (int64_t& shift : result.shifts) shift += places;
  return result;
}

bool KnownAtPlace::knows(const PlaceCondition& condition, int64_t shift) const {
  return same(condition.form, form) && std::ranges::find(shifts, condition.shift + shift) != shifts.end();
}

Expr KnownFormulas::of(NodeId node, uint32_t place) { return of(node, place, formula_of(graph_, node)->body); }

Expr KnownFormulas::of(NodeId node, uint32_t place, const Expr& formula) {
  Made made;
  return reduced(formula, {node, place, 0}, made);
}

Expr KnownFormulas::reduced(const Expr& expression, const Position& where, Made& made) {
  if (const auto known = made.find(expression.get()); known != made.end()) return known->second;
  Expr result = expression;
  if (const auto* read = std::get_if<Load>(&expression->kind)) {
    if (is_zero(*read, where)) result = constant(0);
  } else if (const auto* call = std::get_if<Call>(&expression->kind)) {
    result = reduced_call(*call, where, made);
  }
  return made[expression.get()] = result;
}

Expr KnownFormulas::reduced_call(const Call& old, const Position& where, Made& made) {
  if (old.function == Function::Select) {
    if (const auto holds = decided(old.arguments[0], where)) return reduced(old.arguments[*holds ? 1 : 2], where, made);
    const Expr then = reduced(old.arguments[1], where, made), otherwise = reduced(old.arguments[2], where, made);
    return same(then, otherwise) ? then : call(Function::Select, {old.arguments[0], then, otherwise});
  }
  std::vector<Expr> arguments;
  for (const Expr& argument : old.arguments) arguments.push_back(reduced(argument, where, made));
  const auto zero = [&](size_t argument) { return is_number(arguments[argument], 0); };
  if (old.function == Function::Multiply && (zero(0) || zero(1))) return constant(0);
  if ((old.function == Function::Negate || old.function == Function::Divide) && zero(0)) return constant(0);
  if (old.function == Function::Add && (zero(0) || zero(1))) return arguments[zero(0) ? 1 : 0];
  if (old.function == Function::Subtract && zero(1)) return arguments[0];
  return call(old.function, std::move(arguments));
}

std::optional<bool> KnownFormulas::decided(const Expr& condition, const Position& where) const {
  if (const Call* denied = call_of(condition, Function::Not)) {
    const auto holds = decided(denied->arguments[0], where);
    return holds ? std::optional(!*holds) : std::nullopt;
  }
  const auto asked = place_condition(condition, where.place);
  return asked && known_.knows(*asked, where.shift) ? std::optional(known_.holds) : std::nullopt;
}

/// Whether what is read there is 0, `else` too.
bool KnownFormulas::is_zero(const Load& load, const Position& where) {
  if (load.outside && !is_number(load.outside, 0)) {
    const auto* start = std::get_if<Load>(&load.outside->kind);
    const Comprehension* before = start ? formula_of(graph_, start->source) : nullptr;
    if (!before || !is_number(before->body, 0) || (start->outside && !is_number(start->outside, 0))) return false;
  }
  for (uint32_t axis = 0; axis < load.at.size(); ++axis) {
    const auto* at = std::get_if<Affine>(&load.at[axis]);
    const auto offset = at ? offset_from(*at, where.place) : std::nullopt;
    if (offset && is_zero(Position{load.source, axis, where.shift + *offset})) return true;
  }
  return false;
}

bool KnownFormulas::is_zero(const Position& position) {
  const Comprehension* formula = formula_of(graph_, position.node);
  if (!formula || (formula->reduction != Reduction::None && formula->reduction != Reduction::Sum)) return false;
  const auto far = [&](int64_t shift) { return std::abs(shift - position.shift) > farthest; };
  if (std::ranges::all_of(known_.shifts, far)) return false;
  const auto [known, is_new] = zeros_.try_emplace(position, false);
  if (!is_new) return known->second;
  Made made;
  const bool zero = is_number(reduced(formula->body, position, made), 0);
  return zeros_[position] = zero;
}

}  // namespace dnnc
