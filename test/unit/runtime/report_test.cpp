#include "runtime/run/report.h"

#include <gtest/gtest.h>

#include <cmath>

#include "loading.h"

namespace dnnc::runtime {
namespace {

TEST(Report, WritesATimeInTheUnitThatFitsIt) {
  EXPECT_EQ(duration(0), "0 ns");
  EXPECT_EQ(duration(131.2e-9), "131.2 ns");
  EXPECT_EQ(duration(27.5e-6), "27.5 us");
  EXPECT_EQ(duration(4.0273e-3), "4.027 ms");
  EXPECT_EQ(duration(0.99996), "1000 ms");
  EXPECT_EQ(duration(1), "1.0 s");
  EXPECT_EQ(duration(99.94), "99.9 s");
  EXPECT_EQ(duration(125), "2:05 min");
}

TEST(Report, WritesNaNWithoutASign) {
  EXPECT_EQ(short_number(std::copysign(NAN, -1.0)), "nan");
  EXPECT_EQ(short_number(-0.25), "-0.2500");
}

/// A history of several runs keeps what each of them has written, but for what is trained again.
TEST(Report, KeepsTheHistoryOfOtherRuns) {
  const Folder folder;
  const auto line = [](const std::string& run, int epoch) {
    return R"({"epoch":)" + std::to_string(epoch) + R"(,"event":"epoch","run":")" + run + R"("})" + "\n";
  };
  const std::string a = line("a", 1) + line("a", 2) + line("a", 3), b = line("b", 1) + line("b", 2) + line("b", 3);
  const auto resumed = [&](const std::string& before, const std::string& run, int64_t epoch) {
    RunOptions options;
    options.history = folder.write("history", before);
    {
      Report report(options);
      report.begin_run(run);
      report.resume_history(epoch, 100);
    }
    const std::vector<char> left = read_file(options.history);
    return std::string(left.begin(), left.end());
  };
  EXPECT_EQ(resumed(a + b, "a", 4), a + b);
  EXPECT_EQ(resumed(a + b, "b", 3), a + line("b", 1) + line("b", 2));
  EXPECT_EQ(resumed(a + b, "a", 2), line("a", 1) + b);
  EXPECT_EQ(resumed(a + b + R"({"epoch":)", "b", 4), a + b) << "a line that was cut off";
  EXPECT_EQ(resumed(a + R"({"epoch":4,"event":"epoch","run":"a","validation":{"loss":1})", "a", 4), a);
  const std::string others = "hello\n\n{\"epoch\":9}\n{\"event\":\"test\",\"run\":\"a\"}\n{\"note\":1}\n";
  EXPECT_EQ(resumed(line("a", 1) + others + line("a", 2) + b + "end", "a", 2), line("a", 1) + others + b + "end\n");
  EXPECT_EQ(resumed(a + line("b\\\"}", 3) + line("a", 3), "a", 3), line("a", 1) + line("a", 2) + line("b\\\"}", 3));
}

}  // namespace
}  // namespace dnnc::runtime
