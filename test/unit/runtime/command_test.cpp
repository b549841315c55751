#include "runtime/command.h"

#include <gtest/gtest.h>

#include "fake_program.h"
#include "runtime/threads.h"

namespace dnnc::runtime {
namespace {

TEST(RunPrograms, LeavesTheNumberOfThreadsAloneUnlessOneIsGiven) {
  test::FakeProgram fake(test::manifest_text());
  const int before = thread_count();
  set_threads(3);
  EXPECT_EQ(run_programs({&fake.program}, {"info", "--quiet"}), 0);
  EXPECT_EQ(thread_count(), 3);
  EXPECT_EQ(run_programs({&fake.program}, {"info", "--quiet", "--threads", "2"}), 0);
  EXPECT_EQ(thread_count(), 2);
  set_threads(before);
}

}  // namespace
}  // namespace dnnc::runtime
