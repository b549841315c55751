#include "runtime/run/bench_table.h"

#include <gtest/gtest.h>

#include "fake_training.h"

namespace dnnc::runtime {
namespace {

struct BenchTable : testing::Test {
  BenchTable() {
    figures.peak = 1e9;
    figures.examples = 2.5;
    figures.step = figures.step_on_one = {0.5, 0.1, 0.2, 0.1};
    figures.call_seconds = {0.1, 0.1};
    figures.call_shares = {1, 1};
  }
  bool says(const std::string& text) const { return bench_text(figures).find(text) != std::string::npos; }
  const Manifest manifest = test::fake_training_manifest();
  BenchFigures figures{manifest, manifest.entries[1]};
};

TEST_F(BenchTable, CountsTheExamplesThatStepsHave) { EXPECT_TRUE(says("step 500 ms on 1 thread, 5 examples/s\n")); }

TEST_F(BenchTable, SaysThatOtherProgramsHadTheProcessor) {
  EXPECT_FALSE(says("other programs"));
  figures.processor_share = 0.4;
  EXPECT_TRUE(says("\nother programs had the processor for 60% of the time: "));
}

TEST(StepSeconds, HaveNoBookkeepingThatCannotBeToldFromRounding) {
  EXPECT_EQ((StepSeconds{0.3, 0.1, 0.2 - 1e-17, 0}.bookkeeping()), 0);
  EXPECT_NEAR((StepSeconds{0.3, 0.1, 0.1, 0.05}.bookkeeping()), 0.05, 1e-9);
}

}  // namespace
}  // namespace dnnc::runtime
