#pragma once
#include <string>
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// What a loop reads that an earlier loop has made in its trips and kept for it: with adjoints, what the way back needs of the way
/// there; all else that it needs it makes anew.
struct KeptForLoop {
  int64_t trips = 0;
  std::vector<std::string> arrays;  ///< names of the buffers
  int64_t bytes = 0;
  std::vector<std::string> passing;  ///< that the earlier loops made for a trip alone
};

/// In the order of the loops, those that read anything of the kind.
std::vector<KeptForLoop> kept_for_loops(const Plan& plan, const Entry& entry);

}  // namespace dnnc
