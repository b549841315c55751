#pragma once
#include "compiler/sema/training/assemble.h"

namespace dnnc {

/// The targets of the results as `predict` shows them, with a standardisation undone, as it is of what they are compared with. One
/// that is a field of the source as it stands is named in the infos alone; of others the graph gives the values.
std::optional<Assembled> assemble_targets(const Program& program, const Run& run, int64_t batch,
                                          Diagnostics& diagnostics);

}  // namespace dnnc
