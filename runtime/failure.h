#pragma once
#include <stdexcept>
#include <string>

namespace dnnc::runtime {

/// Exit codes of dnnc and of every trainer.
enum ExitCode : int {
  kDone = 0,
  kWrong = 1,          ///< the program, the data or a model file is wrong
  kUsage = 2,          ///< the command line is wrong
  kNotMet = 3,         ///< an `expect` does not hold, or training met a number that is not finite
  kCompilerBug = 70,
  kInputOutput = 74,   ///< a file cannot be read or written, a disk is full
  kInterrupted = 130
};

/// Something the user can mend. The message is whole: it names file and place.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace dnnc::runtime
