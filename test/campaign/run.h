#pragma once
#include <cstdint>
#include <string>

#include "compiler/target/target.h"
#include "test/campaign/program.h"

namespace dnnc::campaign {

struct RunOptions {
  uint64_t first = 0, last = 0;  ///< seeds, both included
  std::string folder;            ///< of the log and of what failed
  std::string cache;             ///< of compiled kernels; empty: none
  TargetName target = TargetName::Host;
  int schedules = 0;          ///< makes each program in many ways, so many random schedules among them
  bool gradients = false;     ///< checks these alone
  bool check_memory = false;  ///< around every call of a kernel
  bool falsify = false;       ///< a control: kernels are made of a graph with a fault
  int jobs = 1;               ///< programs at a time
  int seconds = 60;           ///< of processor time for one program
  int64_t megabytes = 8192;
  int shrink_seconds = 60;  ///< for one that failed
  bool stop = false;        ///< at the first that fails
};

/// Runs every seed that the log does not have yet, each in a process of its own. A failing program is shrunk and written
/// to FOLDER/SEED.dnn with what is wrong as a comment. Prints a summary of these seeds; gives the number of faults, those
/// in the log included.
int run_seeds(const RunOptions& options);

/// The program of a seed.
Program program_of(uint64_t seed);

}  // namespace dnnc::campaign
