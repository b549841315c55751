#include "compiler/driver/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <exception>
#include <utility>

#include "runtime/files/streams.h"
#include "runtime/program/interrupt.h"

namespace dnnc {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds terminal_patience = 1s, redraw_pace = 100ms, line_pace = 10s;

/// A line that is longer than the terminal is wide could not be wiped.
std::string fitting(std::string text) {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  if (known && text.size() >= size.ws_col) text.resize(size.ws_col - 1u);
  return text;
}

}  // namespace

Progress::Progress(bool terminal, std::chrono::milliseconds patience)
    : terminal_(terminal), next_(std::chrono::steady_clock::now() + (terminal ? terminal_patience : patience)) {
  try {
    const runtime::SignalsWait for_this_thread;  // which may keep them waiting while it writes
    thread_ = std::thread([this] { run(); });
  } catch (const std::exception&) {  // no thread is to be had, or no memory for it: nothing is said
  }
}

Progress::~Progress() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  wipe_drawn();
}

void Progress::show(Text text) {
  const std::scoped_lock lock(mutex_);
  text_ = std::move(text);
}

void Progress::wipe() {
  const std::scoped_lock lock(mutex_);
  wipe_drawn();
}

void Progress::wipe_drawn() {
  if (!drawn_.empty()) runtime::tell("\r\033[K");
  drawn_.clear();
}

void Progress::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_until(lock, next_, [&] { return ends_; })) {
    draw();
    next_ = std::chrono::steady_clock::now() + (terminal_ ? redraw_pace : line_pace);
  }
}

void Progress::draw() {
  const std::string text = text_ ? text_() : "";
  if (text.empty()) return;
  if (!terminal_) return runtime::tell(text + "\n");
  const std::string line = fitting(text);
  if (line != drawn_) runtime::tell("\r\033[K" + line);
  drawn_ = line;
}

}  // namespace dnnc
