#include "compiler/driver/progress.h"

#include <exception>
#include <utility>

#include "runtime/files/streams.h"
#include "runtime/program/interrupt.h"

namespace dnnc {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds terminal_patience = 1s, redraw_pace = 100ms, line_pace = 10s;

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
  if (terminal_) runtime::draw_passing("");
}

void Progress::show(Text text) {
  const std::scoped_lock lock(mutex_);
  text_ = std::move(text);
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
  runtime::draw_passing(text);
}

}  // namespace dnnc
