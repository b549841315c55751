#pragma once
#include <memory>
#include <string>
#include <vector>

#include "compiler/halide/compile.h"
#include "compiler/interpret/interpret.h"
#include "compiler/native/native.h"

namespace dnnc::test {

/// A program of one entry, compiled, loaded and bound to memory of its own.
class RunningProgram {
 public:
  explicit RunningProgram(const Graph& graph, const FusionLimits& limits = {});

  const Plan& plan() const { return plan_; }
  const dnnc_entry& entry() const { return program_->program().entries[0]; }

  /// Stores an input under its name, rounded to what the buffer keeps.
  void set(const std::string& input, const Values& values);
  /// The value of an output by its place in the graph.
  Values output(size_t number) const;
  /// Compute and update.
  void step();

 private:
  struct Free {
    void operator()(char* memory) const;
  };
  Plan plan_;
  std::unique_ptr<LoadedProgram> program_;
  std::unique_ptr<char[], Free> arena_;
};

}  // namespace dnnc::test
