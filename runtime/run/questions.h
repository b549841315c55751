#pragma once
#include <vector>

#include "runtime/run/one_run.h"
#include "runtime/run/options.h"
#include "runtime/run/report.h"

// Commands that ask trained weights.
namespace dnnc::runtime {

/// Takes the weights of a file, and the names that it was trained with.
void load_weights(Run& run, const std::string& path, Report& report);

int command_evaluate(std::vector<Run>& runs, const RunOptions& options, Report& report);
int command_predict(std::vector<Run>& runs, const RunOptions& options, Report& report);

/// From now on a net inside of the trained one answers in its place. Throws Failure(exit_usage) where there is none of that name or
/// path.
void ask_net(Manifest& manifest, const std::string& name);

}  // namespace dnnc::runtime
