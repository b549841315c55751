#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "compiler/halide/compile.h"
#include "compiler/native/native.h"
#include "test/unit/graph_text.h"
#include "test/unit/native/plan_manifest.h"

namespace dnnc {
namespace {

/// Two kernels in a row, of lengths that are no multiple of a vector's.
const char* const two_kernels = R"(
%x[n: batch 7, i: 13] = field "x"
%w[i: 13, j: 5] = parameter "w"
%s[n: batch 7, j: 5] = sum[i: 13](%x[n, i] * %w[i, j])
%m[n: batch 7] = max[j: 5](%s[n, j])
output result "m" = %m
)";

template <class List>
auto& named(List& list, const std::string& name) {
  for (auto& item : list)
    if (item.name == name) return item;
  throw std::logic_error("nothing is called " + name);
}

/// What the check says of one step of the program, made with the first change and checked by a plan with the second.
std::string found(const std::function<void(Plan&)>& change,
                  const std::function<void(runtime::MemoryPlan&)>& change_check) {
  Plan plan = dnnc::plan({{EntryKind::Train, 7, graph_of(two_kernels), {}}}, {0, 0});
  change(plan);
  runtime::Manifest manifest = test::plan_manifest(plan, true);
  change_check(*manifest.memory);
  const auto program = load_program(plan, compile_kernels(plan, *cpu_backend(host_target()), {}, 1), "{}");
  try {
    runtime::Machine machine(program->program(), manifest);
    for (const runtime::InputPort& port : manifest.entries[0].inputs)
      for (int64_t k = 0; k < port.count(); ++k) machine.set(port, 0.5, k);
    machine.compute(manifest.entries[0]);
  } catch (const std::logic_error& fault) {
    return fault.what();
  }
  return "";
}

TEST(MemoryCheckOfKernels, FindsNothingInARightPlan) {
  EXPECT_EQ(found([](Plan&) {}, [](runtime::MemoryPlan&) {}), "");
}

TEST(MemoryCheckOfKernels, FindsAKernelThatWritesOneElementTooFar) {
  const auto one_less = [](runtime::MemoryPlan& memory) { named(memory.buffers, "s").bytes -= 4; };
  EXPECT_EQ(found([](Plan&) {}, one_less),
            "memory check: entry train: `s`, call 0, changes the memory 0 bytes behind `s`, which it may not write");
}

TEST(MemoryCheckOfKernels, FindsAKernelThatReadsOneElementTooFar) {
  const auto one_less = [](runtime::MemoryPlan& memory) { named(memory.buffers, "x").bytes -= 4; };
  EXPECT_NE(found([](Plan&) {}, one_less).find("computes it from what is none of its inputs"), std::string::npos);
}

TEST(MemoryCheckOfKernels, FindsSlotsThatOverlap) {
  const auto overlap = [](Plan& plan) { named(plan.buffers, "m").offset = named(plan.buffers, "s").offset + 64; };
  EXPECT_EQ(found(overlap, [](runtime::MemoryPlan&) {}),
            "memory check: entry train: `m`, call 1, needs memory for `m` where `s` is still in use");
}

}  // namespace
}  // namespace dnnc
