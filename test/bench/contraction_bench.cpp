// GFLOP/s of contractions on one core, and percent of the peak of fused multiply-adds probed just before and after.
// contraction_bench [TARGET] [PART-OF-A-NAME]: TARGET is host, avx2 or avx512. Shapes of the group `other` were looked
// at while the cost model was made; those of `unseen` were not: look at them last, and replace them when they were
// tuned on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>

#include "compiler/halide/cpu/contraction_cost.h"
#include "compiler/halide/cpu/contraction_plan.h"
#include "compiler/halide/structure/contraction.h"
#include "contraction_cases.h"
#include "kernel_runner.h"
#include "runtime/program/peak.h"

namespace {

using namespace dnnc;
using namespace dnnc::test;

/// Time of this thread on its core: what other programs take away does not count.
double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double probe_peak(const CpuTarget& target) {
  const double start = now();
  const double flops = runtime::multiply_and_add(target.vector_floats, 20000);
  return flops / (now() - start);
}

struct Row {
  double gigaflops, share, microseconds, compile_seconds;
  size_t bytes;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Row measure(const Kernel& kernel, const CpuTarget& target, double flops) {
  Row row{};
  const double start = now();
  row.bytes = compile_object({&kernel}, *cpu_backend(target)).size();
  row.compile_seconds = now() - start;
  const LoadedKernel loaded(kernel, target);
  std::vector<Memory> memory;
  std::vector<void*> buffers;
  for (const Node& node : kernel.body.nodes) {
    memory.emplace_back(static_cast<size_t>(element_count(node)) * 4);
    const auto values = random_values(static_cast<size_t>(element_count(node)), memory.size());
    std::memcpy(memory.back().data(), values.data(), values.size() * 4);
    buffers.push_back(memory.back().data());
  }
  loaded.call(buffers);
  double once = now();
  loaded.call(buffers);
  once = now() - once;
  const int calls = std::max(1, static_cast<int>(0.003 / once));
  std::vector<double> shares, speeds;
  for (int repetition = 0; repetition < 15; ++repetition) {
    const double before = probe_peak(target);
    const double begin = now();
    for (int call = 0; call < calls; ++call) loaded.call(buffers);
    const double speed = flops * calls / (now() - begin);
    shares.push_back(speed / std::max(before, probe_peak(target)));
    speeds.push_back(speed);
  }
  row.share = median(shares);
  row.gigaflops = median(speeds) * 1e-9;
  row.microseconds = flops / median(speeds) * 1e6;
  return row;
}

/// What of the predicted time is copying operands into panels.
double share_of_copies(const PlanCost& cost) {
  PlanCost others = cost;
  others.turned = others.copied = others.copies = 0;
  return 1 - cycles_of(others) / cycles_of(cost);
}

struct Case {
  ContractionCase contraction;
  const char* group;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  const auto add = [&](const std::vector<ContractionCase>& some, const char* group) {
    for (const ContractionCase& one : some) cases.push_back({one, group});
  };
  for (const auto& [batch, inputs, outputs] :
       {std::tuple(32, 784, 128), {32, 128, 64}, {32, 64, 10}, {64, 1024, 64}, {64, 64, 10}, {64, 1600, 128}})
    add(dense_cases(batch, inputs, outputs), "lesson");
  add(convolution_cases({64, 32, 3, 32}), "lesson");
  add(convolution_cases({64, 15, 32, 64}), "lesson");
  add(convolution_cases({64, 6, 64, 64}), "lesson");
  add(convolution_cases({64, 28, 1, 32}), "lesson");
  add(convolution_cases({64, 13, 32, 64}), "lesson");
  add(convolution_cases({64, 16, 64, 64, 3, 2, 1}), "lesson");
  for (const auto& [batch, inputs, outputs] : {std::tuple(48, 500, 96), {20, 300, 50}, {128, 256, 256}, {100, 37, 19}})
    add(dense_cases(batch, inputs, outputs), "other");
  add(convolution_cases({16, 20, 48, 48, 3, 1, 1}), "other");
  add(convolution_cases({32, 9, 24, 40}), "other");
  add(convolution_cases({16, 14, 96, 96, 3, 1, 1}), "other");
  add(convolution_cases({8, 28, 16, 24, 3, 2, 1}), "other");
  add(convolution_cases({10, 11, 5, 7}), "other");
  for (const auto& [batch, inputs, outputs] : {std::tuple(40, 400, 120), {64, 96, 200}, {24, 640, 72}})
    add(dense_cases(batch, inputs, outputs), "unseen");
  add(convolution_cases({16, 12, 20, 36}), "unseen");
  add(convolution_cases({8, 18, 32, 48, 3, 1, 1}), "unseen");
  add(convolution_cases({8, 24, 16, 32, 3, 2, 1}), "unseen");
  add(convolution_cases({12, 17, 40, 40, 5, 1, 2}), "unseen");
  return cases;
}

}  // namespace

int main(int argc, char** argv) {
  const auto target = named_target(argc > 1 ? argv[1] : "host");
  if (!target) return 2;
  const std::string part = argc > 2 ? argv[2] : "";
  for (const Case& one : all_cases()) {
    const std::string name = std::string(one.group) + " " + one.contraction.name;
    if (name.find(part) == std::string::npos) continue;
    const Kernel kernel = kernel_of(one.contraction.text);
    const auto contraction = contraction_of(kernel.body, kernel.body.outputs[0].node);
    const double flops = 2 * contraction->useful_products();
    const auto plan = plan_contraction(*contraction, *target);
    const Row row = measure(kernel, *target, flops);
    const double predicted = !plan ? 0 : flops / 2 / (2 * target->vector_floats) / plan->cycles;
    if (!plan) {
      fmt::print("{:52} {:6.1f} GFLOP/s {:5.1f}% {:9.1f} us: no tile fits, a plain reduction\n", name, row.gigaflops,
                 100 * row.share, row.microseconds);
      continue;
    }
    const double copies = share_of_copies(cost_of(*contraction, *plan, *target));
    fmt::print(
        "{:52} {:6.1f} GFLOP/s {:5.1f}% (model {:3.0f}%, of it {:4.1f}% copies) {:9.1f} us, compiled in {:.2f} s, "
        "{:5} bytes: {}\n",
        name, row.gigaflops, 100 * row.share, 100 * predicted, 100 * copies, row.microseconds, row.compile_seconds,
        row.bytes, print(*plan));
    std::fflush(stdout);
  }
}
