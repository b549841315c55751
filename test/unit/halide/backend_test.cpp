#include "compiler/halide/backend.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/halide/compile.h"
#include "compiler/halide/lower/cuts.h"
#include "compiler/halide/structure/structure.h"
#include "contraction_cases.h"
#include "kernel_runner.h"

namespace dnnc::test {
namespace {

/// What a group may take in: a maximum with its place, a loss of rows, a dense layer with its activation.
const char* const groups[] = {R"(graph "kernel"
%x[n: 5, i: 9] = field "i0"
%place[n: 5] = argmax[i: 9](%x[n, i])
%y[n: 5] = max[i: 9](%x[n, i])
output value "o0" = %y
output value "o1" = %place
)",
                              R"(graph "kernel"
%x[n: 9, k: 33] = field "i0"
%m[n: 9] = max[k: 33](%x[n, k])
%s[n: 9] = sum[k: 33](exp(%x[n, k] - %m[n]))
%l[n: 9] = log(%s[n]) + %m[n]
%p[n: 9, k: 33] = exp(%x[n, k] - %l[n])
output value "o0" = %l
output value "o1" = %p
)",
                              R"(graph "kernel"
%x[n: 8, i: 24] = field "i0"
%w[i: 24, j: 48] = field "i1"
%z[n: 8, j: 48] = sum[i: 24](%x[n, i] * %w[i, j])
%h[n: 8, j: 48] = max(%z[n, j], 0)
output value "o0" = %h
)"};

std::vector<Kernel> kernels() {
  std::vector<Kernel> kernels;
  for (const char* text : groups) kernels.push_back(kernel_of(text));
  for (const auto& cases : {dense_cases(33, 100, 13), dense_cases(1, 1, 1), convolution_cases({3, 7, 8, 17, 3, 1, 1}),
                            convolution_cases({2, 9, 3, 5, 3, 2, 1})})
    for (const ContractionCase& one : cases) kernels.push_back(kernel_of(one.text));
  return kernels;
}

std::set<NodeId> reductions_of(const KernelStructure& structure) {
  std::set<NodeId> nodes = structure.reductions;
  for (const auto& [node, contraction] : structure.contractions) nodes.insert(node);
  return nodes;
}

std::set<NodeId> nodes_of(const KernelCuts& cuts) {
  std::set<NodeId> nodes;
  for (const auto& [node, cut] : cuts.contractions) nodes.insert(node);
  for (const auto& [node, cut] : cuts.reductions) nodes.insert(node);
  return nodes;
}

/// One structure is enough for all targets: each cuts what is in it, and takes in only what it offers.
TEST(backend, cuts_every_reduction_of_a_structure_for_each_target) {
  for (const Kernel& kernel : kernels()) {
    const KernelStructure structure = structure_of(kernel);
    for (const char* word : {"avx2", "avx512"}) {
      const CpuTarget target = *named_target(word);
      const KernelCuts cuts = cpu_backend(target)->plan(kernel, structure)->cuts();
      EXPECT_EQ(nodes_of(cuts), reductions_of(structure)) << print(kernel);
      EXPECT_EQ(cuts.contractions.size(), structure.contractions.size()) << print(kernel);
      for (const auto& [node, cut] : cuts.contractions)
        EXPECT_EQ(cut.tile[cut.vector_index] % target.vector_floats, 0) << print(kernel);
      ASSERT_EQ(cuts.taken_in.size(), structure.groups.size());
      for (size_t k = 0; k < cuts.taken_in.size(); ++k)
        for (NodeId node : cuts.taken_in[k])
          EXPECT_TRUE(std::count(structure.groups[k].reductions.begin(), structure.groups[k].reductions.end(), node));
    }
  }
}

TEST(backend, plans_differ_where_the_caches_do) {
  const Kernel kernel = kernel_of(dense_cases(64, 2000, 512).front().text);
  CpuTarget target = *named_target("avx2");
  const auto tile_of = [&] {
    const KernelCuts cuts = cpu_backend(target)->plan(kernel, structure_of(kernel))->cuts();
    const ContractionCut& cut = cuts.contractions.begin()->second;
    return std::tuple(cut.tile, cut.panels, cut.reductions, cut.memory_sum ? cut.memory_sum->block : 0);
  };
  const auto usual = tile_of();
  EXPECT_EQ(tile_of(), usual);
  target.caches[0].usable_lines = 40;
  target.caches[1].usable_lines = 200;
  EXPECT_NE(tile_of(), usual);
}

struct PlainPlan final : KernelPlan {
  KernelCuts plain;
  KernelCuts cuts() const override { return plain; }
};

/// The least that a backend can do: no lanes, no tiles, no loops but Halide's own.
class PlainBackend final : public Backend {
 public:
  std::string text() const override { return "plain"; }
  runtime::MemoryLayout memory() const override { return runtime::cpu_memory; }
  std::string halide_target() const override { return "x86-64-linux-sse41"; }
  std::unique_ptr<KernelPlan> plan(const Kernel&, const KernelStructure& structure) const override {
    auto plan = std::make_unique<PlainPlan>();
    for (NodeId node : reductions_of(structure)) plan->plain.reductions[node] = {};
    for (const OutputGroup& group : structure.groups) plan->plain.taken_in.push_back(group.reductions);
    return plan;
  }
  void schedule(const Kernel&, const KernelPlan&, LoweredKernel&) const override {}
  bool shares_objects() const override { return false; }
};

TEST(backend, of_its_own_needs_a_plan_and_a_schedule) {
  for (const Kernel& kernel : kernels()) {
    std::vector<std::vector<float>> inputs;
    for (NodeId node : node_ids(kernel.body))
      if (std::holds_alternative<Input>(kernel.body[node].kind))
        inputs.push_back(random_values(static_cast<size_t>(element_count(kernel.body[node])), inputs.size() + 1));
    const auto expected = LoadedKernel(kernel, *named_target("avx2")).run(inputs);
    const auto plain = LoadedKernel(kernel, PlainBackend()).run(inputs);
    ASSERT_EQ(plain.size(), expected.size());
    for (size_t output = 0; output < plain.size(); ++output)
      for (size_t k = 0; k < plain[output].size(); ++k)
        ASSERT_NEAR(plain[output][k], expected[output][k], 1e-4) << print(kernel);
  }
}

TEST(backend, that_shares_no_objects_gets_one_for_each_kernel) {
  const Plan plan = plan_of(kernels());
  EXPECT_EQ(share_out(plan, PlainBackend()).size(), plan.kernels.size());
  EXPECT_LT(share_out(plan, *cpu_backend(*named_target("avx2"))).size(), plan.kernels.size());
}

/// Halide numbers its names through all that a process compiles.
TEST(backend, makes_the_same_source_for_a_device_whatever_was_compiled_before) {
  const auto backend = backend_of(GpuTarget());
  std::vector<std::string> first, second;
  const std::vector<Kernel> all = kernels();
  for (const Kernel& kernel : all) first.push_back(kernel_assembly(kernel, *backend));
  for (auto kernel = all.rbegin(); kernel != all.rend(); ++kernel)
    second.insert(second.begin(), kernel_assembly(*kernel, *backend));
  EXPECT_EQ(first, second);
  for (const std::string& source : first) EXPECT_EQ(source.find("address_space"), std::string::npos) << source;
}

}  // namespace
}  // namespace dnnc::test
