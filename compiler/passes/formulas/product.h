#pragma once
#include <optional>
#include <set>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// A condition under which a product counts. `chosen`: it is that of a `select` of the text, so where it fails the value
/// that is guarded may be anything, and nothing of it may reach a gradient.
struct Guard {
  Expr condition;
  bool chosen = false;
};

/// A term of an adjoint: coefficient * factors / divisors where all guards hold, else 0 (be the product NaN or
/// infinite). Kept apart so that what does not depend on a reduction can stand outside of it.
struct Product {
  double coefficient = 1;
  std::vector<Expr> factors;
  std::vector<Expr> divisors;
  std::vector<Guard> guards;
};
Product product_of(Expr factor);

/// Multiplies by a formula, taken apart into its factors: `a * b / c`, `-a`, constants; `select(c, a, 0)` is a guard.
void multiply(Product& product, const Expr& by);
/// The product as one formula.
Expr expression_of(const Product& product);
/// The sum of products as one formula; factors that all of them share stand before the bracket.
Expr sum_of(const std::vector<Product>& products);
/// As few products as the different guards, of the same sum.
std::vector<Product> merged(const std::vector<Product>& products);

/// Whether some product has all its chosen guards true, whatever the values are: `c` and `not c` cover everything.
bool choices_cover(const std::vector<Product>& products);

std::set<uint32_t> indices_of(const Product& product);

/// Whether the value is finite whenever all numbers read are: no division, root, logarithm, power or exponential.
bool stays_finite(const Expr& expression);

/// Whether it may come to what is no number although all that it reads are: settings and deviations divide it safely.
bool may_be_no_number(const Graph& graph, const Expr& formula);

/// The condition that an affine form is in [0, extent).
Expr inside(const Affine& value, int64_t extent);

/// Whether a factor reads outside of its array, and so is 0, wherever index `index` leaves its range to either side.
bool bounds_index(const Graph& graph, const Product& product, uint32_t index, const std::vector<int64_t>& extents);

/// Loads that may lie outside of their array, their indices having `extents`, are given the value 0 there.
Expr with_zeros_outside(const Graph& graph, const Expr& root, const std::vector<int64_t>& extents);

/// The product with replacement[i] in place of index i, where old indices run over `before` and new ones over `after`.
/// It is 0 where a replaced index leaves its range: by `else 0` on a factor that is outside there, else by a guard.
/// Other loads that would then be outside are given `else 0`. std::nullopt if a subscript would not be affine, or a draw
/// outside of its array.
std::optional<Product> moved(const Graph& graph, const Product& product, const std::vector<Affine>& replacement,
                             const std::vector<int64_t>& before, const std::vector<int64_t>& after);

}  // namespace dnnc
