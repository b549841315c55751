#pragma once
#include <optional>
#include <set>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// A part of the inverse of subscripts: the places p of an array that are read, seen as an array over `axes`, and for
/// each of its elements all the indices that read it.
struct InverseIndices {
  std::vector<Axis> axes;           ///< of the part; at most one is the batch, and it comes first
  std::vector<Axis> summed;         ///< indices that are free to run: their contributions add up
  size_t first_untested = 0;        ///< of `summed`: those before it are read by tests, the others are not
  std::vector<Affine> replacement;  ///< for each index of the reader its value, over `axes`, then `summed`
  std::vector<Expr> tests;          ///< over `axes`, then `summed`: an element counts only where all hold
  std::vector<Affine> at;           ///< over the array's axes: the element of the part that belongs to p
  std::vector<Expr> region;         ///< over the array's axes: p belongs to this part only where all hold
};

/// Solves `subscripts(i) = p` for the indices i of the reader. An index may be given a value outside of its range, and
/// the part may be read outside of its axes: there is no contribution. The parts' regions are disjoint.
///
/// For each subscript: an index with coefficient 1 or -1 is solved for, the others of the subscript are summed over; a
/// stride s gives s parts, one for each p % s, with exactly the taps that it has; windows that do not overlap have a
/// unique inverse by p // s and p % s, and the window's indices become axes of the part. What cannot be solved, and
/// values used as subscripts, are left to a test for equality.
///
/// `bounded[i]`: a contribution is known to vanish where index i leaves its range. Such an index is preferred.
/// `simple`: solve for indices that stand alone only, so that every replacement is one index.
std::vector<InverseIndices> solve_indices(const std::vector<Subscript>& subscripts, const std::vector<Axis>& indices,
                                          const std::vector<Axis>& array, const std::vector<bool>& bounded,
                                          bool simple = false);

/// A part as a term sees it before its tests hold: indices that they read are axes, those that no test reads are summed,
/// and what only tests read, like the places that they tell, is left out.
struct Untested {
  InverseIndices part;           ///< its `axes`, `at` and `summed`
  std::vector<Affine> from, to;  ///< indices of the tested part over those of this one; axes of this one over those
};
/// std::nullopt if a term that reads the indices `used` of the part has nothing to sum before its tests.
std::optional<Untested> without_tests(const InverseIndices& part, const std::set<uint32_t>& used);

}  // namespace dnnc
