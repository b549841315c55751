#pragma once
#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Starting values of parameters, states and what optimizers keep, from the seed; running averages start as copies.
void initialize(Machine& machine, uint64_t seed);

/// Fits mean and deviation of every standardised field over the training examples, in float64 (population deviation; a field
/// that never varies has deviation 1, so that it standardises to 0). The mean is kept as two float32.
void fit(Machine& machine, const DataSet& data, uint64_t seed);

}  // namespace dnnc::runtime
