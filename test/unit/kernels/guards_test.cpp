#include "compiler/kernels/guards.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// A layer from 300 to `width` numbers, and a second one to 200; the first one's gradient is computed last.
std::string two_layers(int batch, int width) {
  std::string text = R"(
%x[n: batch B, i: 300] = field "x"
%w1[i: 300, j: W] = parameter "w1"
%w2[j: W, k: 200] = parameter "w2"
%z1[n: batch B, j: W] = sum[i: 300](%x[n, i] * %w1[i, j])
%h1[n: batch B, j: W] = max(0, %z1[n, j])
%z2[n: batch B, k: 200] = sum[j: W](%h1[n, j] * %w2[j, k])
%d2[n: batch B, k: 200] = exp(-%z2[n, k])
%loss = sum[n: batch B, k: 200](%d2[n, k])
%g2[j: W, k: 200] = sum[n: batch B](%h1[n, j] * %d2[n, k])
%dh1[n: batch B, j: W] = sum[k: 200](%d2[n, k] * %w2[j, k])
%d1[n: batch B, j: W] = select(0 < %z1[n, j], %dh1[n, j], 0)
%g1[i: 300, j: W] = sum[n: batch B](%x[n, i] * %d1[n, j])
%b1[j: W] = sum[n: batch B](%d1[n, j])
%w1_new[i: 300, j: W] = %w1[i, j] - 0.1 * %g1[i, j]
%w2_new[j: W, k: 200] = %w2[j, k] - 0.1 * %g2[j, k]
output loss "loss" = %loss
output value "gradient of w1" = %g1
output value "gradient of w2" = %g2
output value "gradient of b1" = %b1
output update "w1" = %w1_new into %w1
output update "w2" = %w2_new into %w2
)";
  for (size_t at; (at = text.find("batch B")) != std::string::npos;)
    text.replace(at, 7, "batch " + std::to_string(batch));
  for (size_t at; (at = text.find(": W")) != std::string::npos;) text.replace(at, 3, ": " + std::to_string(width));
  return text;
}

Plan plan_of(const std::string& text) { return plan({{EntryKind::Train, 4, graph_of(text), {}}}, FusionLimits{0, 0}); }

/// The names of the buffers that are looked at in place of the gradient.
std::vector<std::string> looked_at(const Plan& plan, const std::string& gradient) {
  std::vector<std::string> names;
  for (const Entry::Guard& guard : plan.entries[0].guards)
    if (guard.name == "gradient of " + gradient)
      for (const BoundTerm& term : guard.bound)
        for (BufferId buffer : term.buffers) names.push_back(plan.buffers[buffer].name);
  std::sort(names.begin(), names.end());
  return names;
}

bool says(const std::vector<std::string>& faults, const std::string& what) {
  return std::any_of(faults.begin(), faults.end(),
                     [&](const std::string& fault) { return fault.find(what) != std::string::npos; });
}

BufferId buffer_named(const Plan& plan, const std::string& name) {
  for (uint32_t number = 0; number < plan.buffers.size(); ++number)
    if (plan.buffers[BufferId{number}].name == name) return BufferId{number};
  ADD_FAILURE() << "no buffer " << name;
  return {};
}

using Names = std::vector<std::string>;

TEST(Guards, LookAtOperandsThatAreMuchSmallerThanGradients) {
  const Plan plan = plan_of(two_layers(4, 250));
  EXPECT_EQ(verify(plan), Names());
  EXPECT_EQ(looked_at(plan, "w1"), (Names{"d1", "x"}));
  EXPECT_EQ(looked_at(plan, "w2"), (Names{"d2", "h1"}));
}

/// It costs nothing more, as the operand is looked at anyway.
TEST(Guards, LookAtAnOperandInPlaceOfASmallGradientIfItIsLookedAtAnyway) {
  EXPECT_EQ(looked_at(plan_of(two_layers(4, 250)), "b1"), Names{"d1"});
  EXPECT_EQ(looked_at(plan_of(two_layers(80, 250)), "b1"), Names());
}

TEST(Guards, LookAtGradientsThatAreNotMuchLargerThanTheirOperands) {
  const Plan plan = plan_of(two_layers(80, 250));
  EXPECT_EQ(verify(plan), Names());
  EXPECT_EQ(looked_at(plan, "w1"), Names());
  EXPECT_EQ(looked_at(plan, "w2"), Names());
  EXPECT_EQ(buffers_in_bounds(plan.entries[0]).size(), 0u);
}

/// The operands of w1's gradient are there when it is computed, and that is last.
TEST(Guards, KeepNoOperandsThatTakeMuchMemory) {
  const Plan plan = plan_of(two_layers(50, 250));
  EXPECT_EQ(verify(plan), Names());
  EXPECT_EQ(looked_at(plan, "w1"), (Names{"d1", "x"}));
  EXPECT_EQ(looked_at(plan, "b1"), Names{"d1"});
  EXPECT_EQ(looked_at(plan, "w2"), Names());
}

TEST(Guards, LookAtNothingInPlaceOfBytesAndNumbersMadeOfThem) {
  const std::string text = R"(
%image[n: batch 4, i: 300] = field "image"
%t[n: batch 4, j: 200] = field "t"
%w[i: 300, j: 200] = parameter "w"
%x[n: batch 4, i: 300] = %image[n, i] / 255
%z[n: batch 4, j: 200] = sum[i: 300](%x[n, i] * %w[i, j])
%d[n: batch 4, j: 200] = %z[n, j] - %t[n, j]
%g[i: 300, j: 200] = sum[n: batch 4](%x[n, i] * %d[n, j])
%w_new[i: 300, j: 200] = %w[i, j] - 0.1 * %g[i, j]
output value "gradient of w" = %g
output update "w" = %w_new into %w
)";
  EXPECT_EQ(looked_at(plan_of(text), "w"), (Names{"d", "x"}));
  const Plan of_bytes = plan({{EntryKind::Train, 4, graph_of(text), {"image"}}}, FusionLimits{0, 0});
  EXPECT_EQ(verify(of_bytes), Names());
  EXPECT_EQ(looked_at(of_bytes, "w"), Names{"d"});
}

/// The gradient of a table, to which few of its rows contribute.
TEST(Guards, LookAtTheTermsOfASumIntoPlaces) {
  const Plan plan = plan_of(R"(
%word[n: batch 8]: class[1000] = field "word"
%d[n: batch 8, j: 32] = field "d"
%table[v: 1000, j: 32] = parameter "table"
%g[v: 1000, j: 32] = sum[n: batch 8](select(%word[n] == v, %d[n, j], 0))
%new[v: 1000, j: 32] = %table[v, j] - %g[v, j]
output value "gradient of table" = %g
output update "table" = %new into %table
)");
  EXPECT_EQ(verify(plan), Names());
  EXPECT_EQ(looked_at(plan, "table"), Names{"d"});
}

TEST(Guards, TakeWhatALoopHasLeftForAWitnessButProveNothingWithinIt) {
  const Plan plan = plan_of(two_layers(4, 250));
  for (size_t call = 0; call < first_update(plan.entries[0]); ++call) {
    Entry entry = plan.entries[0];
    entry.step.compute[call] = {runtime::Loop{.extent = 2, .body = {{call}}}};
    auto expected = proven_bounds(plan, plan.entries[0]);
    const KernelCall& looped = entry.calls[call];
    for (size_t k = plan.kernels[looped.kernel].inputs.size(); k < looped.buffers.size(); ++k)
      expected.erase(looped.buffers[k]);
    EXPECT_EQ(proven_bounds(plan, entry), expected) << looped.name;
  }
}

TEST(VerifyPlan, SeesAWitnessThatIsLostBeforeTheGuardLooks) {
  Plan plan = plan_of(two_layers(4, 250));
  plan.buffers[buffer_named(plan, "d2")].offset = plan.buffers[buffer_named(plan, "b1")].offset;
  EXPECT_TRUE(says(verify(plan), "a guard reads b"));
}

TEST(VerifyPlan, SeesAGradientThatIsComputedTooLateForItsGuard) {
  Plan plan = plan_of(two_layers(4, 250));
  Entry& entry = plan.entries[0];
  ASSERT_EQ(entry.calls.at(first_update(entry) - 1).name, "b1");
  entry.step = runtime::straight_step(entry.calls.size(), first_update(entry) - 1);
  EXPECT_TRUE(says(verify(plan), "a guard reads b"));
}

TEST(VerifyPlan, SeesABoundThatNothingProves) {
  for (const auto& change : std::vector<void (*)(Bound&)>{
           [](Bound& bound) { bound[0].factor /= 2; },
           [](Bound& bound) { bound[0].buffers.pop_back(); },
           [](Bound& bound) { bound[0].buffers = {BufferId{0}}; },
       }) {
    Plan plan = plan_of(two_layers(4, 250));
    change(plan.entries[0].guards[0].bound);
    EXPECT_TRUE(says(verify(plan), "nothing proves the bound of the gradient of w1"));
  }
}

}  // namespace
}  // namespace dnnc
