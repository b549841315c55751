#include "compiler/passes/formulas/index_equations.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "compiler/ir/affine.h"

namespace dnnc {
namespace {

int64_t ceil_divide(int64_t a, int64_t b) { return -floor_divide(-a, b); }

bool is_plain(const Term& term) { return term.divisor == 1 && term.modulus == 0; }

Expr number(const Affine& a) { return is_constant(a) ? constant(static_cast<double>(a.offset)) : index_value(a); }
Expr equal(const Affine& a, const Affine& b) { return call(Function::Equal, {number(a), number(b)}); }

std::vector<int64_t> extents_of(const State& state) {
  std::vector<int64_t> extents;
  for (const Symbol& symbol : state.symbols) extents.push_back(symbol.axis.extent);
  return extents;
}

/// Puts `value` in place of a symbol.
void solve(State& state, uint32_t symbol, const Affine& value) {
  std::vector<Affine> change;
  for (uint32_t other = 0; other < state.symbols.size(); ++other) change.push_back(affine(other));
  change[symbol] = value;
  std::vector<int64_t> extents = extents_of(state);
  auto put = [&](Affine& form) {
    std::optional<Affine> changed = compose(form, change, extents);
    state.affine = state.affine && changed;
    if (changed) form = *changed;
  };
  for (Affine& form : state.replacement) put(form);
  for (std::optional<Affine>& equation : state.equations)
    if (equation) put(*equation);
  for (Expr& test : state.tests) {
    std::optional<Expr> changed = try_substitute(test, change, extents);
    state.affine = state.affine && changed;
    if (changed) test = *changed;
  }
  state.symbols[symbol].role = Symbol::Role::Solved;
}

class Solver {
 public:
  Solver(const std::vector<Axis>& array, bool simple) : array_(array), simple_(simple) {}

  std::vector<State> run(State state) {
    if (!simple_)
      for (uint32_t index = 0, count = state.symbols.size(); index < count; ++index) split_digits(state, index);
    continue_with(std::move(state));
    return std::move(done_);
  }

 private:
  bool is_free(const State& state, const Term& term) const {
    return state.symbols[term.index].role == Symbol::Role::Free;
  }
  std::vector<Term> free_terms(const State& state, const Affine& equation) const {
    std::vector<Term> terms;
    for (const Term& term : equation.terms)
      if (is_free(state, term)) terms.push_back(term);
    return terms;
  }
  bool all_plain(const Affine& equation) const {
    return std::all_of(equation.terms.begin(), equation.terms.end(), is_plain);
  }

  // An index that is divided becomes the sum of its digits, so that every `i // s` and `i % s` is a plain sum.

  /// The places where its digits begin: 1, …, extent, each dividing the next. Empty if the divisions do not nest.
  static std::vector<int64_t> digit_bounds(const State& state, uint32_t index) {
    int64_t extent = state.symbols[index].axis.extent;
    std::set<int64_t> bounds = {1, extent};
    for (const std::optional<Affine>& equation : state.equations) {
      if (!equation) continue;
      for (const Term& term : equation->terms) {
        if (term.index != index) continue;
        bounds.insert(term.divisor);
        if (term.modulus > 0) bounds.insert(term.divisor * term.modulus);
      }
    }
    std::vector<int64_t> chain(bounds.begin(), bounds.upper_bound(extent));
    for (size_t place = 0; place + 1 < chain.size(); ++place)
      if (chain[place + 1] % chain[place] != 0) return {};
    return chain;
  }

  static void split_digits(State& state, uint32_t index) {
    auto divides = [&](const std::optional<Affine>& equation) {
      return equation && std::any_of(equation->terms.begin(), equation->terms.end(),
                                     [&](const Term& term) { return term.index == index && !is_plain(term); });
    };
    if (std::none_of(state.equations.begin(), state.equations.end(), divides)) return;
    std::vector<int64_t> bounds = digit_bounds(state, index);
    if (bounds.empty()) return;
    Affine sum;
    for (size_t place = bounds.size() - 1; place-- > 0;) {
      Symbol digit = state.symbols[index];
      digit.axis.extent = bounds[place + 1] / bounds[place];
      digit.order = {index, bounds.size() - place};
      digit.bounded = digit.bounded && place + 2 == bounds.size();
      sum = sum + affine(add_symbol(state, digit), bounds[place]);
    }
    solve(state, index, sum);
  }

  // The equations, simplest first.

  void continue_with(State state) {
    std::optional<size_t> next;
    size_t fewest = 0;
    for (size_t axis = 0; axis < state.equations.size(); ++axis) {
      if (!state.equations[axis]) continue;
      size_t count = free_terms(state, *state.equations[axis]).size();
      if (next && count >= fewest) continue;
      next = axis;
      fewest = count;
    }
    if (next) deal_with(std::move(state), *next);
    else done_.push_back(std::move(state));
  }

  void deal_with(State state, size_t axis) {
    Affine equation = *state.equations[axis];
    state.equations[axis].reset();
    std::vector<Term> unknown = free_terms(state, equation);
    if (unknown.empty()) return continue_with(with_fixed_axis(std::move(state), axis, equation));
    bool alone = unknown.size() == 1 && is_plain(unknown[0]) && std::abs(unknown[0].coefficient) == 1;
    if (simple_ || !all_plain(equation)) {
      bool single = single_index(equation) && unknown.size() == 1;
      if (single) return solve_directly(std::move(state), axis, equation, unknown[0]);
      return continue_with(with_test(std::move(state), axis, equation));
    }
    if (alone) return solve_directly(std::move(state), axis, equation, unknown[0]);
    if (with_digits(state, axis, equation, unknown)) return continue_with(std::move(state));
    std::optional<Term> best = cheapest(state, equation, unknown);
    if (!best) return continue_with(with_test(std::move(state), axis, equation));
    if (std::abs(best->coefficient) == 1) return solve_directly(std::move(state), axis, equation, *best);
    solve_by_phases(std::move(state), axis, equation, *best);
  }

  /// No unknown is left: only the places that meet the equation are read.
  State with_fixed_axis(State state, size_t axis, const Affine& equation) const {
    std::vector<Affine> at;
    for (const Symbol& symbol : state.symbols) at.push_back(symbol.at);
    std::vector<int64_t> extents = dnnc::extents_of(array_);
    std::optional<Affine> place = compose(equation, at, extents);
    if (!place) return with_test(std::move(state), axis, equation);
    Interval distance = range_of(affine(axis) - *place, extents);
    if (distance != Interval{0, 0}) state.region.push_back(equal(affine(axis), *place));
    return state;
  }

  State with_test(State state, size_t axis, const Affine& equation) const {
    uint32_t place = add_symbol(state, axis_symbol(array_, axis));
    state.tests.push_back(equal(equation, affine(place)));
    return state;
  }

  void solve_directly(State state, size_t axis, const Affine& equation, const Term& unknown) {
    uint32_t place = add_symbol(state, axis_symbol(array_, axis));
    Affine rest = equation - affine(unknown.index, unknown.coefficient);
    solve(state, unknown.index, (affine(place) - rest) * unknown.coefficient);
    continue_with(std::move(state));
  }

  /// Windows that do not overlap: each unknown is a digit of p, and becomes an axis of the part. False if they do.
  bool with_digits(State& state, size_t axis, const Affine& equation, std::vector<Term> unknown) const {
    if (unknown.size() != equation.terms.size()) return false;
    std::sort(unknown.begin(), unknown.end(),
              [](const Term& a, const Term& b) { return a.coefficient > b.coefficient; });
    for (size_t place = 0; place < unknown.size(); ++place) {
      int64_t end = place == 0 ? 0 : unknown[place - 1].coefficient;
      int64_t coefficient = unknown[place].coefficient;
      if (coefficient < 1 || end % coefficient != 0) return false;
      if (place > 0 && coefficient * state.symbols[unknown[place].index].axis.extent > end) return false;
    }
    int64_t first = unknown.front().coefficient, last = unknown.back().coefficient;
    int64_t rest = floor_remainder(equation.offset, first);
    if (rest >= last) return false;
    for (size_t place = 0; place < unknown.size(); ++place) {
      Symbol& symbol = state.symbols[unknown[place].index];
      int64_t modulus = place == 0 ? 0 : unknown[place - 1].coefficient / unknown[place].coefficient;
      symbol.role = Symbol::Role::Axis;
      symbol.order = {axis, place};
      symbol.at = normal_form({{{static_cast<uint32_t>(axis), 1, unknown[place].coefficient, modulus}},
                               place == 0 ? -floor_divide(equation.offset, first) : 0});
    }
    if (last > 1) {
      Affine lowest = normal_form({{{static_cast<uint32_t>(axis), 1, 1, last}}, 0});
      state.region.push_back(equal(lowest, affine_constant(rest)));
    }
    return true;
  }

  /// How the other unknowns of an equation run when it is solved for one with coefficient a: those whose coefficient a
  /// divides run freely; one other may take every (a / g)-th place only. std::nullopt if there are two such.
  struct Plan {
    std::optional<Term> stepped;
    int64_t step = 1;
    double taps = 1;
  };
  std::optional<Plan> plan(const State& state, const Affine& equation, const Term& unknown) const {
    int64_t divisor = std::abs(unknown.coefficient);
    Plan result;
    for (const Term& term : equation.terms) {
      if (term.index == unknown.index) continue;
      bool divided = term.coefficient % divisor == 0;
      if (!divided && (!is_free(state, term) || result.stepped)) return std::nullopt;
      if (!divided) {
        result.stepped = term;
        result.step = divisor / std::gcd(divisor, term.coefficient);
      }
      if (is_free(state, term))
        result.taps *= ceil_divide(state.symbols[term.index].axis.extent, divided ? 1 : result.step);
    }
    return result;
  }

  /// The unknown that leaves the fewest terms to sum. A bound that must be tested for is as bad as many terms.
  std::optional<Term> cheapest(const State& state, const Affine& equation, const std::vector<Term>& unknown) const {
    constexpr double cost_of_test = 64;
    constexpr int64_t most_phases = 64;
    std::optional<Term> best;
    double least = 0;
    for (const Term& term : unknown) {
      std::optional<Plan> how = plan(state, equation, term);
      if (!how || std::abs(term.coefficient) > most_phases) continue;
      double cost = how->taps * (state.symbols[term.index].bounded ? 1 : cost_of_test);
      if (best && cost >= least) continue;
      best = term;
      least = cost;
    }
    return best;
  }

  void solve_by_phases(State state, size_t axis, const Affine& equation, const Term& unknown) {
    int64_t stride = std::abs(unknown.coefficient);
    Plan how = *plan(state, equation, unknown);
    for (int64_t phase = 0; phase < std::min(stride, array_[axis].extent); ++phase) {
      State branch = state;
      Affine left = equation;
      if (how.stepped && !step_taps(branch, left, how, floor_remainder(phase - equation.offset, stride), stride))
        continue;
      if (floor_remainder(phase - left.offset, stride) != 0) continue;
      Symbol place = axis_symbol(array_, axis);
      place.axis.extent = ceil_divide(array_[axis].extent - phase, stride);
      place.at = normal_form({{{static_cast<uint32_t>(axis), 1, stride, 0}}, 0});
      uint32_t added = add_symbol(branch, place);
      Affine rest = affine(added, stride, phase) - (left - affine(unknown.index, unknown.coefficient));
      for (Term& term : rest.terms) term.coefficient /= unknown.coefficient;
      rest.offset /= unknown.coefficient;
      solve(branch, unknown.index, rest);
      Affine remainder = normal_form({{{static_cast<uint32_t>(axis), 1, 1, stride}}, 0});
      branch.region.push_back(equal(remainder, affine_constant(phase)));
      continue_with(std::move(branch));
    }
  }

  /// Lets the stepped unknown run over the places where coefficient * place = `remainder` modulo `stride`. False if
  /// there are none.
  static bool step_taps(State& state, Affine& equation, const Plan& how, int64_t remainder, int64_t stride) {
    uint32_t index = how.stepped->index;
    int64_t first = 0;
    while (first < how.step && floor_remainder(how.stepped->coefficient * first - remainder, stride) != 0) ++first;
    Symbol tap = state.symbols[index];
    if (first == how.step || first >= tap.axis.extent) return false;
    tap.axis.extent = ceil_divide(tap.axis.extent - first, how.step);
    tap.bounded = false;
    Affine value = affine_constant(first);
    if (tap.axis.extent > 1) value = value + affine(add_symbol(state, tap), how.step);
    equation = equation - affine(index, how.stepped->coefficient) + value * how.stepped->coefficient;
    solve(state, index, value);
    return true;
  }

  const std::vector<Axis>& array_;
  bool simple_;
  std::vector<State> done_;
};

}  // namespace

Symbol axis_symbol(const std::vector<Axis>& array, size_t axis) {
  return {Symbol::Role::Axis, array[axis], {axis}, false, affine(axis)};
}

uint32_t add_symbol(State& state, Symbol symbol) {
  state.symbols.push_back(std::move(symbol));
  return state.symbols.size() - 1;
}

std::vector<State> solve_equations(State state, const std::vector<Axis>& array, bool simple) {
  return Solver(array, simple).run(std::move(state));
}

}  // namespace dnnc
