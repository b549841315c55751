#include "runtime/files/streams.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
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

using Clock = std::chrono::steady_clock;
constexpr auto between_drawings = std::chrono::milliseconds(50);
constexpr std::string_view wiping = "\r\033[J";

std::mutex drawing;  // of what follows, and of the terminal while something is written to it
std::optional<Clock::time_point> drawn_at;
volatile std::sig_atomic_t something_drawn = 0;

void wipe() {
  if (something_drawn) put(STDERR_FILENO, wiping, lost_messages);
  something_drawn = 0;
}

/// In a handler of signals, where hardly anything may be called.
void wipe_at_the_end() {
  if (something_drawn && ::write(STDERR_FILENO, wiping.data(), wiping.size()) > 0) something_drawn = 0;
}

/// As much of a line as has so many columns. Letters of which some are wider count as two.
std::string_view cut(std::string_view line, size_t columns) {
  constexpr unsigned char first_wide = 0xE1, braille_and_lines = 0xE2;
  for (size_t at = 0, used = 0; at < line.size(); ++at) {
    const auto byte = static_cast<unsigned char>(line[at]);
    if ((byte & 0xC0) == 0x80) continue;
    used += byte >= first_wide && byte != braille_and_lines ? 2 : 1;
    if (used > columns) return line.substr(0, at);
  }
  return line;
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

void print(std::string_view text) {
  const std::scoped_lock lock(drawing);
  wipe();
  put(STDOUT_FILENO, text, lost_output);
}

TerminalSize terminal_size() {
  winsize size{};
  TerminalSize found;
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return found;
  if (size.ws_col > 1) found.columns = size.ws_col;
  if (size.ws_row > 1) found.lines = size.ws_row;
  return found;
}

bool passing_is_due() {
  const std::scoped_lock lock(drawing);
  return !drawn_at || Clock::now() - *drawn_at >= between_drawings;
}

void draw_passing(std::string_view text) {
  const std::scoped_lock lock(drawing);
  if (text.empty()) return wipe();
  const Clock::time_point now = Clock::now();
  if (drawn_at && now - *drawn_at < between_drawings) return;
  drawn_at = now;
  before_ending(wipe_at_the_end);
  const TerminalSize size = terminal_size();
  std::string drawing(wiping);
  size_t lines = 1;
  for (; !text.empty() && lines < size.lines; ++lines) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (lines > 1) drawing += "\r\n";
    drawing += cut(text.substr(0, end), size.columns - 1);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (lines > 2) drawing += "\033[" + std::to_string(lines - 2) + "A";
  something_drawn = 1;
  put(STDERR_FILENO, drawing + "\r", lost_messages);
}

bool draws_on_terminal() {
  const char* const terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) && terminal && std::strcmp(terminal, "dumb") != 0;
}

void tell(std::string_view text) {
  if (other_teller && lost_output == 0) return other_teller(text);
  const std::scoped_lock lock(drawing);
  wipe();
  put(STDERR_FILENO, text, lost_messages);
}

void tell_through(Teller teller) { other_teller = teller; }

bool nobody_reads() { return lost_output == EPIPE; }

/// Lost output is worse than what a command has found out, which was in it. Worse than that are signals and bugs.
int end_streams(int code) {
  draw_passing("");
  const int output = lost_output;
  if (is_fault(output)) tell("cannot write to the standard output: " + std::string(std::strerror(output)) + "\n");
  const int messages = lost_messages;
  const bool found_out = code == exit_done || code == exit_wrong || code == exit_usage || code == exit_not_met;
  if (found_out && (is_fault(output) || is_fault(messages))) return exit_input_output;
  if (code != exit_done || (output == 0 && messages == 0)) return code;
  return output == EPIPE || messages == EPIPE ? static_cast<int>(exit_nobody_reads) : exit_code_of(interrupted());
}

}  // namespace dnnc::runtime
