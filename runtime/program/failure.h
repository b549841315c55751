#pragma once
#include <stdexcept>
#include <string>

namespace dnnc::runtime {

/// Exit codes of dnnc and of every trainer.
enum ExitCode : int {
  exit_done = 0,
  exit_wrong = 1,    ///< the program, the data or a model file is wrong
  exit_usage = 2,    ///< the command line is wrong
  exit_not_met = 3,  ///< an `expect` does not hold, or training met a number that is not finite
  exit_compiler_bug = 70,
  exit_input_output = 74,  ///< a file cannot be read or written, a disk is full
  exit_interrupted = 130,
  exit_nobody_reads = 141  ///< the reader of the output is gone
};

/// A message as a terminal may be given it: texts of damaged files may stand in it, so control characters become `?`
/// and what is longer than a message can be is cut off.
inline std::string showable(std::string message) {
  constexpr size_t most_bytes = 2000;
  if (message.size() > most_bytes) message.replace(most_bytes, std::string::npos, " ...");
  for (char& c : message)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\n') || c == 0x7f) c = '?';
  return message;
}

/// Something the user can mend. The message is whole: it names file and place.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(showable(message)), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace dnnc::runtime
