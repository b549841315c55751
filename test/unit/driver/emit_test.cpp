#include "compiler/driver/emit.h"

#include <gtest/gtest.h>

#include "runtime/program/failure.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

Session session_that_emits(const std::vector<std::string>& words, TargetName target = TargetName::Avx2) {
  Options options;
  options.file = "a.dnn";
  for (const std::string& word : words) options.emit.push_back(runtime::value_named<Emitted>(word).value());
  options.target = target;
  return Session(options);
}

std::vector<EntryGraph> graphs() {
  return {{EntryKind::Train,
           4,
           graph_of(R"(
%x[n: batch 4, i: 3] = field "x"
%w[i: 3] = parameter "w"
%p[n: batch 4, i: 3] = %x[n, i] * %w[i]
%y[n: batch 4] = sum[i: 3](%p[n, i])
output result "y" = %y
)"),
           {}}};
}

/// What is printed for these words.
std::string emitted(const std::vector<std::string>& words) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(emit_compiled(session_that_emits(words), graphs()), runtime::exit_done);
  return testing::internal::GetCapturedStdout();
}

TEST(Emit, PrintsNothingUnlessItIsAsked) {
  EXPECT_EQ(emitted({}), "");
  EXPECT_EQ(emitted({"tokens", "model", "graph"}), "") << "these are printed by the phases that make them";
}

TEST(Emit, ShowsWhatIsFusedAndWhatOfItIsWritten) {
  EXPECT_EQ(emitted({"fused"}), R"(groups of test
group
    %p[n: batch 4, i: 3] = %x[n, i] * %w[i]
  * %y[n: batch 4] = sum[i: 3](%p[n, i])
)");
}

TEST(Emit, PrintsEachThingThatIsAskedForInTheOrderOfThePhases) {
  const std::string fused = emitted({"fused"}), kernels = emitted({"kernels"}), plan = emitted({"plan"}),
                    llvm = emitted({"llvm"});
  EXPECT_NE(kernels.find("sum["), std::string::npos) << kernels;
  EXPECT_NE(plan.find("arena of "), std::string::npos) << plan;
  EXPECT_NE(llvm.find("@train.compute()"), std::string::npos) << llvm;
  EXPECT_EQ(emitted({"llvm", "plan", "fused", "kernels"}), fused + kernels + plan + llvm);
}

TEST(Emit, ShowsCodeOfTheTarget) {
  const std::string statement = emitted({"stmt"}), assembly = emitted({"asm"});
  EXPECT_NE(statement.find("produce"), std::string::npos) << statement;
  EXPECT_NE(assembly.find("xmm"), std::string::npos);
  EXPECT_EQ(assembly.find("zmm"), std::string::npos);
}

TEST(Emit, SaysWhatNoKernelIsMadeOf) {
  const std::vector<EntryGraph> graphs = {{EntryKind::Train,
                                           1,
                                           graph_of(R"(
%x[i: 60000] = field "x"
%y[i: 60000, j: 60000] = %x[i] * %x[j]
output result "y" = %y
)"),
                                           {}}};
  testing::internal::CaptureStdout();
  EXPECT_EQ(emit_compiled(session_that_emits({"graph"}), graphs), runtime::exit_done);
  try {
    emit_compiled(session_that_emits({"fused", "plan"}), graphs);
    ADD_FAILURE() << "an array was planned that is too large";
  } catch (const runtime::Failure& failure) {
    EXPECT_STREQ(failure.what(),
                 "a.dnn: cannot be compiled: its `y` has 3600000000 elements, and at most 2147483647 fit");
    EXPECT_EQ(failure.code(), runtime::exit_wrong);
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(ChosenTarget, IsTheOneThatTheOptionNames) {
  EXPECT_EQ(text_of(chosen_target(session_that_emits({}, TargetName::Avx512))), text_of(target_of(TargetName::Avx512)));
}

}  // namespace
}  // namespace dnnc
