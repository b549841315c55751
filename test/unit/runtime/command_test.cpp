#include "runtime/run/command.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fake_program.h"
#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

TEST(RunPrograms, LeavesTheNumberOfThreadsAloneUnlessOneIsGiven) {
  test::FakeProgram fake(test::two_tensors());
  const int before = thread_count();
  set_threads(3);
  EXPECT_EQ(run_programs({{&fake.program, fake.manifest}}, {"info", "--quiet"}), 0);
  EXPECT_EQ(thread_count(), 3);
  EXPECT_EQ(run_programs({{&fake.program, fake.manifest}}, {"info", "--quiet", "--threads", "2"}), 0);
  EXPECT_EQ(thread_count(), 2);
  set_threads(before);
}

char* arena_start = nullptr;
void bind(char* arena) { arena_start = arena; }
int32_t write_seven(const int64_t*) {
  std::fill_n(reinterpret_cast<float*>(arena_start), 7, 1.0f);
  return 0;
}

/// A program whose entry `initial` has one call, which is to write w[2, 3].
std::string checked_manifest() {
  Manifest manifest = test::two_tensors();
  manifest.entries = {
      {.kind = EntryKind::Initial, .batch = 1, .calls = {{.name = "new w"}}, .step = straight_step(1, 1)}};
  MemoryPlan::Entry initial{.inputs = {}, .outputs = {}, .calls = {{{}, {{0}}}}};
  manifest.memory = MemoryPlan{.buffers = {{"w", 0, 24}}, .entries = {initial}, .kept_bytes = 128};
  return to_json(manifest);
}

struct Ended {
  int code;
  std::string out, err;
};
Ended run_trainer(const dnnc_program& program, std::vector<std::string> words) {
  std::string name = "trainer";
  std::vector<char*> arguments = {name.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int code = trainer_main(program, static_cast<int>(arguments.size()), arguments.data());
  return {code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
}
Ended run_trainer(const std::vector<std::string>& words) {
  const test::FakeProgram fake(test::two_tensors());
  return run_trainer(fake.program, words);
}

TEST(TrainerMain, ShowsItsCommandsAndItsProgram) {
  const Ended help = run_trainer({"--help"});
  EXPECT_EQ(help.code, exit_done);
  EXPECT_TRUE(help.out.starts_with("usage: PROGRAM COMMAND [options]\n")) << help.out;
  EXPECT_NE(help.out.find("\n  predict             answers of --weights FILE"), std::string::npos) << help.out;
  const Ended unknown = run_trainer({"trian"});
  EXPECT_EQ(unknown.code, exit_usage);
  EXPECT_EQ(unknown.err, "there is no command `trian`\n\n" + help.out);
  EXPECT_EQ(run_trainer({}).err, help.out);
  EXPECT_EQ(run_trainer({"source"}).out, "dnn 1\n");
}

TEST(TrainerMain, NamesWhatIsMissing) {
  const Ended ended = run_trainer({"evaluate"});
  EXPECT_EQ(ended.code, exit_usage);
  EXPECT_EQ(ended.err, "trainer: evaluate needs --weights FILE\n");
  EXPECT_EQ(run_trainer({"predict", "--weights", "/none/w"}).err,
            "trainer: /none/w: cannot read: No such file or directory\n");
}

TEST(TrainerMain, SaysWhichKernelUsesMemoryThatIsNotItsOwnAndExitsWith70) {
  const std::string manifest = checked_manifest();
  int32_t (*const calls[])(const int64_t*) = {write_seven};
  const dnnc_entry entry{"initial", nullptr, nullptr, calls, 1};
  const dnnc_program program{manifest.data(), manifest.size(), &entry, 1, bind};
  const Ended ended = run_trainer(program, {"init"});
  EXPECT_EQ(ended.code, exit_compiler_bug);
  EXPECT_EQ(
      ended.err,
      "trainer: a bug of the compiler, not of your program: memory check: entry initial: `new w`, call 0, changes "
      "the memory 0 bytes behind `w`, which it may not write\n");
}

/// How a trainer ends whose only kernel ends with a code, after it has said what was wrong.
Ended run_with_fault(dnnc_outcome (*compute)()) {
  const std::string manifest = to_json(test::one_call());
  const dnnc_entry entry{"initial", compute, nullptr, nullptr, 1};
  const dnnc_program program{manifest.data(), manifest.size(), &entry, 1, test::bind_nothing};
  return run_trainer(program, {"init"});
}

TEST(TrainerMain, SaysWhichKernelReportsAFaultAndExitsWith70) {
  const Ended told = run_with_fault([] {
    halide_error(nullptr, "an index is wrong");
    return dnnc_outcome{-3, 0};
  });
  EXPECT_EQ(told.code, exit_compiler_bug);
  EXPECT_EQ(told.err,
            "trainer: a bug of the compiler, not of your program: entry initial: kernel k_12, which computes "
            "`net/dense1/w` (net.dnn:3:5), failed with code -3: an index is wrong\n");
  EXPECT_TRUE(run_with_fault([] { return dnnc_outcome{1, 0}; }).err.ends_with("failed with code 1\n"));
}

TEST(TrainerMain, SaysThatTheComputerHasTooLittleMemoryForAKernel) {
  const Ended ended = run_with_fault([] { return dnnc_outcome{halide_error_out_of_memory(nullptr), 0}; });
  EXPECT_EQ(ended.code, exit_input_output);
  EXPECT_EQ(ended.err, "trainer: not enough memory to compute `net/dense1/w` (net.dnn:3:5) in entry initial\n");
  EXPECT_EQ(take_kernel_fault(), "") << "the next fault would be told with the words of this one";
}

}  // namespace
}  // namespace dnnc::runtime
