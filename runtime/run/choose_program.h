#pragma once
#include <string>

#include "runtime/run/choose_device.h"
#include "runtime/run/command.h"

namespace dnnc::runtime {

/// What trainers are linked with that have kernels for devices, or are made for several targets.
struct ProgramChooser {
  /// Does a command of a program, as it was made for the target that --device chooses; those that run no code are about all its
  /// targets.
  int (*run)(const dnnc_program& first, const RunOptions& options, const CommandForm& command);
};

/// The name of the one there is.
inline constexpr const char* chooser_symbol = "dnnc_program_chooser";

/// What a program with this manifest needs of what it runs on.
DeviceNeed need_of(const Manifest& manifest);

}  // namespace dnnc::runtime
