#pragma once
#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include "compiler/interpret/interpret.h"
#include "compiler/ir/graph.h"

namespace dnnc {

/// Points of the index space that are computed in one go.
constexpr size_t block_size = 256;
using Lanes = std::array<double, block_size>;

/// An affine form as one table of numbers for each index that it uses: value = offset + sum of table[index].
struct Address {
  int64_t offset = 0;
  struct Part {
    uint32_t axis;
    std::vector<int64_t> table;
  };
  std::vector<Part> parts;
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

/// The body of a comprehension as straight-line code. The last register is its value. Shared parts are computed once.
struct BodyCode {
  std::vector<Instruction> instructions;
  std::string name;  ///< of the node, for faults
};

BodyCode compile_body(const Graph& graph, NodeId node);

/// The indices of some points, axis by axis.
struct Points {
  std::vector<std::array<int64_t, block_size>> index;  ///< index[axis][lane]
  size_t count = 0;
};

/// Walks a box of the index space in row-major order, a block at a time.
class PointWalk {
 public:
  /// From low to high, without high.
  PointWalk(std::vector<int64_t> low, std::vector<int64_t> high);
  /// The next points; false if there are none left. `points` is overwritten.
  bool next(Points& points);

 private:
  std::vector<int64_t> low_, high_, at_;
  bool done_ = false;
};

inline int64_t value_of(const Address& address, const Points& points, size_t lane) {
  int64_t value = address.offset;
  for (const Address::Part& part : address.parts) value += part.table[points.index[part.axis][lane]];
  return value;
}

/// Computes all registers at some points. `registers` has one Lanes an instruction.
void run_body(const BodyCode& code, const IdVector<NodeTag, Values>& values, const Points& points,
              std::vector<Lanes>& registers);

/// Where a load reads at one lane, or -1 if outside. A gathered value that is no place of its axis is a fault.
int64_t element_read(const BodyCode& code, const LoadCode& load, const Points& points, size_t lane,
                     const std::vector<Lanes>& registers);

}  // namespace dnnc
