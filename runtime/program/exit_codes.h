#pragma once
#include <array>
#include <string>

namespace dnnc::runtime {

/// How dnnc and every trainer end.
enum ExitCode : int {
  exit_done = 0,
  exit_wrong = 1,
  exit_usage = 2,
  exit_not_met = 3,
  exit_compiler_bug = 70,
  exit_input_output = 74,
  exit_hung_up = 129,
  exit_interrupted = 130,
  exit_nobody_reads = 141,
  exit_terminated = 143,
};

struct ExitCodeDoc {
  ExitCode code;
  const char* means;
};
inline constexpr std::array exit_codes = {
    ExitCodeDoc{exit_done, "all is done"},
    ExitCodeDoc{exit_wrong,
                "the program, the data or a model file is wrong, or `compare` found a difference beyond its bound"},
    ExitCodeDoc{exit_usage, "the command line is wrong"},
    ExitCodeDoc{exit_not_met,
                "an `expect` about what was trained does not hold, or training met a number that is not finite"},
    ExitCodeDoc{exit_compiler_bug, "a bug of dnnc, not of your program; please report it"},
    ExitCodeDoc{exit_input_output,
                "a file cannot be read or written, a disk is full, there is not enough memory, or the processor lacks "
                "instructions"},
    ExitCodeDoc{exit_hung_up, "ended by SIGHUP: the terminal is gone; what was to be saved has been saved"},
    ExitCodeDoc{exit_interrupted, "ended by SIGINT (Ctrl-C), likewise"},
    ExitCodeDoc{exit_nobody_reads, "nobody reads the output any more (SIGPIPE), likewise"},
    ExitCodeDoc{exit_terminated, "ended by SIGTERM, likewise"},
};

/// What `help` is asked about, to have them told.
inline constexpr const char* exit_codes_topic = "exit-codes";

/// A line for each.
inline std::string exit_codes_text() {
  std::string text;
  for (const ExitCodeDoc& row : exit_codes) {
    std::string code = std::to_string(row.code);
    code.insert(0, 3 - code.size(), ' ');
    text += code + "  " + row.means + "\n";
  }
  return text;
}

}  // namespace dnnc::runtime
