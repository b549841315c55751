#include "compiler/ir/affine.h"

#include <algorithm>
#include <tuple>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

constexpr int64_t most_enumerated = int64_t{1} << 20;

auto key(const Term& term) { return std::make_tuple(term.index, term.divisor, term.modulus); }

int64_t part(const Term& term, int64_t index) {
  int64_t quotient = floor_divide(index, term.divisor);
  return term.modulus > 0 ? floor_remainder(quotient, term.modulus) : quotient;
}

Interval scaled(int64_t coefficient, int64_t high) {
  int64_t end = coefficient * high;
  return {std::min<int64_t>(0, end), std::max<int64_t>(0, end)};
}

Interval range_of_term(const Term& term, int64_t extent) {
  int64_t high = (extent - 1) / term.divisor;
  if (term.modulus > 0) high = std::min(high, term.modulus - 1);
  return scaled(term.coefficient, high);
}

/// All terms are of one index.
Interval range_of_group(const std::vector<Term>& terms, int64_t extent) {
  if (terms.size() == 1) return range_of_term(terms[0], extent);
  bool divides = std::any_of(terms.begin(), terms.end(), [](const Term& t) { return t.divisor > 1 || t.modulus > 0; });
  Interval range;
  if (!divides || extent > most_enumerated) {
    int64_t coefficient = 0;
    for (const Term& term : terms) {
      bool plain = term.divisor == 1 && term.modulus == 0;
      if (plain) coefficient += term.coefficient;
      Interval one = plain ? Interval{} : range_of_term(term, extent);
      range = {range.low + one.low, range.high + one.high};
    }
    Interval plain = scaled(coefficient, extent - 1);
    return {range.low + plain.low, range.high + plain.high};
  }
  for (int64_t index = 0; index < extent; ++index) {
    int64_t value = 0;
    for (const Term& term : terms) value += term.coefficient * part(term, index);
    range = index == 0 ? Interval{value, value} : Interval{std::min(range.low, value), std::max(range.high, value)};
  }
  return range;
}

/// Bounds of a form if they are known: an index without extent is known only under a modulus.
std::optional<Interval> known_range(const Affine& affine, const std::vector<int64_t>& extents) {
  std::vector<int64_t> known = extents;
  for (const Term& term : affine.terms) {
    if (term.index < extents.size()) continue;
    if (term.modulus == 0) return std::nullopt;
    if (term.index >= known.size()) known.resize(term.index + 1, INT64_MAX);
  }
  return range_of(affine, known);
}

/// value = factor * whole + rest, rest without what factor divides.
struct Split {
  Affine whole, rest;
};
Split split(const Affine& value, int64_t factor) {
  Split result;
  for (Term term : value.terms) {
    bool divisible = term.coefficient % factor == 0;
    if (divisible) term.coefficient /= factor;
    (divisible ? result.whole : result.rest).terms.push_back(term);
  }
  result.whole.offset = floor_divide(value.offset, factor);
  result.rest.offset = floor_remainder(value.offset, factor);
  return result;
}

bool within(const Affine& value, int64_t end, const std::vector<int64_t>& extents) {
  std::optional<Interval> range = known_range(value, extents);
  return range && range->low >= 0 && range->high < end;
}

std::optional<Term> single_term(const Affine& value) {
  if (value.terms.size() != 1 || value.offset != 0 || value.terms[0].coefficient != 1) return std::nullopt;
  return value.terms[0];
}

/// value // divisor, of a value that has no multiples of the divisor in it.
std::optional<Affine> quotient_of_rest(const Affine& value, int64_t divisor, const std::vector<int64_t>& extents) {
  if (within(value, divisor, extents)) return Affine{};
  std::optional<Term> term = single_term(value);
  if (!term) return std::nullopt;
  if (term->modulus > 0) {
    if (term->modulus % divisor != 0) return std::nullopt;
    term->modulus /= divisor;
  }
  term->divisor *= divisor;
  return Affine{{*term}, 0};
}

std::optional<Affine> remainder_of(const Affine& value, int64_t modulus, const std::vector<int64_t>& extents) {
  Affine rest = split(value, modulus).rest;
  if (within(rest, modulus, extents)) return rest;
  std::optional<Term> term = single_term(rest);
  if (!term || (term->modulus > 0 && term->modulus % modulus != 0)) return std::nullopt;
  term->modulus = modulus;
  return Affine{{*term}, 0};
}

}  // namespace

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }
int64_t floor_remainder(int64_t a, int64_t b) { return a - b * floor_divide(a, b); }

Affine affine(uint32_t index, int64_t coefficient, int64_t offset) {
  return normal_form({{{index, coefficient, 1, 0}}, offset});
}

Affine affine_constant(int64_t value) { return {{}, value}; }

Affine operator+(const Affine& a, const Affine& b) {
  Affine sum = a;
  sum.terms.insert(sum.terms.end(), b.terms.begin(), b.terms.end());
  sum.offset += b.offset;
  return normal_form(sum);
}

Affine operator-(const Affine& a, const Affine& b) { return a + b * -1; }

Affine operator*(const Affine& a, int64_t factor) {
  Affine product = a;
  for (Term& term : product.terms) term.coefficient *= factor;
  product.offset *= factor;
  return normal_form(product);
}

Affine normal_form(const Affine& affine) {
  std::vector<Term> terms = affine.terms;
  std::stable_sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) { return key(a) < key(b); });
  Affine result{{}, affine.offset};
  for (const Term& term : terms) {
    if (term.modulus == 1) continue;
    if (!result.terms.empty() && key(result.terms.back()) == key(term))
      result.terms.back().coefficient += term.coefficient;
    else result.terms.push_back(term);
    if (result.terms.back().coefficient == 0) result.terms.pop_back();
  }
  return result;
}

std::optional<uint32_t> single_index(const Affine& affine) {
  std::optional<Term> term = single_term(affine);
  if (!term || term->divisor != 1 || term->modulus != 0) return std::nullopt;
  return term->index;
}

bool mentions(const Affine& affine, uint32_t index) {
  return std::any_of(affine.terms.begin(), affine.terms.end(), [&](const Term& term) { return term.index == index; });
}

bool is_constant(const Affine& affine) { return affine.terms.empty(); }

int64_t value_at(const Affine& affine, const std::vector<int64_t>& indices) {
  int64_t value = affine.offset;
  for (const Term& term : affine.terms) value += term.coefficient * part(term, indices.at(term.index));
  return value;
}

Interval range_of(const Affine& affine, const std::vector<int64_t>& extents) {
  Affine sorted = normal_form(affine);
  Interval range{sorted.offset, sorted.offset};
  for (size_t begin = 0; begin < sorted.terms.size();) {
    size_t end = begin;
    std::vector<Term> group;
    while (end < sorted.terms.size() && sorted.terms[end].index == sorted.terms[begin].index)
      group.push_back(sorted.terms[end++]);
    Interval one = range_of_group(group, extents.at(group[0].index));
    range = {range.low + one.low, range.high + one.high};
    begin = end;
  }
  return range;
}

std::optional<Affine> divide(const Affine& value, int64_t divisor, int64_t modulus,
                             const std::vector<int64_t>& extents) {
  check(divisor >= 1 && modulus >= 0, "affine: division by a number below 1");
  Split parts = split(normal_form(value), divisor);
  std::optional<Affine> rest = quotient_of_rest(parts.rest, divisor, extents);
  if (!rest) return std::nullopt;
  Affine quotient = parts.whole + *rest;
  return modulus > 0 ? remainder_of(quotient, modulus, extents) : quotient;
}

std::optional<Affine> compose(const Affine& affine, const std::vector<Affine>& replacement,
                              const std::vector<int64_t>& extents) {
  Affine result{{}, affine.offset};
  for (const Term& term : affine.terms) {
    std::optional<Affine> one = divide(replacement.at(term.index), term.divisor, term.modulus, extents);
    if (!one) return std::nullopt;
    result = result + *one * term.coefficient;
  }
  return result;
}

}  // namespace dnnc
