#pragma once
#include <Halide.h>

#include <optional>
#include <vector>

#include "compiler/halide/compile.h"

namespace dnnc {

/// A definition over plain axes: its Func's pure one, or an update in place.
struct PlainLoops {
  Halide::Stage definition;
  std::vector<Halide::Var> axes;
  std::vector<int64_t> extents;
  bool is_update = false;
  int64_t width = 1;   ///< elements along the last axis that are computed at once; 1: none
  int64_t vector = 1;  ///< lanes of one vector
  double cycles = 0;   ///< of all of it, to tell whether it is cut into tasks
  Halide::Expr
      length{};  ///< of the only axis, told by the buffer: then `extents` is an estimate; undefined if it is exact
};

/// Makes the loops: whole vectors along the last axis, tasks along the first one if there is enough to do. Gives the
/// innermost loop that stays one, where what a point reads can be computed; std::nullopt if there is none, or if the length
/// is open: such kernels have no reductions.
std::optional<Halide::Var> schedule_plainly(PlainLoops loops);

}  // namespace dnnc
