#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "compiler/ir/functions.h"
#include "compiler/support/id.h"

namespace dnnc {

struct NodeTag;
using NodeId = Id<NodeTag>;

/// coefficient * ((index // divisor) % modulus); modulus 0 takes no remainder. `index` counts the axes of the
/// comprehension the term stands in: first those of its result, then those of its reduction.
struct Term {
  uint32_t index = 0;
  int64_t coefficient = 1;
  int64_t divisor = 1;
  int64_t modulus = 0;
  bool operator==(const Term&) const = default;
};

/// A whole number made of indices: the sum of its terms and an offset. What affine.h makes is in normal form.
struct Affine {
  std::vector<Term> terms;
  int64_t offset = 0;
  bool operator==(const Affine&) const = default;
};

/// Scalar expressions (`Expr`) are immutable and shared; a rewrite makes new ones.

/// A subscript that is a value: a label or word, a whole number in [0, extent) of the axis read.
struct Gather {
  Expr value;
};
using Subscript = std::variant<Affine, Gather>;

struct Constant {
  double value = 0;
};
/// An index, or a sum of indices, used as a number.
struct IndexValue {
  Affine value;
};
/// One element of `source`; one subscript an axis of it, the batch axis included. Where an affine subscript lies
/// outside the array the value is `outside`; without `outside` it is proven to lie inside.
struct Load {
  NodeId source;
  std::vector<Subscript> at;
  Expr outside;
};
/// A scalar function of scalar values. `Select(c, a, b)` and `And`, `Or` do not take over a NaN of the side not taken.
struct Call {
  Function function;
  std::vector<Expr> arguments;
};
/// `value` is a function of `argument` whose derivative by `argument` is stated, not derived:
/// adjoint(argument) += adjoint * derivative. Evaluation yields `value`.
struct Overridden {
  Expr value;
  Expr argument;
  Expr derivative;
};
enum class Distribution { Uniform, Normal, Bernoulli };
/// A number drawn by counting: a pure function of (seed, stream, step, example, element), see docs/draws.md.
/// Uniform in [a, b); Normal with mean a and deviation b; Bernoulli is 1 with probability a, else 0.
struct Draw {
  Distribution distribution = Distribution::Uniform;
  double a = 0;
  double b = 1;
  /// From the path of the definition's use and the draw's number within it; or the array that holds it as two whole numbers, the
  /// lower 32 bits first.
  std::variant<uint64_t, NodeId> stream = uint64_t{0};
  NodeId seed;  ///< the settings `seed` and `step`, whole numbers
  NodeId step;
  NodeId first;    ///< the setting `first`, the number of the batch's first example, a whole number; not valid: 0
  Affine example;  ///< place of the example in the batch; constant 0 where there is none
  Affine element;  ///< row-major place of the element in the formula the draw stands in
};

/// The nodes that a draw reads beside its stream. Some draws lack some.
inline constexpr NodeId Draw::* draw_settings[] = {&Draw::seed, &Draw::step, &Draw::first};

struct Expression {
  std::variant<Constant, IndexValue, Load, Call, Overridden, Draw> kind;
};

Expr constant(double value);
Expr index_value(Affine value);
Expr index_value(uint32_t index);
Expr load(NodeId source, std::vector<Subscript> at, Expr outside = nullptr);
Expr call(Function function, std::vector<Expr> arguments);
Expr overridden(Expr value, Expr argument, Expr derivative);
Expr draw(Draw draw);

Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr operator-(Expr a);

/// The call of this function that the expression is; null for all else.
const Call* call_of(const Expr& expression, Function function);
/// Whether the expression is this constant (0 of either sign).
bool is_number(const Expr& expression, double value);
/// Same structure, constants bit for bit.
bool same(const Expr& a, const Expr& b);
/// Equal for expressions that are the same.
uint64_t hash_of(const Expr& root);

/// Calls `visit` once for every expression of the tree (a shared part once), children first; subscripts' values and
/// `outside` included, in the order of the text.
void for_each(const Expr& root, const std::function<void(const Expression&)>& visit);
/// Rebuilds the tree bottom up: `change` sees each expression with its children already changed, a shared part once.
/// What does not change stays the same object.
Expr rewrite(const Expr& root, const std::function<Expr(const Expr&)>& change);
/// Replaces index number i by replacement[i] everywhere. Where a replaced index is divided, the quotient must be an
/// affine form: see compose() in affine.h. `extents` of the new indices help to prove it. A fault if it is not.
Expr substitute(const Expr& root, const std::vector<Affine>& replacement, const std::vector<int64_t>& extents = {});
/// The same; std::nullopt if a quotient is not affine.
std::optional<Expr> try_substitute(const Expr& root, const std::vector<Affine>& replacement,
                                   const std::vector<int64_t>& extents = {});
/// The indices that occur, in subscripts too.
std::set<uint32_t> indices_of(const Expr& root);
/// Replaces the sources of loads and the settings of draws; `change` gives the new id.
Expr rename_nodes(const Expr& root, const std::function<NodeId(NodeId)>& change);

}  // namespace dnnc
