#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compiler/halide/cache.h"
#include "contraction_cases.h"
#include "kernel_runner.h"

namespace dnnc::test {
namespace {

namespace fs = std::filesystem;

const char* const sum_of_squares = R"(graph "kernel"
%x[n: 37] = field "i0"
%y = sum[n: 37](%x[n] ^ 2)
output value "o0" = %y
)";

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fs::temp_directory_path() / ("dnnc_cache_" + std::to_string(getpid()))) {}
  ~TemporaryFolder() { fs::remove_all(path_); }
  std::string path() const { return path_; }
  std::vector<fs::path> files() const { return {fs::directory_iterator(path_), fs::directory_iterator()}; }

 private:
  fs::path path_;
};

Plan plan_of(const std::vector<Kernel>& kernels) {
  Plan plan;
  for (const Kernel& kernel : kernels) plan.kernels.push(kernel);
  return plan;
}

TEST(compile, makes_elf_objects_for_each_target) {
  for (const char* word : {"host", "avx2", "avx512"}) {
    const auto target = named_target(word);
    ASSERT_TRUE(target);
    for (const ContractionCase& one : convolution_cases({3, 7, 8, 17, 3, 1, 1})) {
      const auto object = compile_kernel(kernel_of(one.text), *target);
      ASSERT_GT(object.size(), 64u);
      EXPECT_EQ(std::string(object.data(), 4),
                "\x7f"
                "ELF");
    }
  }
  EXPECT_EQ(named_target("avx512")->vector_floats, 16);
  EXPECT_EQ(named_target("avx2")->vector_registers, 16);
  EXPECT_FALSE(named_target("sse"));
}

TEST(compile, shows_statement_and_assembly) {
  const Kernel kernel = kernel_of(sum_of_squares);
  EXPECT_NE(kernel_statement(kernel, host_target()).find("produce"), std::string::npos);
  EXPECT_NE(kernel_assembly(kernel, *named_target("avx2")).find("ymm"), std::string::npos);
}

TEST(compile, names_the_kernel_of_a_fault) {
  Kernel kernel = kernel_of(sum_of_squares);
  kernel.inputs.clear();
  try {
    compile_kernel(kernel, host_target());
    FAIL() << "a kernel without its input was compiled";
  } catch (const std::exception& fault) {
    EXPECT_NE(std::string(fault.what()).find(kernel.symbol), std::string::npos);
  }
}

TEST(cache, gives_back_what_was_written_under_the_same_key_only) {
  const TemporaryFolder folder;
  EXPECT_FALSE(read_cached(folder.path(), "a"));
  const std::vector<char> object = {1, 2, 3, 4};
  write_cached(folder.path(), "a", object);
  EXPECT_EQ(read_cached(folder.path(), "a"), object);
  fs::copy_file(folder.files()[0], fs::path(folder.path()) / "b.kernel");
  EXPECT_FALSE(read_cached(folder.path(), "b"));
}

TEST(cache, passes_over_files_that_were_changed_or_cut) {
  const TemporaryFolder folder;
  write_cached(folder.path(), "a", std::vector<char>(100, 'x'));
  const fs::path file = folder.files()[0];
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(50).put('y');
  EXPECT_FALSE(read_cached(folder.path(), "a"));
  fs::resize_file(file, 10);
  EXPECT_FALSE(read_cached(folder.path(), "a"));
}

TEST(cache, serves_kernels_compiled_on_several_threads) {
  const TemporaryFolder folder;
  std::vector<Kernel> kernels = {kernel_of(sum_of_squares)};
  for (const ContractionCase& one : dense_cases(5, 7, 13)) kernels.push_back(kernel_of(one.text));
  const Plan plan = plan_of(kernels);
  const auto first = compile_kernels(plan, host_target(), folder.path(), 3);
  ASSERT_EQ(first.size(), kernels.size());
  EXPECT_EQ(folder.files().size(), kernels.size());
  EXPECT_EQ(compile_kernels(plan, host_target(), folder.path(), 1), first);
  EXPECT_NE(compile_kernels(plan, *named_target("avx512"), folder.path(), 2), first);
  EXPECT_EQ(folder.files().size(), 2 * kernels.size());
}

TEST(cache, does_without_a_folder_that_cannot_be_made) {
  const auto objects = compile_kernels(plan_of({kernel_of(sum_of_squares)}), host_target(), "/proc/none", 1);
  EXPECT_FALSE(objects[0].empty());
}

}  // namespace
}  // namespace dnnc::test
