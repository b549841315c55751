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
#include "runtime/program/interrupt.h"

namespace dnnc::runtime {
namespace {

/// Why output was lost: an errno, or 0.
std::atomic<int> lost_output{0}, lost_messages{0};
Teller other_teller = nullptr;

/// Whether that is worth a word: a reader who has gone has seen enough, and a signal ends what nobody takes.
bool is_fault(int lost) { return lost != 0 && lost != EPIPE && lost != EINTR; }

void put(int descriptor, std::string_view text, std::atomic<int>& lost) {
  if (lost == 0 && !write_all(descriptor, text.data(), text.size())) lost = errno;
}

/// Takes a number that is free with what can be neither read nor written as it should be: using it is an error.
void fill(int descriptor) {
  if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) return;
  uninterrupted([&] { return ::open(null_device, descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY); });
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

void tell(std::string_view text) {
  if (other_teller && lost_output == 0) other_teller(text);
  else put(STDERR_FILENO, text, lost_messages);
}

void tell_through(Teller teller) { other_teller = teller; }

bool nobody_reads() { return lost_output == EPIPE; }

/// Lost output is worse than what a command has found out, which was in it. Worse than that are signals and bugs.
int end_streams(int code) {
  const int output = lost_output;
  if (is_fault(output)) tell("cannot write to the standard output: " + std::string(std::strerror(output)) + "\n");
  const int messages = lost_messages;
  const bool found_out = code == exit_done || code == exit_wrong || code == exit_usage || code == exit_not_met;
  if (found_out && (is_fault(output) || is_fault(messages))) return exit_input_output;
  if (code != exit_done || (output == 0 && messages == 0)) return code;
  return output == EPIPE || messages == EPIPE ? static_cast<int>(exit_nobody_reads) : exit_code_of(interrupted());
}

}  // namespace dnnc::runtime
