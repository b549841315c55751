#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/native/native.h"
#include "runtime/run/command.h"

namespace dnnc {

/// Programs loaded for this call, in the order of the file.
struct LoadedRuns {
  std::vector<std::unique_ptr<LoadedProgram>> programs;
  std::vector<runtime::ProgramRun> runs;
  std::string note = "";  ///< how their device was chosen
};

/// Compiles and loads the run that --run names, or with `all` every run, for the one that --device chooses of the targets that code
/// is made for. Code is made for no more than must be looked at. std::nullopt after errors were printed.
std::optional<LoadedRuns> load_runs(Session& session, bool all);

}  // namespace dnnc
