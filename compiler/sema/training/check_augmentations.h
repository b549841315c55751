#pragma once
#include "compiler/sema/training/plan_run.h"

namespace dnnc {

/// Reports augmentations that fit none of the fields of the run, or would leave nothing of one.
void check_augmentations(const Run& run, Diagnostics& diagnostics);

}  // namespace dnnc
