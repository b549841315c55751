#include "runtime/run/progress.h"

#include <gtest/gtest.h>

#include <atomic>

namespace dnnc::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Progress, IsALineNowAndThenWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress(false, 20ms);
    std::atomic<bool> asked = false;
    progress.show([&] { return asked = true, "mixing: 3 of 7 parts"; });
    while (!asked) std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "mixing: 3 of 7 parts\n") << "the next comes after ten seconds";
}

TEST(Progress, IsALineThatIsWipedOnATerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress(true, 0ms);
    std::atomic<int> asked = 0;
    progress.show([&] { return ++asked < 3 ? "first" : "second"; });
    while (asked < 4) std::this_thread::sleep_for(1ms);
    progress.show(nullptr);
  }
  const std::string drawn = testing::internal::GetCapturedStderr(), begin = "\r\033[J";
  EXPECT_TRUE(drawn.starts_with(begin + "first\r")) << drawn;
  EXPECT_NE(drawn.find(begin + "second\r"), drawn.npos) << drawn;
  EXPECT_TRUE(drawn.ends_with(begin)) << drawn;
}

TEST(Progress, SaysNothingOfWhatIsDoneSoon) {
  testing::internal::CaptureStderr();
  for (const bool terminal : {false, true}) Progress(terminal, 10s).show([] { return "soon done"; });
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace dnnc::runtime
