#include "runtime/run/bench_loops.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/run/events.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {
namespace {

/// A loop whose trips follow each other, with its calls and what they take together.
struct LoopFigures {
  const Loop* loop = nullptr;
  int64_t parts = 1;  ///< of the rows of a batch, each with a loop of its own
  std::vector<const CallInfo*> calls = {};
  double seconds = 0, flops = 0, seconds_of_flops = 0;
  double of_peak(double peak) const { return seconds_of_flops > 0 ? flops / seconds_of_flops / peak : NAN; }
};

std::vector<LoopFigures> loops_of(const BenchFigures& figures) {
  std::vector<LoopFigures> loops;
  for_each_call(figures.entry.step, [&](size_t number, const Nest& nest) {
    if (nest.loops.empty()) return;
    if (loops.empty() || loops.back().loop != nest.loops.back())
      loops.push_back({nest.loops.back(), trips_of(std::span(nest.loops).first(nest.loops.size() - 1))});
    LoopFigures& loop = loops.back();
    const CallInfo& call = figures.entry.calls[number];
    loop.calls.push_back(&call);
    loop.seconds += figures.call_seconds[number];
    if (call.kind != KernelClass::Contraction || call.flops <= 0) return;
    loop.flops += figures.flops(number);
    loop.seconds_of_flops += figures.call_seconds[number];
  });
  return loops;
}

std::string text_of(const BenchFigures& figures) {
  std::string text = "\n trips        time      a trip   peak  loop: kernels of a trip\n";
  for (const LoopFigures& loop : loops_of(figures)) {
    const double a_trip = loop.seconds / static_cast<double>(loop.loop->extent);
    char line[128], share[16] = "";
    if (const double of_peak = loop.of_peak(figures.peak); std::isfinite(of_peak))
      std::snprintf(share, sizeof share, "%.1f%%", 100 * of_peak);
    std::snprintf(line, sizeof line, "%6lld %11s %11s %6s  %s", static_cast<long long>(loop.loop->extent),
                  duration(loop.seconds).c_str(), duration(a_trip).c_str(), share, word_of(loop.loop->direction));
    text += line;
    if (loop.parts > 1) text += ", rows in " + std::to_string(loop.parts) + " parts";
    const char* before = ": ";
    for (const CallInfo* call : loop.calls) text += std::exchange(before, ", ") + call->name;
    text += '\n';
  }
  return text;
}

nlohmann::json json_of(const BenchFigures& figures) {
  nlohmann::json loops = nlohmann::json::array();
  for (const LoopFigures& loop : loops_of(figures)) {
    nlohmann::json kernels = nlohmann::json::array();
    for (const CallInfo* call : loop.calls) kernels.push_back(call->kernel);
    loops.push_back({{"direction", word_of(loop.loop->direction)},
                     {"trips", loop.loop->extent},
                     {"parts", loop.parts},
                     {"seconds", json_number(loop.seconds)},
                     {"of_peak", json_number(loop.of_peak(figures.peak))},
                     {"kernels", std::move(kernels)}});
  }
  return loops;
}

}  // namespace
}  // namespace dnnc::runtime

extern "C" {
extern const dnnc::runtime::LoopTable dnnc_loop_table;
const dnnc::runtime::LoopTable dnnc_loop_table = {dnnc::runtime::text_of, dnnc::runtime::json_of};
}
