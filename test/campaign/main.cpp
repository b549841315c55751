#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "test/campaign/run.h"

// campaign --seeds A..B: random programs, each compiled and compared. See test/README.md.
int main(int argc, char** argv) {
  using namespace dnnc::campaign;
  CLI::App app{"checks random programs"};
  RunOptions options;
  std::string seeds = "0..99";
  options.folder = "campaign";
  std::optional<uint64_t> show;
  std::string target = "host";
  app.add_option("--seeds", seeds, "FIRST..LAST");
  app.add_option("--folder", options.folder,
                 "of the log and of the programs that fail; seeds in the log are not run again");
  app.add_option("--cache", options.cache, "folder of compiled kernels");
  app.add_option("--target", target, "what kernels are made for, as dnnc has it; not with --schedules");
  app.add_option("--jobs", options.jobs, "programs at a time");
  app.add_option("--seconds", options.seconds,
                 "of processor time at most for one program; five times as many with --schedules");
  app.add_option("--shrink-seconds", options.shrink_seconds, "at most to shrink one that fails");
  app.add_option("--schedules", options.schedules,
                 "makes each program in many ways, so many random schedules among them");
  app.add_flag("--gradients", options.gradients, "compares nothing but gradients and differences: nothing is compiled");
  app.add_flag("--check-memory", options.check_memory,
               "checks memory around every call of a kernel; not with --schedules");
  app.add_flag("--falsify", options.falsify, "a control: makes kernels of a graph with a fault");
  app.add_flag("--stop", options.stop, "at the first that fails");
  app.add_option("--show", show, "prints the program of a seed");
  CLI11_PARSE(app, argc, argv);
  if (show) {
    fmt::print("{}", program_of(*show).text);
    return 0;
  }
  const auto known = dnnc::runtime::value_named<dnnc::TargetName>(target);
  if (!known) {
    fmt::print(stderr, "campaign: --target: there is no `{}`\n", target);
    return 2;
  }
  options.target = *known;
  if (std::sscanf(seeds.c_str(), "%lu..%lu", &options.first, &options.last) != 2) {
    fmt::print(stderr, "campaign: --seeds takes FIRST..LAST, not `{}`\n", seeds);
    return 2;
  }
  const int faults = run_seeds(options);
  fmt::print("{} wrong\n", faults);
  return faults > 0;
}
