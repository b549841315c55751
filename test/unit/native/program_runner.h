#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/halide/compile.h"
#include "compiler/interpret/interpret.h"
#include "compiler/native/native.h"
#include "runtime/program/machine.h"

namespace dnnc::test {

/// How a program is made of its graphs.
struct Making {
  FusionLimits limits;
  Target target = host_target();
  std::string cache;          ///< of compiled kernels; empty: none
  std::string library;        ///< a file that the program is linked into and loaded from; empty: it is made in memory
  bool check_memory = false;  ///< around every call of a kernel
  bool one_object = false;    ///< holds all kernels, which takes least time to compile; else they are shared out
};

/// A program, compiled, loaded and bound to memory of its own, which is full of NaNs. A plan that does not hold is an
/// InternalError.
class RunningProgram {
 public:
  /// Of one entry.
  explicit RunningProgram(const Graph& graph, const FusionLimits& limits = {});
  explicit RunningProgram(const std::vector<EntryGraph>& graphs, const Making& making = {});

  const Plan& plan() const { return plan_; }
  const dnnc_entry& entry(size_t entry = 0) const { return program_->program().entries[entry]; }

  /// Stores an input of an entry under its name, rounded to what the buffer keeps.
  void set(const std::string& input, const Values& values, size_t entry = 0);
  /// The value of an output by its place in the graph of the entry.
  Values output(size_t number, size_t entry = 0) const;
  /// Compute and update.
  void step(size_t entry = 0);

 private:
  Plan plan_;
  std::unique_ptr<LoadedProgram> program_;
  runtime::Manifest manifest_;
  std::optional<runtime::Machine> machine_;
};

}  // namespace dnnc::test
