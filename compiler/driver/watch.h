#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace dnnc {

/// Looks after work that ought to end by itself when it is asked to, but may be where it does not look: then the process has to
/// end without it. Where no thread is to be had nobody looks.
class Watch {
 public:
  /// `overdue` is asked many times a second, by a thread of its own. Once it has been true for a while, that thread calls
  /// `give_up`, which ends the process.
  Watch(std::function<bool()> overdue, std::function<void()> give_up);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  void run();

  std::function<bool()> overdue_;
  std::function<void()> give_up_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace dnnc
