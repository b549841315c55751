#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/kernels/kernel.h"
#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"

// What recurrences of a graph become in its plan; that values are right is tested in run_plan_test.cpp.
namespace dnnc {
namespace {

using runtime::Direction, runtime::Loop;

constexpr FusionLimits shared_out = {.least_rows = 8};

Plan plan_of(const std::string& text, const FusionLimits& limits = shared_out) {
  Plan plan = dnnc::plan({{EntryKind::Train, 32, graph_of(text), {}}}, limits);
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  return plan;
}

/// The loops of what an entry computes, not those within them.
std::vector<Loop> loops_of(const Plan& plan) {
  std::vector<Loop> loops;
  for (const runtime::StepPart& part : plan.entries[0].step.compute)
    if (const auto* loop = std::get_if<Loop>(&part.is)) loops.push_back(*loop);
  return loops;
}

std::vector<KernelClass> kinds_of(const Plan& plan, const Loop& loop) {
  std::vector<KernelClass> kinds;
  runtime::for_each_call(loop.body, [&](size_t call, const runtime::Nest&) {
    kinds.push_back(plan.kernels[plan.entries[0].calls[call].kernel].kind);
  });
  return kinds;
}

const char* const recurrent = R"(
%x[n: batch 32, t: 7, j: 16] = field "x"
%u[k: 16, j: 16] = parameter "u"
%a[n: batch 32, t: 7, j: 16] = %x[n, t, j] * 2
recurrence 7 forward along %s[t], %h[t]
%s[n: batch 32, t: 7, j: 16] = sum[k: 16](%h[n, t - 1, k else 1] * %u[k, j])
%h[n: batch 32, t: 7, j: 16] = tanh(%s[n, t, j] + %a[n, t, j])
%z[n: batch 32, j: 16] = %h[n, 6, j]
output result "z" = %z
)";

TEST(Loops, StandBetweenWhatTheyReadAndWhatReadsThem) {
  const Plan plan = plan_of(recurrent, {0, 0, true, 0});
  const std::vector<Loop> loops = loops_of(plan);
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].extent, 7);
  EXPECT_EQ(loops[0].direction, Direction::Forward);
  EXPECT_EQ(kinds_of(plan, loops[0]), std::vector<KernelClass>{KernelClass::Contraction}) << "one kernel a trip";
  EXPECT_FALSE(loops[0].trip) << "windows move";
}

TEST(Loops, ShareOutTheRowsOfABatch) {
  const std::vector<Loop> loops = loops_of(plan_of(recurrent));
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].direction, Direction::Any);
  EXPECT_EQ(loops[0].extent, 4) << "8 rows each";
  EXPECT_EQ(std::get<Loop>(loops[0].body[0].is).extent, 7);
}

TEST(Loops, ShareOutNoRowsThatAreMadeOfEachOther) {
  std::string text = recurrent;
  text.replace(text.find("%s[n, t, j] +"), 13, "%s[31 - n, t, j] +");
  for (size_t at; (at = text.find("n: batch 32")) != std::string::npos;) text.replace(at, 11, "n: 32");
  const std::vector<Loop> loops = loops_of(plan_of(text));
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].direction, Direction::Forward);
}

TEST(Loops, TurnMatricesOnceBeforeThem) {
  std::string text = recurrent;
  text.replace(text.find("%u[k, j])"), 9, "%u[j, k])");
  const Plan plan = plan_of(text, {0, 0, true, 0});
  const Entry& entry = plan.entries[0];
  ASSERT_EQ(loops_of(plan).size(), 1u);
  std::vector<std::string> products;
  runtime::for_each_call(loops_of(plan)[0].body, [&](size_t call, const runtime::Nest&) {
    products.push_back(print(plan.kernels[entry.calls[call].kernel]));
  });
  ASSERT_EQ(products.size(), 1u);
  EXPECT_NE(products[0].find("* %i1[r0, a1])"), std::string::npos) << products[0];
  EXPECT_EQ(std::ranges::count_if(entry.calls, [](const KernelCall& call) { return call.name == "u"; }), 1);
}

TEST(Loops, MultiplyFirstWhatOneOfTwoMatricesKnows) {
  const Plan plan = plan_of(R"(
%r[n: batch 32, t: 7, j: 16] = field "r"
%u[k: 16, j: 16] = parameter "u"
recurrence 7 backward along %s[t]
%s[n: batch 32, t: 7, j: 16] = sum[k: 16](%r[n, t, k] * %s[n, t + 1, k else 1] * %u[k, j])
output result "s" = %s
)",
                            {0, 0});
  const std::vector<Loop> loops = loops_of(plan);
  ASSERT_EQ(loops.size(), 1u);
  const auto kinds = kinds_of(plan, loops[0]);
  EXPECT_EQ(std::ranges::count(kinds, KernelClass::Contraction), 1);
  EXPECT_EQ(std::ranges::count(kinds, KernelClass::Reduction), 0);
}

const char* const masked = R"(
%x[n: batch 32, t: 7, j: 16] = field "x"
%real[n: batch 32]: int = field "real"
%u[k: 16, j: 16] = parameter "u"
recurrence 7 forward along %s[t], %a[t], %h[t]
%s[n: batch 32, t: 7, j: 16] = sum[k: 16](%h[n, t - 1, k else 0] * %u[k, j])
%a[n: batch 32, t: 7, j: 16] = tanh(%s[n, t, j] + %x[n, t, j])
%h[n: batch 32, t: 7, j: 16] = select(t < %real[n], %a[n, t, j], %h[n, t - 1, j else 0])
%z[n: batch 32, j: 16] = %h[n, 6, j]
%loss = sum[n: batch 32, j: 16](%z[n, j] * %z[n, j])
%g[k: 16, j: 16] = gradient of %loss by %u
output result "z" = %z
output value "g" = %g
)";

Plan plan_of_masked(const std::string& text, const FusionLimits& limits = shared_out) {
  const Graph graph = drop_dead(simplify(differentiate(graph_of(text))));
  Plan plan = dnnc::plan({{EntryKind::Train, 32, graph, {}}}, limits);
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  return plan;
}

/// How many loops make less of idle trips.
int with_idle_trips(const Plan& plan) {
  int found = 0;
  for (const Loop& loop : loops_of(plan)) {
    const Loop& trips = loop.direction == Direction::Any ? std::get<Loop>(loop.body[0].is) : loop;
    if (!trips.at_work) continue;
    ++found;
    for (const runtime::StepPart& part : trips.idle)
      EXPECT_NE(plan.kernels[plan.entries[0].calls[std::get<size_t>(part.is)].kernel].kind, KernelClass::Contraction);
  }
  return found;
}

TEST(Loops, MultiplyNothingInTripsBehindTheLongestRow) {
  EXPECT_EQ(with_idle_trips(plan_of_masked(masked)), 2) << "that of the formulas, and its adjoint";
  EXPECT_EQ(with_idle_trips(plan_of_masked(masked, {0, 0, true, 0})), 2) << "of all rows";
  EXPECT_EQ(with_idle_trips(plan_of_masked(masked, {.asks_numbers = false})), 0) << "on a device";
}

TEST(Loops, MakeAllOfATripOfWhichSomethingIsRead) {
  const std::string text = masked + std::string("output value \"a\" = %a\n");
  EXPECT_EQ(with_idle_trips(plan_of_masked(text)), 1) << "that of the adjoint";
}

TEST(Loops, AreAsLongAsTheirCodeIsNot) {
  std::string text = recurrent;
  const size_t kernels = plan_of(text).kernels.size();
  for (size_t at; (at = text.find("t: 7")) != std::string::npos;) text.replace(at, 4, "t: 2000");
  text.replace(text.find("recurrence 7"), 12, "recurrence 2000");
  const Plan plan = plan_of(text);
  EXPECT_EQ(plan.kernels.size(), kernels);
  EXPECT_EQ(std::get<Loop>(loops_of(plan)[0].body[0].is).extent, 2000);
}

}  // namespace
}  // namespace dnnc
