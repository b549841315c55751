#include "runtime/run/command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <new>

#include "fake_program.h"
#include "fake_training.h"
#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/threads.h"
#include "runtime/run/model_file.h"

namespace dnnc::runtime {
namespace {

TEST(RunPrograms, LeavesTheNumberOfThreadsAloneUnlessOneIsGiven) {
  test::FakeProgram fake(test::two_tensors());
  const int before = thread_count();
  set_threads(3);
  RunOptions options = read_run_options({"info", "--quiet"});
  EXPECT_EQ(run_programs({{&fake.program, fake.manifest}}, options), 0);
  EXPECT_EQ(thread_count(), 3);
  options.threads = 2;
  EXPECT_EQ(run_programs({{&fake.program, fake.manifest}}, options), 0);
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
  EXPECT_EQ(unknown.err, "there is no command `trian`; did you mean `train`?\n\n" + help.out);
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
  const dnnc_entry entry{nullptr, nullptr, calls, 1};
  const dnnc_program program{manifest.data(), manifest.size(), &entry, 1, bind};
  const Ended ended = run_trainer(program, {"init", "-o", "/dev/null"});
  EXPECT_EQ(ended.code, exit_compiler_bug);
  EXPECT_EQ(
      ended.err,
      "trainer: a bug of the compiler, not of your program: memory check: entry initial: `new w`, call 0, changes "
      "the memory 0 bytes behind `w`, which it may not write\n");
}

/// How a trainer ends whose only kernel ends with a code, after it has said what was wrong.
Ended run_with_fault(dnnc_outcome (*compute)()) {
  const std::string manifest = to_json(test::one_call());
  const dnnc_entry entry{compute, nullptr, nullptr, 1};
  const dnnc_program program{manifest.data(), manifest.size(), &entry, 1, test::bind_nothing};
  return run_trainer(program, {"init", "-o", "/dev/null"});
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
  const Ended ended = run_with_fault([] {
    EXPECT_EQ(halide_malloc(nullptr, size_t{1} << 60), nullptr);
    return dnnc_outcome{halide_error_out_of_memory(nullptr), 0};
  });
  EXPECT_EQ(ended.code, exit_input_output);
  EXPECT_EQ(ended.err,
            "trainer: not enough memory to compute `net/dense1/w` (net.dnn:3:5) in entry initial: it takes "
            "1152921504606846976 bytes besides the program's 256\n");
  EXPECT_EQ(take_kernel_fault(), "") << "the next fault would be told with the words of this one";
}

/// A training whose data stand in the program, and the file for its weights.
struct SavedTraining : testing::Test {
  static Manifest manifest() {
    Manifest manifest = test::fake_training_manifest();
    manifest.data = {.name = "d",
                     .source = {.kind = DataValue::Kind::Call, .text = "rows", .place = "net.dnn:2:10"},
                     .raw = {{"x", {}, {}}},
                     .inputs = {"x"}};
    const DataValue row{.kind = DataValue::Kind::List, .items = {{.number = 1}, {.number = 0}}};
    manifest.data.source.items = {row, row, row, row, row};
    return manifest;
  }
  SavedTraining() : training(manifest()), path(testing::TempDir() + "dnnc_rescued_" + std::to_string(getpid())) {}
  ~SavedTraining() override { std::filesystem::remove(path); }

  Ended run(const std::string& output) { return run_trainer(training.program, {"train", "--quiet", "-o", output}); }
  float saved_weight() {
    Machine machine(training.program, training.manifest);
    load_model(machine, path);
    return machine.get_floats(test::fake_w, 1).front();
  }
  test::FakeTraining training;
  const std::string path;
};

TEST_F(SavedTraining, SavesTheWeightsOfTheLastStep) {
  EXPECT_EQ(run(path).code, exit_done);
  EXPECT_EQ(saved_weight(), 12);
}

TEST_F(SavedTraining, SavesTheWeightsBeforeTheStepThatGotNoMemory) {
  test::fake.fault = kernel_out_of_memory;
  test::fake.fault_at = 5;
  const Ended ended = run(path);
  EXPECT_EQ(ended.code, exit_input_output);
  EXPECT_EQ(ended.err, "trainer: not enough memory to compute `h` (net.dnn:4:7) in entry train\n");
  EXPECT_EQ(saved_weight(), 4);
}

TEST_F(SavedTraining, SavesNoWeightsOfAStepThatIsHalfStored) {
  test::fake.fault = kernel_out_of_memory;
  test::fake.fault_at = 5;
  test::fake.fault_in_update = true;
  EXPECT_EQ(run(path).code, exit_input_output);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SavedTraining, SavesTheWeightsWhenTheLoopItselfGetsNoMemory) {
  test::fake.meanwhile = [](int step) {
    if (step == 3) throw std::bad_alloc();
  };
  const Ended ended = run(path);
  EXPECT_EQ(ended.code, exit_input_output);
  EXPECT_TRUE(ended.err.starts_with("trainer: not enough memory: ")) << ended.err;
  EXPECT_EQ(saved_weight(), 2);
}

TEST_F(SavedTraining, SaysWhyItEndsThoughTheWeightsCannotBeSaved) {
  const std::string folder = path;
  test::fake.fault = kernel_out_of_memory;
  test::fake.fault_at = 5;
  test::fake.meanwhile = [&](int step) {
    if (step == 1) std::filesystem::create_directory(folder);  // where the file is to be
  };
  const Ended ended = run(folder);
  EXPECT_EQ(ended.code, exit_input_output);
  EXPECT_NE(ended.err.find(folder + ": cannot "), std::string::npos) << ended.err;
  EXPECT_TRUE(ended.err.ends_with("trainer: not enough memory to compute `h` (net.dnn:4:7) in entry train\n"))
      << ended.err;
}

}  // namespace
}  // namespace dnnc::runtime
