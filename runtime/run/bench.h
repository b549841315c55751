#pragma once
#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {

/// Times training as `run` does it, validation and what is watched at the end of an epoch aside: steps and their parts on
/// all threads and on one, and each kernel within steps on one. The processor's peak of fused multiply-adds is probed
/// before and after: figures are worth what their ratio to it is. Takes some seconds. What is kept between steps is
/// afterwards as before. Gives the event that it is with --json.
std::string bench(Machine& machine, const DataSet& data, Report& report);

}  // namespace dnnc::runtime
