#include "runtime/program/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace dnnc::runtime {
namespace {

struct Counts {
  std::vector<std::atomic<int>> times;
  explicit Counts(size_t count) : times(count) {}
};

int count_task(void* context, int number, uint8_t*) {
  static_cast<Counts*>(context)->times[static_cast<size_t>(number - 3)].fetch_add(1);
  return 0;
}

void expect_each_once(int count) {
  Counts counts(static_cast<size_t>(count));
  EXPECT_EQ(parallel_for(count_task, 3, count, &counts, nullptr), 0);
  for (const auto& times : counts.times) ASSERT_EQ(times.load(), 1);
}

TEST(Threads, RunEachTaskOnceForAnyNumberOfThreads) {
  for (int threads : {1, 2, 3, 4, 7}) {
    set_threads(threads);
    EXPECT_EQ(thread_count(), threads);
    for (int repetition = 0; repetition < 300; ++repetition) expect_each_once(1 + repetition % 37);
  }
}

TEST(Threads, SleepAndWakeUp) {
  set_threads(2);
  for (int repetition = 0; repetition < 20; ++repetition) {
    expect_each_once(16);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

struct Passed {
  std::vector<int> from, to;
};

int pass_task(void* context, int number, uint8_t*) {
  auto& [from, to] = *static_cast<Passed*>(context);
  const size_t at = static_cast<size_t>(number);
  to[at] = from[from.size() - 1 - at] + 1;
  return 0;
}

/// Plain memory: the thread sanitizer reports if a loop did not wait for the one before it.
TEST(Threads, SeeWhatTheLoopBeforeWrote) {
  set_threads(4);
  constexpr int loop_length = 64, loops = 200;
  Passed passed{std::vector<int>(loop_length), std::vector<int>(loop_length)};
  for (int loop = 0; loop < loops; ++loop) {
    EXPECT_EQ(parallel_for(pass_task, 0, loop_length, &passed, nullptr), 0);
    std::swap(passed.from, passed.to);
  }
  EXPECT_EQ(passed.from, std::vector<int>(loop_length, loops));
}

struct Meeting {
  std::atomic<int> arrived = 0;
  int expected = 0;
  std::vector<int> written;
};

/// Waits until as many tasks run as there are threads: each has one then. 1 if they do not come.
int meet_task(void* context, int number, uint8_t*) {
  auto& [arrived, expected, written] = *static_cast<Meeting*>(context);
  ++written[static_cast<size_t>(number)];
  ++arrived;
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (arrived < expected && std::chrono::steady_clock::now() < late) std::this_thread::yield();
  return arrived < expected;
}

/// On a busy machine the caller alone may do all tasks of a loop before others have begun; not these. Plain memory goes
/// from each thread to the caller and on to another thread.
TEST(Threads, AllTakePartAtOnce) {
  for (int threads : {2, 4}) {
    set_threads(threads);
    constexpr int loops = 50;
    std::vector<int> written(static_cast<size_t>(threads));
    for (int loop = 0; loop < loops; ++loop) {
      Meeting meeting{0, threads, std::move(written)};
      ASSERT_EQ(parallel_for(meet_task, 0, threads, &meeting, nullptr), 0);
      written = std::move(meeting.written);
    }
    EXPECT_EQ(written, std::vector<int>(static_cast<size_t>(threads), loops));
  }
}

TEST(Threads, GiveBackAFault) {
  set_threads(2);
  const auto task = [](void*, int number, uint8_t*) { return number == 5 ? 42 : 0; };
  EXPECT_EQ(parallel_for(task, 0, 10, nullptr, nullptr), 42);
  EXPECT_EQ(parallel_for(task, 6, 10, nullptr, nullptr), 0);
}

int nested_task(void* context, int, uint8_t*) { return parallel_for(count_task, 3, 5, context, nullptr); }

TEST(Threads, RunALoopWithinALoop) {
  set_threads(2);
  Counts counts(5);
  EXPECT_EQ(parallel_for(nested_task, 0, 9, &counts, nullptr), 0);
  for (const auto& times : counts.times) EXPECT_EQ(times.load(), 9);
}

TEST(Threads, ServeSeveralCallers) {
  set_threads(2);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([] {
      for (int repetition = 0; repetition < 200; ++repetition) expect_each_once(11);
    });
  for (std::thread& caller : callers) caller.join();
}

TEST(Threads, AreAtLeastOne) {
  set_threads(0);
  EXPECT_EQ(thread_count(), 1);
  expect_each_once(4);
}

TEST(Threads, AreStartedForWorkOfAnyKind) {
  for (const int count : {-1, 0, 1, 2, 5}) {
    std::atomic<int> calls = 0;
    run_on_threads(count, [&] { ++calls; });
    EXPECT_EQ(calls, std::max(count, 1));
  }
}

TEST(Threads, ThatDoNotStartAreTold) {
  static int told = 0;
  on_fewer_threads([](int started, int wanted) { told = 100 * started + wanted; });
  tell_of_fewer_threads(3, 8);
  EXPECT_EQ(told, 308);
  on_fewer_threads(nullptr);
  tell_of_fewer_threads(1, 2);
  EXPECT_EQ(told, 308);
}

}  // namespace
}  // namespace dnnc::runtime
