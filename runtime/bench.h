#pragma once
#include "runtime/dataset.h"
#include "runtime/machine.h"
#include "runtime/report.h"

namespace dnnc::runtime {

/// Times the training step over real batches for about a second, and the rest of the loop around it, beside the
/// processor's own peak probed between: the figures are only worth what their ratio to it is.
void bench(Machine& machine, const DataSet& data, Report& report);

}  // namespace dnnc::runtime
