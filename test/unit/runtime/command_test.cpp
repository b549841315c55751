#include "runtime/run/command.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fake_program.h"
#include "runtime/program/failure.h"
#include "runtime/program/threads.h"

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

char* arena_start = nullptr;
void bind(char* arena) { arena_start = arena; }
void write_seven() { std::fill_n(reinterpret_cast<float*>(arena_start), 7, 1.0f); }

/// A program whose entry `initial` has one call, which is to write w[2, 3].
std::string checked_manifest() {
  std::string text = test::manifest_text();
  text.resize(text.rfind("\"entries\""));
  return text + R"("entries":[{"name":"initial","batch":1,"inputs":[],"outputs":[],"guards":[],"calls":[]}],
    "memory":{"kept_bytes":128,"buffers":[{"name":"w","offset":0,"bytes":24}],
              "entries":[{"name":"initial","first_update":1,"inputs":[],"outputs":[],
                          "calls":[{"name":"new w","inputs":[],"outputs":[0]}]}]}})";
}

struct Ended {
  int code;
  std::string out, err;
};
Ended run_trainer(std::vector<std::string> words) {
  const test::FakeProgram fake(test::manifest_text());
  std::string name = "trainer";
  std::vector<char*> arguments = {name.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int code = trainer_main(fake.program, static_cast<int>(arguments.size()), arguments.data());
  return {code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
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
  void (*const calls[])() = {write_seven};
  const dnnc_entry entry{"initial", nullptr, nullptr, calls, 1};
  const dnnc_program program{manifest.data(), manifest.size(), &entry, 1, bind};
  char name[] = "trainer", command[] = "init";
  char* arguments[] = {name, command};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(trainer_main(program, 2, arguments), exit_compiler_bug);
  EXPECT_EQ(
      ::testing::internal::GetCapturedStderr(),
      "trainer: a bug of the compiler, not of your program: memory check: entry initial: `new w`, call 0, changes "
      "the memory 0 bytes behind `w`, which it may not write\n");
}

}  // namespace
}  // namespace dnnc::runtime
