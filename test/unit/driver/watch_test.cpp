#include "compiler/driver/watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace dnnc {
namespace {

TEST(Watch, GivesUpOnceWorkIsOverdueForAWhile) {
  std::promise<int> given_up;
  std::atomic<int> asked = 0;
  const Watch watch([&] { return ++asked > 3; }, [&] { given_up.set_value(asked); });
  EXPECT_GT(given_up.get_future().get(), 4) << "it would have come to its end by itself";
}

TEST(Watch, LeavesWorkAloneThatEnds) {
  std::promise<void> seen;
  std::atomic<int> asked = 0, given_up = 0;
  {
    const Watch watch(
        [&] {
          if (++asked == 40) seen.set_value();
          return asked % 2 == 0;
        },
        [&] { ++given_up; });
    seen.get_future().wait();
  }
  EXPECT_EQ(given_up, 0);
}

}  // namespace
}  // namespace dnnc
