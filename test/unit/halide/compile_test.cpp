#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <new>
#include <set>

#include "compiler/kernels/access.h"
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

TEST(compile, makes_elf_objects_for_each_target) {
  for (const char* word : {"host", "avx2", "avx512"}) {
    const auto target = named_target(word);
    ASSERT_TRUE(target);
    for (const ContractionCase& one : convolution_cases({3, 7, 8, 17, 3, 1, 1})) {
      const Kernel kernel = kernel_of(one.text);
      const auto object = compile_object({&kernel}, *cpu_backend(*target));
      ASSERT_GT(object.size(), 64u);
      EXPECT_EQ(std::string(object.data(), 4),
                "\x7f"
                "ELF");
    }
  }
}

TEST(compile, writes_costly_terms_out_only_few_times) {
  const std::string power = "(0.5 + sigmoid(%x[r, s, a])) ^ tanh(min(s / 10, %p[a])) * log(0.5 + sigmoid(%x[r, s, a]))";
  const Kernel kernel = kernel_of(
      "graph \"kernel\"\n%x[r: 7, s: 5, a: 33] = field \"i0\"\n%p[a: 33] = field \"i1\"\n"
      "%y[a: 33] = sum[r: 7, s: 5](" +
      power + ")\noutput value \"o0\" = %y\n");
  EXPECT_LT(compile_object({&kernel}, *cpu_backend(*named_target("avx2"))).size(), 20'000u);
}

/// Halide counts the bytes of what a kernel allocates in 32 bits.
TEST(compile, copies_no_operand_that_is_larger_than_its_counts) {
  for (const char* formula :
       {"[n: 1048576] = sum[i: 513](%a[n, i] * %v[i])", "[i: 513] = sum[n: 1048576](%a[n, i] * %w[n])",
        "[n: 1048576, k: 3] = sum[i: 513](%a[n, i] * %b[i, k])"}) {
    const Kernel kernel = kernel_of(std::string("graph \"kernel\"\n%a[n: 1048576, i: 513] = field \"i0\"\n"
                                                "%v[i: 513] = field \"i1\"\n%w[n: 1048576] = field \"i2\"\n"
                                                "%b[i: 513, k: 3] = field \"i3\"\n%y") +
                                    formula + "\noutput value \"o0\" = %y\n");
    EXPECT_GT(compile_object({&kernel}, *cpu_backend(host_target())).size(), 64u) << formula;
  }
}

TEST(compile, shows_statement_and_assembly) {
  const Kernel kernel = kernel_of(sum_of_squares);
  EXPECT_NE(kernel_statement(kernel, *cpu_backend(host_target())).find("produce"), std::string::npos);
  EXPECT_NE(kernel_assembly(kernel, *cpu_backend(*named_target("avx2"))).find("ymm"), std::string::npos);
}

/// Wherever in its work it gets none, and however much it holds by then.
TEST(compile, kernel_without_scratch_memory_frees_what_it_holds_and_says_so) {
  std::vector<ContractionCase> cases = dense_cases(200, 300, 91);
  for (const ContractionCase& one : convolution_cases({3, 20, 16, 64, 3, 1, 1})) cases.push_back(one);
  int64_t refused = 0;
  for (const ContractionCase& one : cases) {
    SCOPED_TRACE(one.name);
    const Kernel kernel = kernel_of(one.text);
    std::vector<std::vector<float>> inputs;
    for (NodeId node : node_ids(kernel.body))
      if (input_of(kernel.body, node))
        inputs.push_back(random_values(static_cast<size_t>(element_count(kernel.body[node])), inputs.size()));
    const LoadedKernel loaded(kernel, *named_target("avx2"));
    const auto expected = loaded.run(inputs);
    for (int64_t pieces = 0;; ++pieces) try {
        give_pieces(pieces);
        EXPECT_EQ(loaded.run(inputs), expected);
        break;
      } catch (const std::bad_alloc&) {
        ++refused;
        EXPECT_EQ(held_pieces(), 0);
      }
    give_pieces(INT64_MAX);
  }
  EXPECT_GT(refused, 3);
}

TEST(compile, names_the_kernel_of_a_fault) {
  Kernel kernel = kernel_of(sum_of_squares);
  kernel.inputs.clear();
  try {
    const Kernel good = kernel_of(sum_of_squares);
    compile_object({&good, &kernel}, *cpu_backend(host_target()));
    FAIL() << "a kernel without its input was compiled";
  } catch (const std::exception& fault) {
    EXPECT_NE(std::string(fault.what()).find(kernel.symbol), std::string::npos);
  }
}

/// Kernels with names only.
Plan plan_of_names(int count, int left_out) {
  std::vector<Kernel> kernels;
  for (int k = 0; k < count; ++k) {
    Kernel kernel;
    kernel.symbol = "k_" + std::to_string(k);
    kernel.kind = k % 3 == 0 ? KernelClass::Contraction : KernelClass::Pointwise;
    if (k != left_out) kernels.push_back(kernel);
  }
  return plan_of(kernels);
}

std::vector<std::string> names_by_object(const Plan& plan) {
  std::vector<std::string> objects;
  for (const auto& kernels : share_out(plan, *cpu_backend(host_target()))) {
    objects.emplace_back();
    for (const Kernel* kernel : kernels) objects.back() += kernel->symbol + " ";
  }
  return objects;
}

TEST(share_out, puts_every_kernel_into_one_object_and_several_kernels_into_most) {
  const auto objects = names_by_object(plan_of_names(100, -1));
  std::string all, expected;
  for (const std::string& names : objects) all += names;
  for (int k = 0; k < 100; ++k) expected += "k_" + std::to_string(k) + " ";
  EXPECT_EQ(all, expected);
  EXPECT_GT(objects.size(), 20u);
  EXPECT_LT(objects.size(), 45u);
}

TEST(share_out, leaves_other_objects_as_they_are_where_a_kernel_is_taken_away) {
  const auto before = names_by_object(plan_of_names(100, -1));
  const std::set<std::string> known(before.begin(), before.end());
  size_t changed = 0;
  for (int left_out = 0; left_out < 100; ++left_out)
    for (const std::string& names : names_by_object(plan_of_names(100, left_out))) changed += !known.contains(names);
  EXPECT_LT(changed, 250u) << "of 100 programs with one kernel less";
}

TEST(cache, serves_kernels_compiled_on_several_threads) {
  const TemporaryFolder folder;
  std::vector<Kernel> kernels = {kernel_of(sum_of_squares)};
  for (const ContractionCase& one : dense_cases(5, 7, 13)) kernels.push_back(kernel_of(one.text));
  const Plan plan = plan_of(kernels);
  const auto first = compile_kernels(plan, *cpu_backend(host_target()), runtime::Cache(folder.path(), ".kernel"), 3);
  ASSERT_EQ(first.size(), share_out(plan, *cpu_backend(host_target())).size());
  EXPECT_EQ(folder.files().size(), first.size());
  EXPECT_EQ(compile_kernels(plan, *cpu_backend(host_target()), runtime::Cache(folder.path(), ".kernel"), 1), first);
  EXPECT_NE(compile_kernels(plan, *cpu_backend(*named_target("avx512")), runtime::Cache(folder.path(), ".kernel"), 2),
            first);
  EXPECT_EQ(folder.files().size(), 2 * first.size());
}

/// As caches choose blocks of sums, kernels of a machine with other caches are others.
TEST(cache, tells_targets_with_other_caches_apart) {
  const TemporaryFolder folder;
  const Plan plan = plan_of({kernel_of(sum_of_squares)});
  CpuTarget target = *named_target("avx2");
  compile_kernels(plan, *cpu_backend(target), runtime::Cache(folder.path(), ".kernel"), 1);
  EXPECT_EQ(folder.files().size(), 1u);
  target.caches[1].usable_lines *= 2;
  compile_kernels(plan, *cpu_backend(target), runtime::Cache(folder.path(), ".kernel"), 1);
  EXPECT_EQ(folder.files().size(), 2u);
}

TEST(cache, does_without_a_folder_that_cannot_be_made) {
  const auto objects = compile_kernels(plan_of({kernel_of(sum_of_squares)}), *cpu_backend(host_target()),
                                       runtime::Cache("/proc/none", ".kernel"), 1);
  EXPECT_FALSE(objects[0].empty());
}

}  // namespace
}  // namespace dnnc::test
