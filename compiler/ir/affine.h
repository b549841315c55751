#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/ir/expression.h"

namespace dnnc {

/// a / b rounded down, and what is left: in [0, b).
int64_t floor_divide(int64_t a, int64_t b);
int64_t floor_remainder(int64_t a, int64_t b);

/// The affine form of one index alone.
Affine affine(uint32_t index, int64_t coefficient = 1, int64_t offset = 0);
/// The affine form of a number.
Affine affine_constant(int64_t value);
Affine operator+(const Affine& a, const Affine& b);
Affine operator-(const Affine& a, const Affine& b);
Affine operator*(const Affine& a, int64_t factor);

/// One term for each (index, divisor, modulus), in that order; no term with coefficient 0; no modulus 1.
Affine normal_form(const Affine& affine);

/// The index, if the form is that index alone: coefficient 1, no division, no offset, no other term.
std::optional<uint32_t> single_index(const Affine& affine);
bool mentions(const Affine& affine, uint32_t index);
bool is_constant(const Affine& affine);

/// The value at one place. `indices` has a number for every index that occurs.
int64_t value_at(const Affine& affine, const std::vector<int64_t>& indices);

struct Interval {
  int64_t low = 0;
  int64_t high = 0;
  bool operator==(const Interval&) const = default;
};
/// Smallest and largest value while each index runs from 0 to its extent - 1. Exact: indices are independent, and all
/// terms of one index are looked at together (`2 * (i // 2) + i % 2`). Only where several terms divide an index of
/// more than 2^20 places is the interval possibly too wide.
Interval range_of(const Affine& affine, const std::vector<int64_t>& extents);

/// affine with replacement[i] in place of index i. A quotient or remainder of a replacement is affine if the parts
/// that the divisor does not divide are proven to lie in [0, divisor), or are one term; `extents` are those of the new
/// indices (may be empty: then only remainders are known to be bounded). std::nullopt if it is not affine.
std::optional<Affine> compose(const Affine& affine, const std::vector<Affine>& replacement,
                              const std::vector<int64_t>& extents = {});

/// The form (value // divisor) % modulus, where it is affine.
std::optional<Affine> divide(const Affine& value, int64_t divisor, int64_t modulus,
                             const std::vector<int64_t>& extents = {});

}  // namespace dnnc
