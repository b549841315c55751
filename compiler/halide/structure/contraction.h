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
};

/// The contraction that a node of a kernel is, if it is one.
std::optional<Contraction> contraction_of(const Graph& body, NodeId node);

/// Multiplications and additions that count of all contractions of a kernel.
double useful_flops(const Kernel& kernel);

}  // namespace dnnc
