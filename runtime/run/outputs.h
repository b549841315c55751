#pragma once
#include <vector>

#include "runtime/run/one_run.h"
#include "runtime/run/options.h"

namespace dnnc::runtime {

/// That what is written to `path` is no file that reading the source would read (read_places.h). Throws Failure.
void expect_not_data(const DataValue& source, const std::string& folder, const std::string& path);

/// That there is what training is to go on from, that all that will be written can be, and nothing that is needed is lost by
/// it. A run may start from what one before it has saved.
void expect_outputs(const std::vector<Run>& runs, const RunOptions& options);

}  // namespace dnnc::runtime
