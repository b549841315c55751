#pragma once
#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dnnc {

/// Thrown where Effort::stop says so.
struct Stopped {};

/// How a computation that may take long is made. What it gives does not depend on it.
struct Effort {
  int threads = 1;
  std::function<bool()> stop = nullptr;  ///< asked many times a second, by any thread; empty: never

  bool is_over() const { return stop && stop(); }
  void expect_going_on() const {
    if (is_over()) throw Stopped();
  }
};

/// Calls work() on so many threads, this one among them, or on as many as can be started, and returns when all are done. What
/// one of them throws is thrown again.
template <class Work>
void on_threads(int threads, Work work) {
  std::exception_ptr fault;
  std::mutex mutex;
  const auto guarded = [&] {
    try {
      work();
    } catch (...) {
      const std::scoped_lock lock(mutex);
      if (!fault) fault = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  try {
    for (int number = 1; number < threads; ++number) others.emplace_back(guarded);
  } catch (const std::exception&) {  // no more threads are to be had, or no memory for them
  }
  guarded();
  for (std::thread& other : others) other.join();
  if (fault) std::rethrow_exception(fault);
}

/// Calls work(number) for each number below `count`, on threads that take one after the other.
template <class Work>
void for_each_number(size_t count, int threads, Work work) {
  std::atomic<size_t> next{0};
  on_threads(static_cast<int>(std::min<size_t>(threads, count)), [&] {
    for (size_t number = next++; number < count; number = next++) work(number);
  });
}

}  // namespace dnnc
