#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "test/unit/graph_text.h"
#include "test/unit/native/plan_manifest.h"
#include "test/unit/native/program_runner.h"

namespace dnnc {
namespace {

namespace files = std::filesystem;

struct Ran {
  int exit_code = -1;
  std::string text;
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> part{};
  for (size_t read; (read = fread(part.data(), 1, part.size(), pipe)) > 0;) ran.text.append(part.data(), read);
  ran.exit_code = WEXITSTATUS(pclose(pipe));
  return ran;
}

void write_program(const std::vector<char>& bytes, const std::string& path) {
  runtime::write_file(path, bytes.data(), bytes.size(), runtime::FileKind::Program);
}

class LinkTrainer : public testing::Test {
 protected:
  LinkTrainer()
      : plan_(plan({{EntryKind::Predict,
                     2,
                     graph_of("%x[n: batch 2, i: 3] = field \"x\"\n%y[n: batch 2] = sum[i: 3](sin(%x[n, i]))\n"
                              "output result \"y\" = %y\n"),
                     {}}})),
        kernels_(compile_kernels(plan_, *cpu_backend(host_target()), {}, 2)),
        folder_(files::temp_directory_path() / ("dnnc-link-test-" + std::to_string(getpid()))) {
    files::create_directory(folder_);
  }
  ~LinkTrainer() override { files::remove_all(folder_); }

  Plan plan_;
  std::vector<std::vector<char>> kernels_;
  files::path folder_;
};

TEST_F(LinkTrainer, MakesAProgramThatNeedsTheCLibraryOnly) {
  const std::string path = (folder_ / "trainer").string();
  write_program(link_trainer({{plan_, kernels_, "{}"}}, {}), path);
  const Ran needed = run("readelf -d " + path + " | grep NEEDED");
  EXPECT_NE(needed.text.find("[libc.so.6]"), std::string::npos) << needed.text;
  std::string rest = needed.text;
  for (const char* library : {"[libc.so.6]", "[libm.so.6]", "[ld-linux-x86-64.so.2]"})
    if (const size_t place = rest.find(library); place != std::string::npos)
      rest.erase(place, std::string(library).size());
  EXPECT_EQ(rest.find("[lib"), std::string::npos) << needed.text;
  EXPECT_LT(files::file_size(path), 1'000'000u);
}

TEST_F(LinkTrainer, MakesAProgramThatRuns) {
  const std::string path = (folder_ / "trainer").string();
  write_program(link_trainer({{plan_, kernels_, "{}"}}, {}), path);
  const Ran help = run(path + " --help");
  EXPECT_EQ(help.exit_code, 0) << help.text;
  EXPECT_NE(help.text.find("train"), std::string::npos) << help.text;
}

TEST_F(LinkTrainer, MakesTheSameProgramTwice) {
  EXPECT_EQ(link_trainer({{plan_, kernels_, "{}"}}, {}), link_trainer({{plan_, kernels_, "{}"}}, {}));
}

/// Nor is one left behind: there is none on the way.
TEST_F(LinkTrainer, NeedsNoTemporaryFolder) {
  const char* const before = std::getenv("TMPDIR");
  ::setenv("TMPDIR", "/nowhere", 1);
  EXPECT_FALSE(link_trainer({{plan_, kernels_, "{}"}}, {}).empty());
  EXPECT_FALSE(link_library(plan_, kernels_, "{}").empty());
  before ? ::setenv("TMPDIR", before, 1) : ::unsetenv("TMPDIR");
}

TEST_F(LinkTrainer, SaysThatFilesMayNotBeSoLarge) {
  const auto said = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{100, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(link_trainer({{plan_, kernels_, "{}"}}, {}), runtime::Failure);
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, said);
}

TEST_F(LinkTrainer, MakesALibraryThatComputes) {
  const std::string path = (folder_ / "program.so").string();
  write_program(link_library(plan_, kernels_, "{}"), path);
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  const auto* program = static_cast<const dnnc_program*>(dlsym(library, runtime::program_symbol));
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(std::string(program->manifest, program->manifest_bytes), "{}");
  const runtime::Manifest manifest = test::plan_manifest(plan_, false);
  const runtime::EntryInfo& entry = manifest.entries[0];
  runtime::Machine machine(*program, manifest);
  for (int k = 0; k < 6; ++k) machine.set(entry.inputs[0], k, k);
  machine.compute(entry);
  EXPECT_NEAR(machine.get(entry.outputs[0], 1), std::sin(3.0) + std::sin(4.0) + std::sin(5.0), 1e-5);
  EXPECT_EQ(dlsym(library, plan_.kernels[KernelId{0}].symbol.c_str()), nullptr);
  dlclose(library);
}

}  // namespace
}  // namespace dnnc
