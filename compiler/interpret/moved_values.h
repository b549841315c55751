#pragma once
#include <array>

#include "compiler/interpret/products.h"
#include "compiler/interpret/reach.h"

namespace dnnc {

/// A graph at several points at once that differ from a point, whose values are all known, in one element of an input. Only
/// what that element reaches is computed again, and what comes out as it was reaches nothing further. What is computed is to
/// the last bit what the interpreter gives.
class MovedValues {
 public:
  static constexpr size_t points = 4;
  using Moves = std::array<double, points>;

  /// All of these must outlive it.
  MovedValues(const Interpreter& interpreter, const Reach& reach, const IdVector<NodeTag, Values>& known,
              const Effort& effort);

  /// The one element of `result` where that element of the input is moved so far. `between` has the nodes through which the
  /// input reaches it, in ascending order, of a recurrence all or none. Not to be used again after an exception.
  Moves at(NodeId input, int64_t element, const Moves& moves, const std::vector<NodeId>& between, NodeId result);

 private:
  void begin(NodeId input, int64_t element, const Moves& moves);
  void compute(const Box& box);
  void compute_comprehension(const Box& box);
  void compute_products(const Node& node, const ProductCode& code, const Box& box);
  void compute_across(const Node& node, const BodyCode& code, const Box& box);
  void copy_source(const Box& box, NodeId source);
  void run_block(const BodyCode& code, const Points& block);
  void run_load(const BodyCode& code, const LoadCode& load, const Points& block, Lanes& out);
  void run_even_load(const LoadCode& load, const Points& block, Lanes& out);
  std::optional<Box> what_changed(const Box& box) const;
  void restore(const Box& box);
  Values& wide(NodeId node);

  const Interpreter& interpreter_;
  const Graph& graph_;
  const Reach& reach_;
  const IdVector<NodeTag, Values>& known_;
  const Effort& effort_;
  IdVector<NodeTag, Values> wide_;  ///< `points` numbers for each element; outside of `written_` all are the known one
  ChangedBoxes changed_;
  std::vector<Box> written_;
  std::vector<Lanes> registers_;  ///< `points` lanes for each point of a block
};

}  // namespace dnnc
