#include <gtest/gtest.h>

#include "compiler/native/native.h"
#include "test/unit/graph_text.h"

extern "C" {
/// Kernels of the tests: a program finds what no object has in the process that loads it.
int dnnc_test_calls = 0;
int dnnc_test_succeeds(void*, void*) {
  ++dnnc_test_calls;
  return 0;
}
int dnnc_test_fails(void*, void*) {
  ++dnnc_test_calls;
  return -7;
}
}

namespace dnnc {
namespace {

/// Three kernels in a row before the updates and one that stores; kernel `number` is the one that fails.
Plan failing_at(size_t number) {
  Plan plan = dnnc::plan({{EntryKind::Train,
                           1,
                           graph_of("%a[i: 3] = parameter \"a\"\n%b[i: 3] = sin(%a[i])\n%c[i: 3] = exp(%b[i])\n"
                                    "%d[i: 3] = tanh(%c[i])\n%e[i: 3] = sqrt(%d[i])\n"
                                    "output value \"d\" = %d\noutput update \"a\" = %e into %a\n"),
                           {}}},
                         {0, 0, false});
  for (size_t k = 0; k < plan.entries[0].calls.size(); ++k)
    plan.kernels[plan.entries[0].calls[k].kernel].symbol = k == number ? "dnnc_test_fails" : "dnnc_test_succeeds";
  return plan;
}

TEST(Step, EndsWithTheFirstKernelThatReportsAFault) {
  for (size_t number = 0; number < 4; ++number) {
    const Plan plan = failing_at(number);
    ASSERT_EQ(plan.entries[0].step, runtime::straight_step(4, 3));
    const auto program = load_program(plan, {}, "{}");
    const dnnc_entry& entry = program->program().entries[0];
    dnnc_test_calls = 0;
    dnnc_outcome outcome = entry.compute();
    if (outcome.code == 0) outcome = entry.update();
    EXPECT_EQ(outcome.code, -7);
    EXPECT_EQ(outcome.call, number);
    EXPECT_EQ(dnnc_test_calls, static_cast<int>(number + 1));
    for (size_t k = 0; k < 4; ++k) EXPECT_EQ(entry.calls[k](nullptr), k == number ? -7 : 0);
  }
}

TEST(Step, SaysThatNothingWentWrong) {
  const auto program = load_program(failing_at(4), {}, "{}");
  const dnnc_entry& entry = program->program().entries[0];
  for (const dnnc_outcome outcome : {entry.compute(), entry.update()}) {
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.call, 0u);
  }
}

}  // namespace
}  // namespace dnnc
