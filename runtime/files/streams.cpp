#include "runtime/files/streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "runtime/files/descriptor.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// Why output was lost: an errno, or 0.
std::atomic<int> lost_output{0}, lost_messages{0};

void put(int descriptor, std::string_view text, std::atomic<int>& lost) {
  if (lost == 0 && !write_all(descriptor, text.data(), text.size())) lost = errno;
}

/// Takes a number that is free with what can be neither read nor written as it should be: using it is an error.
void fill(int descriptor) {
  if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) return;
  uninterrupted([&] { return ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY); });
}

}  // namespace

void begin_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) fill(descriptor);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void print(std::string_view text) { put(STDOUT_FILENO, text, lost_output); }
bool draws_on_terminal() {
  const char* const terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) && terminal && std::strcmp(terminal, "dumb") != 0;
}

void tell(std::string_view text) { put(STDERR_FILENO, text, lost_messages); }

bool nobody_reads() { return lost_output == EPIPE; }

int end_streams(int code) {
  if (code != exit_done) return code;
  if (nobody_reads()) return exit_nobody_reads;
  if (lost_output == 0) return lost_messages == 0 ? code : static_cast<int>(exit_input_output);
  tell("cannot write to the standard output: " + std::string(std::strerror(lost_output)) + "\n");
  return exit_input_output;
}

}  // namespace dnnc::runtime
