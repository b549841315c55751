#include "compiler/driver/watch.h"

#include <exception>
#include <optional>
#include <utility>

#include "runtime/program/interrupt.h"

namespace dnnc {
namespace {

using namespace std::chrono_literals;
constexpr auto pace = 20ms, patience = 150ms;

}  // namespace

Watch::Watch(std::function<bool()> overdue, std::function<void()> give_up)
    : overdue_(std::move(overdue)), give_up_(std::move(give_up)) {
  try {
    const runtime::SignalsWait for_this_thread;
    thread_ = std::thread([this] { run(); });
  } catch (const std::exception&) {  // no thread is to be had, or no memory for it
  }
}

Watch::~Watch() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// Holds the mutex while it gives up: work that comes to its end in that moment waits for the end of the process.
void Watch::run() {
  std::optional<std::chrono::steady_clock::time_point> since;
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, pace, [&] { return ends_; })) {
    const auto now = std::chrono::steady_clock::now();
    if (!overdue_()) since.reset();
    else if (!since) since = now;
    else if (now - *since >= patience) return give_up_();
  }
}

}  // namespace dnnc
