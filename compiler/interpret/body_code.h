#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "compiler/interpret/interpret.h"
#include "compiler/ir/graph.h"

namespace dnnc {

/// Points of the index space that are computed in one go.
constexpr size_t block_size = 256;
using Lanes = std::array<double, block_size>;

/// An affine form as one table of numbers for each index that it uses: value = offset + sum of table[index]. The last
/// index in the order of points, which changes within a run of them, has its table apart.
struct Address {
  int64_t offset = 0;
  struct Part {
    size_t axis;  ///< its place in the order of points
    std::vector<int64_t> table;
  };
  std::vector<Part> outer;
  std::vector<int64_t> inner;   ///< empty if the last index does not occur
  std::optional<int64_t> step;  ///< from each index to the next along the last one, if that is always the same
};

using Register = uint32_t;

/// A subscript that may lie outside: its place, and what to step by in memory.
struct CheckedSubscript {
  Address place;
  int64_t extent = 1;
  int64_t stride = 1;
};
struct GatherSubscript {
  Register value = 0;
  int64_t extent = 1;
  int64_t stride = 1;
};

/// One instruction a register, in an order in which each reads only registers before it.
struct NumberCode {
  double value;
};
struct IndexCode {
  Address value;
};
struct LoadCode {
  NodeId source;
  Address address;  ///< in elements of the source, of the subscripts that lie inside
  std::vector<CheckedSubscript> checked;
  std::vector<GatherSubscript> gathers;
  Register outside = 0;  ///< read if `checked` is not empty
  bool even = false;     ///< gathers nothing, and all its addresses have a step
};
struct CallCode {
  Function function;
  std::array<Register, 3> arguments;
};
struct DrawCode {
  Draw draw;
  Address example, element;
};
using Instruction = std::variant<NumberCode, IndexCode, LoadCode, CallCode, DrawCode>;

/// In what order the indices of a body change, the last one most often. By terms: those of the result, then those of the
/// reduction, so that the terms of an element are neighbours. Across elements: the last of the result moves to the end, so
/// that many elements get a term each, which mostly lie side by side; each still gets its terms in row-major order.
enum class PointOrder { ByTerms, AcrossElements };

/// The body of a comprehension as straight-line code. The last register is its value. Shared parts are computed once.
struct BodyCode {
  std::vector<Instruction> instructions;
  std::string name;  ///< of the node, for faults
};

BodyCode compile_body(const Graph& graph, NodeId node, PointOrder order = PointOrder::ByTerms);

/// Some points in runs: within a run only the last index changes, by 1.
struct Points {
  size_t axes = 0;
  size_t count = 0;
  std::vector<size_t> first;   ///< lane of the first point of each run; behind the last run, `count`
  std::vector<int64_t> start;  ///< the indices of each run's first point, one run after the other

  size_t runs() const { return first.size() - 1; }
  const int64_t* start_of(size_t run) const { return start.data() + run * axes; }
};

/// Walks a box of the index space in row-major order, a block at a time.
class PointWalk {
 public:
  /// From low to high, without high; `most` points a block.
  PointWalk(std::vector<int64_t> low, std::vector<int64_t> high, size_t most = block_size);
  /// The next points; false if there are none left. `points` is overwritten.
  bool next(Points& points);

 private:
  std::vector<int64_t> low_, high_, at_;
  size_t most_;
  bool done_ = false;
};

/// The values of an address along one run of points.
class AddressRun {
 public:
  AddressRun(const Address& address, const Points& points, size_t run) : base_(address.offset) {
    const int64_t* start = points.start_of(run);
    for (const Address::Part& part : address.outer) base_ += part.table[start[part.axis]];
    if (!address.inner.empty()) inner_ = address.inner.data() + start[points.axes - 1];
  }
  /// Of the point number `step` of the run.
  int64_t operator[](size_t step) const { return inner_ ? base_ + inner_[step] : base_; }

 private:
  int64_t base_;
  const int64_t* inner_ = nullptr;
};

/// Computes the register of one instruction at some points; those before it are known.
void run_instruction(const BodyCode& code, size_t place, const IdVector<NodeTag, Values>& values, const Points& points,
                     std::vector<Lanes>& registers);

/// Computes all registers at some points. `registers` has one Lanes an instruction.
void run_body(const BodyCode& code, const IdVector<NodeTag, Values>& values, const Points& points,
              std::vector<Lanes>& registers);

/// The value of a function at the first `count` lanes of its arguments.
void run_call(const CallCode& call, size_t count, const std::vector<Lanes>& registers, Lanes& out);

/// Where a load that is even reads along a run: at its points from `begin` to `end`, without it, the element first + step *
/// point, else outside.
struct EvenRun {
  int64_t first, step;
  size_t begin, end;
};
EvenRun even_run(const LoadCode& load, const Points& points, size_t run);

/// Where a load reads at each point of a run, or -1 if outside: `elements` has a number for each of its points. A
/// gathered value that is no place of its axis is a fault. Registers have `width` lanes a point, of which gathered values
/// are taken from number `lane`.
void elements_read(const BodyCode& code, const LoadCode& load, const Points& points, size_t run,
                   const std::vector<Lanes>& registers, int64_t* elements, size_t width = 1, size_t lane = 0);

}  // namespace dnnc
