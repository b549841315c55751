#pragma once
#include <string>

#include "test/campaign/checked_program.h"
#include "test/campaign/rounds.h"

namespace dnnc::campaign {

/// What was looked at in one program, and the first fault.
struct Report {
  std::string verdict = "right";  ///< or "rejected", "interpreted" (no kernels are made of it), or what is wrong
  std::string detail;
  int64_t kernels = 0, elements = 0;
  int64_t bounded = 0;  ///< of these elements: those whose bound tells a thousandth of the largest beside them
  int64_t gradients = 0, kinks = 0;  ///< elements compared with differences, and those without a derivative
  int64_t untold = 0;                ///< of the elements of gradients: those that rounding of the loss hides
  bool fault() const { return verdict != "right" && verdict != "rejected" && verdict != "interpreted"; }
};

/// Holds of every right program: its canonical text is the same program, every gradient is the difference of the loss,
/// the passes keep the values of every entry, every entry compiled gives what the interpreter gives within its bound, over
/// ten updates of batches of different sizes. With `falsify` the kernels are made of a graph with a fault.
Report check_program(const CheckedProgram& program, const test::Making& making, bool falsify = false);

/// Of that the part about the text and the gradients: nothing is compiled.
Report check_derivatives(const CheckedProgram& program);

/// Of that the part about kernels: `entries` compiled and run beside the interpreter.
Report with_kernels(const std::vector<EntryGraph>& entries, const Inputs& inputs, const test::Making& making,
                    Report report, bool falsify = false);

}  // namespace dnnc::campaign
