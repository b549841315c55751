#include "runtime/program/threads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <vector>

#include "runtime/program/interrupt.h"

namespace dnnc::runtime {
namespace {

using Task = int (*)(void*, int, uint8_t*);

void pause() { __builtin_ia32_pause(); }

/// How long a thread without work watches for more before it sleeps: longer than the serial part of a step, so that
/// the next loop finds it awake.
constexpr std::chrono::microseconds watch_time{100};

/// Whether there is a processor for each thread. If not, waiting threads stand in the way of working ones.
bool processors_for(size_t threads) { return threads <= std::max(1u, std::thread::hardware_concurrency()); }

/// One loop at a time: its tasks are claimed by counting `unclaimed` down, and counted when done. A task that has been
/// claimed keeps the loop's data alive, since the loop ends only when all are done; a claim that comes too late, or by
/// a thread that still means an earlier loop, finds no number or takes one of the present loop: both are right.
struct Loop {
  Task task = nullptr;
  void* context = nullptr;
  uint8_t* closure = nullptr;
  int end = 0;  ///< the last number and 1
  alignas(64) std::atomic<int> unclaimed{0};
  alignas(64) std::atomic<int> done{0};
  std::atomic<int> result{0};

  /// Claims and runs tasks until there are none.
  void help() {
    for (int claim; (claim = unclaimed.load(std::memory_order_relaxed)) > 0;) {
      if (!unclaimed.compare_exchange_weak(claim, claim - 1, std::memory_order_acq_rel)) continue;
      if (const int fault = task(context, end - claim, closure)) result.store(fault, std::memory_order_relaxed);
      done.fetch_add(1, std::memory_order_release);
    }
  }
};

thread_local bool within_loop = false;

/// The threads and the loop they share. Kernels reach it through a C function without a context, so there is one in
/// the process.
class Pool {
 public:
  Pool() { resize(static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))); }
  ~Pool() { stop(); }

  int count() const { return count_; }

  void resize(int count) {
    count = std::clamp(count, 1, most_threads);
    if (count == count_) return;
    stop();
    count_ = count;
  }

  int run(Task task, int first, int count, void* context, uint8_t* closure) {
    if (count_ == 1 || count <= 1 || within_loop || busy_.test_and_set(std::memory_order_acquire))
      return run_alone(task, first, count, context, closure);
    start();
    loop_.task = task;
    loop_.context = context;
    loop_.closure = closure;
    loop_.end = first + count;
    loop_.done.store(0, std::memory_order_relaxed);
    loop_.result.store(0, std::memory_order_relaxed);
    loop_.unclaimed.store(count, std::memory_order_release);
    wake();
    within_loop = true;
    loop_.help();
    within_loop = false;
    wait_for(count);
    const int result = loop_.result.load(std::memory_order_relaxed);
    busy_.clear(std::memory_order_release);
    return result;
  }

 private:
  static int run_alone(Task task, int first, int count, void* context, uint8_t* closure) {
    for (int number = first; number < first + count; ++number)
      if (const int fault = task(context, number, closure)) return fault;
    return 0;
  }

  /// Workers begin with the first loop, so that a program without one has none. Kernels, which call this, let nothing through
  /// that is thrown: where the system gives no more threads, or no memory for them, those that there are do all. They leave
  /// signals to the thread that may keep them waiting.
  void start() {
    if (static_cast<int>(workers_.size()) == count_ - 1) return;
    stopping_.store(false);
    watches_ = processors_for(static_cast<size_t>(count_));
    const uint32_t now = round_.load();
    const SignalsWait for_the_thread_that_works;
    try {
      workers_.reserve(static_cast<size_t>(count_ - 1));
      while (static_cast<int>(workers_.size()) < count_ - 1) workers_.emplace_back([this, now] { work(now); });
    } catch (const std::exception&) {
      const int wanted = count_;
      count_ = static_cast<int>(workers_.size()) + 1;
      tell_of_fewer_threads(count_, wanted);
    }
  }

  void stop() {
    stopping_.store(true);
    wake();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

  /// The order of these two and of the two in `sleep` must be kept: else a worker could miss its round.
  void wake() {
    round_.fetch_add(1, std::memory_order_seq_cst);
    if (sleepers_.load(std::memory_order_seq_cst) > 0) round_.notify_all();
  }

  void work(uint32_t seen) {
    within_loop = true;
    while (!stopping_.load(std::memory_order_acquire)) {
      if (!watch(seen)) sleep(seen);
      seen = round_.load(std::memory_order_acquire);
      loop_.help();
    }
  }

  bool watch(uint32_t seen) const {
    if (!watches_) return false;
    const auto end = std::chrono::steady_clock::now() + watch_time;
    do {
      for (int turn = 0; turn < 64; ++turn) {
        if (round_.load(std::memory_order_acquire) != seen) return true;
        pause();
      }
    } while (std::chrono::steady_clock::now() < end);
    return false;
  }

  void sleep(uint32_t seen) {
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    round_.wait(seen, std::memory_order_seq_cst);
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
  }

  /// The last tasks of a loop may be with workers that have lost their processor: then give them ours.
  void wait_for(int count) const {
    for (int turn = 0; loop_.done.load(std::memory_order_acquire) < count; ++turn)
      if (watches_ && turn < 4096) pause();
      else std::this_thread::yield();
  }

  Loop loop_;
  alignas(64) std::atomic<uint32_t> round_{0};
  std::atomic<int> sleepers_{0};
  std::atomic<bool> stopping_{false};
  std::atomic_flag busy_;
  std::vector<std::thread> workers_;
  int count_ = 0;
  bool watches_ = true;
};

std::atomic<void (*)(int, int)> teller = nullptr;

Pool& pool() {
  static Pool the_pool;
  return the_pool;
}

}  // namespace

void set_threads(int count) { pool().resize(count); }
int thread_count() { return pool().count(); }

int parallel_for(Task task, int first, int count, void* context, uint8_t* closure) {
  return pool().run(task, first, count, context, closure);
}

void run_on_threads(int count, const std::function<void()>& work) {
  std::vector<std::thread> others;
  try {
    const SignalsWait for_this_thread;  // those that are started leave signals to it
    others.reserve(static_cast<size_t>(std::max(0, count - 1)));
    while (static_cast<int>(others.size()) < count - 1) others.emplace_back(work);
  } catch (const std::exception&) {
    tell_of_fewer_threads(static_cast<int>(others.size()) + 1, count);
  }
  work();
  for (std::thread& thread : others) thread.join();
}

void on_fewer_threads(void (*tell)(int started, int wanted)) { teller = tell; }

void tell_of_fewer_threads(int started, int wanted) {
  if (void (*const tell)(int, int) = teller) tell(started, wanted);
}

}  // namespace dnnc::runtime
