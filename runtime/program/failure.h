#pragma once
#include <stdexcept>
#include <string>

#include "runtime/program/exit_codes.h"

namespace dnnc::runtime {

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
