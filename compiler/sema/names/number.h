#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/functions.h"
#include "compiler/syntax/ast.h"

namespace dnnc {

/// A constant: exact while it is a fraction of whole numbers that fit 63 bits, else float64. Exact fractions are kept
/// in lowest terms with a positive denominator.
struct Number {
  bool exact = true;
  int64_t numerator = 0;
  int64_t denominator = 1;
  double inexact = 0;

  bool operator==(const Number&) const = default;
};

Number whole(int64_t value);
Number fraction(int64_t numerator, int64_t denominator);
Number inexact(double value);
/// The nearest float64.
double value_of(const Number& number);
/// The whole number that it is, if it is one (a root may be: `sqrt(16)`).
std::optional<int64_t> whole_value(const Number& number);
/// Whether the nearest f32 is a number too, not infinite.
bool fits_f32(const Number& number);
/// `3`, `3/4`, `0.7071067811865476`
std::string text_of(const Number& number);

/// The number that a literal writes, without its unit; std::nullopt if it is too long to be read.
std::optional<Number> number_of_text(const std::string& text);

/// Whether it is written as the language writes numbers, shares and sizes: `1e-3`, `20%`, `3x3`.
bool is_literal(const std::string& text);

/// Whether the function has values that are no fractions, and so are rounded.
bool is_rounded(Function function);
/// A scalar function of constants, exact where it keeps fractions. std::nullopt where there is no value.
std::optional<Number> apply_function(Function function, const std::vector<Number>& arguments);
/// The operators of the language on constants. std::nullopt where there is no value: division by zero.
std::optional<Number> apply_operator(ast::BinaryOperator op, const Number& left, const Number& right);
Number negate(const Number& number);
bool is_true(const Number& number);
/// -1, 0 or 1.
int compare(const Number& left, const Number& right);

}  // namespace dnnc
