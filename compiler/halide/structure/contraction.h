#pragma once
#include <array>
#include <optional>
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// One factor of a contraction: an array read at subscripts that are sums of indices times constants. Reads outside of
/// the array are 0.
struct ContractionOperand {
  NodeId source;
  bool in_memory = true;         ///< an input of the kernel, not a node computed inside
  std::vector<int64_t> extents;  ///< of the array
  std::vector<Affine> at;        ///< one subscript an axis of the array
  std::vector<bool> padded;      ///< by axis: some places lie outside

  /// Elements from one value of the last subscript to the next.
  int64_t stride(size_t axis) const;
  /// Elements by which the place read moves with an index; 0 if it does not depend on it.
  int64_t step(uint32_t index) const;
  bool depends_on(uint32_t index) const { return step(index) != 0; }
  /// The axis whose subscript holds the index with coefficient 1, if that is its only occurrence and never lies outside.
  std::optional<size_t> unit_axis(uint32_t index) const;
  /// The same, if the subscript is the index and nothing else.
  std::optional<size_t> own_axis(uint32_t index) const;
  int64_t element_count() const;
};

/// out[o...] = sum over r... of left[o, r] * right[o, r]: a dense layer, a convolution, their gradients by data and by
/// weights, attention. Indices are numbered: first those of the result, then those summed over.
struct Contraction {
  NodeId node;
  std::vector<int64_t> extents;  ///< of all indices
  size_t outputs = 0;            ///< how many of them are of the result
  std::array<ContractionOperand, 2> operands;
  ContractionOperand result;  ///< each element at its own place
  double inside = 1;          ///< share of the terms of which neither operand lies outside of its array

  int64_t output_elements() const;
  int64_t terms() const;  ///< of each sum
  /// Multiplications that count.
  double useful_products() const;
  bool is_output(uint32_t index) const { return index < outputs; }
  /// Whether several values of an index of the result may be computed together. Not if it moves both operands: then they
  /// share nothing. Not if it moves a subscript that may lie outside: there whole terms are skipped.
  bool may_be_tiled(uint32_t index) const;
};

/// An index of the result that neighbouring lanes or threads can run along: it moves one operand (the vector operand) by
/// one place along one axis, and the other operand, which is then read once for all of them, not at all.
struct VectorChoice {
  size_t operand = 0;
  uint32_t index = 0;
  bool side_by_side = false;  ///< neighbours are neighbours in memory
  bool packable = false;      ///< the operand can be cut into panels along the index
};

/// All of them, by operand and index; none if the contraction is computed as other reductions are.
std::vector<VectorChoice> vector_choices(const Contraction& contraction);

/// The contraction that a node of a kernel is, if it is one.
std::optional<Contraction> contraction_of(const Graph& body, NodeId node);

/// Multiplications and additions that count of all contractions of a kernel.
double useful_flops(const Kernel& kernel);

}  // namespace dnnc
