#pragma once
#include "test/campaign/checks.h"
#include "test/campaign/choices.h"

namespace dnnc::campaign {

struct VariantOptions {
  int schedules = 8;   ///< random ones
  std::string folder;  ///< for a cache and a linked program of its own
};

/// Makes one program in many ways. Bit for bit the same: without the pass that only merges nodes, with kernels from an
/// empty cache, from a full one, on 1, 2, 4 and 8 threads, linked instead of made in memory. Within the bounds of the
/// interpreter: without the passes that change how things are computed, with each node a kernel of its own (how a sum
/// is cut into lanes depends on what it is computed with), and by random schedules: what a plan chooses for a machine of
/// other registers, lanes and threads is legal on this one.
Report check_variants(const CheckedProgram& program, Choices& choices, const VariantOptions& options);

}  // namespace dnnc::campaign
