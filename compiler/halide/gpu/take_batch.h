#pragma once
#include <string>
#include <vector>

#include "compiler/halide/gpu/launches.h"
#include "compiler/kernels/kernel.h"
#include "runtime/program/batch_words.h"

namespace dnnc {

/// Memory of the data on a device, seen as numbers of one type: the name by which launches know it.
std::string taken_name(runtime::TakenMemory memory, const Halide::Type& type);

/// Launches that take a batch, to be put before those that compute: one for each field, one for all settings. `inputs` are
/// the names of the kernel's. No launch reads beyond what the host has described (runtime/program/batch_words.h).
std::vector<Launch> taking_launches(const Kernel& kernel, const std::vector<std::string>& inputs,
                                    Halide::DeviceAPI api);
/// One to be put behind them: a thread records arguments, by their names, and lets the next step take the next batch.
Launch recording_launch(const Kernel& kernel, const std::vector<std::string>& arguments, Halide::DeviceAPI api);

/// What stands around launches that use such memory: where it is, asked of the device of this argument.
std::vector<Halide::Internal::Stmt> lets_of_taken(const std::vector<Launch>& launches, const std::string& argument);

}  // namespace dnnc
