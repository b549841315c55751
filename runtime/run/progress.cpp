#include "runtime/run/progress.h"

#include <exception>
#include <utility>

#include "runtime/files/streams.h"
#include "runtime/program/interrupt.h"

namespace dnnc::runtime {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds terminal_patience = 1s, redraw_pace = 100ms, line_pace = 10s;

}  // namespace

Progress::Progress(bool terminal, std::chrono::milliseconds patience) : Progress(terminal, first(terminal, patience)) {}

Progress::Progress(bool terminal, Clock::time_point next) : terminal_(terminal), next_(next) {
  try {
    const SignalsWait for_this_thread;  // which may keep them waiting while it writes
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
  if (terminal_) draw_passing("");
}

void Progress::show(Text text) {
  const std::scoped_lock lock(mutex_);
  text_ = std::move(text);
}

void Progress::wait_for(Text text) {
  const std::scoped_lock lock(mutex_);
  waits_for_ = std::move(text);
}

Progress::Clock::time_point Progress::next() {
  const std::scoped_lock lock(mutex_);
  return next_;
}

Progress::Clock::time_point Progress::first(bool terminal, std::chrono::milliseconds patience) {
  return Clock::now() + (terminal ? terminal_patience : patience);
}

void Progress::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_until(lock, next_, [&] { return ends_; })) {
    draw();
    next_ = Clock::now() + (terminal_ ? redraw_pace : line_pace);
  }
}

std::string Progress::text() const {
  const std::string does = text_ ? text_() : "", waits_for = waits_for_ ? waits_for_() : "";
  return does + (does.empty() || waits_for.empty() ? "" : "; ") + waits_for;
}

void Progress::draw() {
  const std::string text = this->text();
  if (text.empty()) return;
  if (!terminal_) return tell(text + "\n");
  draw_passing(text);
}

}  // namespace dnnc::runtime
