#pragma once
#include "test/campaign/checks.h"
#include "test/campaign/choices.h"

namespace dnnc::campaign {

struct VariantOptions {
  int schedules = 8;   ///< random ones
  std::string folder;  ///< for a cache and a linked program of its own
};

/// Makes one program in many ways. Bit for bit the same: with kernels from an empty cache, from a full one, on 1, 2, 4
/// and 8 threads, linked instead of made in memory; and, where each node is a kernel of its own, without the pass that only
/// merges nodes. Within the bounds of the interpreter: with each node a kernel of its own (how a sum is cut into lanes
/// depends on what it is computed with), without each pass but `differentiate` and `drop_dead` (plans are made of what is
/// needed only; nodes that are not merged are joined with others), and by random schedules: what a plan chooses for a
/// machine of other registers, lanes and threads is legal on this one.
Report check_variants(const CheckedProgram& program, Choices& choices, const VariantOptions& options);

}  // namespace dnnc::campaign
