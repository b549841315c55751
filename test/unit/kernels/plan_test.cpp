#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "compiler/kernels/kernel.h"
#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

/// Two layers of the same shape, and momentum for one of the weights.
constexpr const char* two_layers = R"(
%x[n: batch 64, i: 40] = field "x"
%w1[i: 40, j: 40] = parameter "w1"
%w2[i: 40, j: 40] = parameter "w2"
%v[i: 40, j: 40] = optimizer_state "w1:v"
%rate = setting "rate_scale"
%z1[n: batch 64, j: 40] = sum[i: 40](%x[n, i] * %w1[i, j])
%z2[n: batch 64, j: 40] = sum[i: 40](%z1[n, i] * %w2[i, j])
%loss = sum[n: batch 64, j: 40](%z2[n, j])
%g2[i: 40, j: 40] = sum[n: batch 64](%z1[n, i])
%g1[i: 40, j: 40] = sum[n: batch 64](%x[n, i])
%v_new[i: 40, j: 40] = 0.9 * %v[i, j] + %g1[i, j]
%w1_new[i: 40, j: 40] = %w1[i, j] - %rate * %v_new[i, j]
%w2_new[i: 40, j: 40] = %w2[i, j] - %rate * %g2[i, j]
output loss "loss" = %loss
output value "gradient of w1" = %g1
output value "gradient of w2" = %g2
output update "w1:v" = %v_new into %v
output update "w1" = %w1_new into %w1
output update "w2" = %w2_new into %w2
)";

Plan plan_of(const std::string& text) { return plan({{EntryKind::Train, 4, graph_of(text), {}}}); }

const Entry::Port& port(const std::vector<Entry::Port>& ports, const std::string& name) {
  return *std::find_if(ports.begin(), ports.end(), [&](const Entry::Port& p) { return p.name == name; });
}

bool names(const std::vector<std::string>& faults, const std::string& what) {
  return std::any_of(faults.begin(), faults.end(),
                     [&](const std::string& fault) { return fault.find(what) != std::string::npos; });
}

TEST(Plan, IsValid) { EXPECT_EQ(verify(plan_of(two_layers)), std::vector<std::string>()); }

TEST(Plan, LaysMemoryOutAsTheTargetNeedsIt) {
  for (const runtime::MemoryLayout& memory : {runtime::cpu_memory, runtime::MemoryLayout{256, 0}}) {
    Plan plan = dnnc::plan({{EntryKind::Train, 4, graph_of(two_layers), {}}}, {}, memory);
    EXPECT_EQ(verify(plan), std::vector<std::string>());
    for (const Buffer& buffer : plan.buffers) EXPECT_EQ(buffer.offset % memory.alignment, 0) << buffer.name;
    plan.memory.alignment = 4096;
    EXPECT_TRUE(names(verify(plan), "is not aligned"));
  }
}

TEST(Plan, SharesEqualKernels) {
  const Plan plan = plan_of(two_layers);
  const Entry& entry = plan.entries[0];
  const auto call_of = [&](const std::string& name) {
    return *std::find_if(entry.calls.begin(), entry.calls.end(), [&](const KernelCall& c) { return c.name == name; });
  };
  EXPECT_EQ(call_of("z1").kernel, call_of("z2").kernel);
  EXPECT_LT(plan.kernels.size(), entry.calls.size());
}

/// Updates of weights of different shapes, and their first values: one kernel each.
TEST(Plan, SharesKernelsOfAnyLength) {
  const Plan plan = plan_of(R"(
%a[i: 300, j: 200] = parameter "a"
%b[i: 70000] = parameter "b"
%rate = setting "rate_scale"
%start_a[i: 300, j: 200] = exp(%rate)
%start_b[i: 70000] = exp(%rate)
%a_new[i: 300, j: 200] = %a[i, j] * (1 - %rate) + 1
%b_new[i: 70000] = %b[i] * (1 - %rate) + 1
output value "start a" = %start_a
output value "start b" = %start_b
output update "a" = %a_new into %a
output update "b" = %b_new into %b
)");
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  EXPECT_EQ(plan.entries[0].calls.size(), 4u);
  EXPECT_EQ(plan.kernels.size(), 2u);
}

TEST(Plan, SharesNoKernelsThatKnowTheirPlace) {
  const Plan plan = plan_of(R"(
%a[i: 50000] = field "a"
%b[i: 60000] = field "b"
%place_a[i: 50000] = %a[i] + i
%place_b[i: 60000] = %b[i] + i
%turned_a[i: 50000] = %a[49999 - i]
%turned_b[i: 60000] = %b[59999 - i]
output value "place a" = %place_a
output value "place b" = %place_b
output value "turned a" = %turned_a
output value "turned b" = %turned_b
)");
  EXPECT_EQ(plan.kernels.size(), 4u);
}

TEST(Plan, UpdatesInPlaceAfterAllElse) {
  const Plan plan = plan_of(two_layers);
  const Entry& entry = plan.entries[0];
  for (const char* name : {"w1", "w2", "w1:v"})
    EXPECT_EQ(port(entry.outputs, name).buffer, port(entry.inputs, name).buffer) << name;
  ASSERT_FALSE(entry.step.update.empty());
  runtime::for_each_call(entry.step.update, [&](size_t number, const runtime::Nest&) {
    for (int input : plan.kernels[entry.calls[number].kernel].in_place) EXPECT_GE(input, 0) << entry.calls[number].name;
  });
}

TEST(Plan, KeepsWhatOutlivesAStepInFront) {
  const Plan plan = plan_of(two_layers);
  for (const Entry::Port& input : plan.entries[0].inputs)
    EXPECT_EQ(plan.buffers[input.buffer].offset < plan.kept_bytes, input.role != InputRole::Field) << input.name;
}

TEST(Plan, WatchesWhatTheGraphShowsBesidesUpdates) {
  const Plan plan = plan_of(two_layers);
  ASSERT_EQ(plan.entries[0].guards.size(), 3u);
  EXPECT_EQ(plan.entries[0].guards[1].name, "gradient of w2");
  EXPECT_EQ(plan.entries[0].guards[2].name, "loss") << "a gradient tells more";
}

TEST(Plan, CopiesAnUpdateThatReadsItsTargetElsewhere) {
  const Plan plan = plan_of(R"(
%s[i: 5] = state "s"
%s_new[i: 5] = %s[4 - i]
output update "s" = %s_new into %s
)");
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  const Entry& entry = plan.entries[0];
  ASSERT_EQ(entry.calls.size(), 2u);
  EXPECT_EQ(entry.calls[1].name, "copy of s_new");
  EXPECT_NE(entry.calls[0].buffers[1], port(entry.inputs, "s").buffer);
}

TEST(Plan, StoresAStateThatTheLossReadsOnlyAfterTheLoss) {
  const Plan plan = plan_of(R"(
%s[i: 5] = state "s"
%s_new[i: 5] = %s[i] + 1
%loss = sum[i: 5](%s_new[i])
output loss "loss" = %loss
output update "s" = %s_new into %s
)");
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  const Entry& entry = plan.entries[0];
  ASSERT_EQ(entry.step, runtime::straight_step(2, 1));
  EXPECT_EQ(entry.calls[1].buffers.back(), port(entry.inputs, "s").buffer);
}

TEST(Plan, SwapsTwoStates) {
  const Plan plan = plan_of(R"(
%a[i: 5] = state "a"
%b[i: 5] = state "b"
output update "a" = %b into %a
output update "b" = %a into %b
)");
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  EXPECT_EQ(plan.entries[0].step, runtime::straight_step(4, 2));
}

TEST(Plan, LeavesAFrozenParameterAlone) {
  const Plan plan = plan_of(R"(
%a[i: 5] = parameter "a"
output update "a" = %a into %a
)");
  EXPECT_TRUE(plan.entries[0].calls.empty());
}

TEST(Plan, TakesAReshapeForTheSameMemory) {
  const Plan plan = plan_of(R"(
%x[n: batch 2, i: 100, j: 200] = field "x"
%y[n: batch 2, i: 100, j: 200] = %x[n, i, j] + 1
%flat[n: batch 2, k: 20000] = reshape %y
%z[n: batch 2] = sum[k: 20000](%flat[n, k])
output result "z" = %z
output result "flat" = %flat
)");
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  const Entry& entry = plan.entries[0];
  EXPECT_EQ(entry.calls[1].buffers[0], entry.calls[0].buffers[1]);
  EXPECT_EQ(port(entry.outputs, "flat").buffer, entry.calls[0].buffers[1]);
  EXPECT_EQ(port(entry.outputs, "flat").extents, std::vector<int64_t>({2, 20000}));
}

TEST(Plan, KeepsBytesAndWholeNumbersAsTheyCome) {
  const Plan plan = dnnc::plan({{EntryKind::Predict,
                                 2,
                                 graph_of(R"(
%image[n: batch 2, i: 3] = field "image"
%label[n: batch 2]: class[4] = field "label"
%y[n: batch 2, i: 3] = %image[n, i] / 255 + %label[n]
output result "y" = %y
)"),
                                 {"image"}}});
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  EXPECT_EQ(plan.kernels[KernelId{0}].inputs, (std::vector<Storage>{Storage::UInt8, Storage::Int32}));
  EXPECT_EQ(plan.buffers[port(plan.entries[0].inputs, "image").buffer].bytes, 6);
}

TEST(VerifyPlan, SeesMemoryThatIsLost) {
  Plan plan = plan_of(two_layers);
  const Entry& entry = plan.entries[0];
  const BufferId z1 = entry.calls[0].buffers.back(), z2 = entry.calls[1].buffers.back();
  plan.buffers[z2].offset = plan.buffers[z1].offset;
  EXPECT_TRUE(names(verify(plan), "z1"));
}

TEST(VerifyPlan, SeesAReadBeforeTheWrite) {
  Plan plan = plan_of(two_layers);
  std::swap(plan.entries[0].calls[0], plan.entries[0].calls[1]);
  EXPECT_TRUE(names(verify(plan), "before it is written"));
}

TEST(VerifyPlan, SeesAStoreBeforeTheUpdates) {
  Plan plan = plan_of(two_layers);
  const size_t calls = plan.entries[0].calls.size();
  plan.entries[0].step = runtime::straight_step(calls, calls);
  EXPECT_TRUE(names(verify(plan), "stores before the updates"));
}

TEST(VerifyPlan, SeesABufferThatLeavesTheArena) {
  Plan plan = plan_of(two_layers);
  plan.arena_bytes -= 64;
  EXPECT_TRUE(names(verify(plan), "leaves the arena"));
}

TEST(Unsupported, NamesArraysThatAreTooLarge) {
  const Graph graph = graph_of(R"(
%x[i: 60000] = field "x"
%y[i: 60000, j: 60000] = %x[i] * %x[j]
%z[i: 60000] = sum[j: 60000](%y[i, j])
output result "z" = %z
)");
  EXPECT_EQ(unsupported(graph), "its `y` has 3600000000 elements, and at most 2147483647 fit");
  EXPECT_FALSE(surely_supported(graph));
}

TEST(Unsupported, IsAskedOfWhatPassesMakeWhereAFormulaRunsOverMorePointsThanAnArrayMayHave) {
  const Graph graph = graph_of(R"(
%x[i: 60000] = field "x"
%z[i: 60000] = sum[j: 60000](%x[i] * %x[j])
output result "z" = %z
)");
  EXPECT_EQ(unsupported(graph), std::nullopt);
  EXPECT_FALSE(surely_supported(graph));
  EXPECT_TRUE(surely_supported(graph_of(two_layers)));
}

RC_GTEST_PROP(Unsupported, IsToldByTheGraphBeforePassesBecauseTheseMakeNoArrayLargerThanTheSpaceOfAFormula, ()) {
  RandomGraphOptions options;
  options.gradients = true;
  options.most_nodes = 8;
  const Graph graph = *random_graphs(options);
  Graph made = graph;
  for (const Pass& pass : graph_passes()) made = pass.run(std::move(made));
  for (const Node& node : made.nodes) {
    RC_ASSERT(!std::holds_alternative<Gradient>(node.kind));
    RC_ASSERT(static_cast<double>(element_count(node)) <= largest_space(graph));
  }
}

}  // namespace
}  // namespace dnnc
