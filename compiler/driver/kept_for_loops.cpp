#include "compiler/driver/kept_for_loops.h"

#include <algorithm>
#include <set>

namespace dnnc {
namespace {

/// What the calls of a loop read, keep of each trip, and make for a trip alone.
struct LoopBuffers {
  const runtime::Loop* loop = nullptr;
  std::set<BufferId> read = {}, kept = {}, passing = {};
};

std::vector<LoopBuffers> loops_of(const Plan& plan, const Entry& entry) {
  std::vector<LoopBuffers> loops;
  runtime::for_each_call(entry.step, [&](size_t number, const runtime::Nest& nest) {
    if (nest.loops.empty()) return;
    if (loops.empty() || loops.back().loop != nest.loops.back()) loops.push_back({nest.loops.back()});
    LoopBuffers& loop = loops.back();
    const KernelCall& call = entry.calls[number];
    const size_t inputs = plan.kernels[call.kernel].inputs.size();
    for (size_t argument = 0; argument < call.buffers.size(); ++argument) {
      const auto window = call.window(argument);
      const bool moves = window && window->strides.back() != 0;
      auto& set = argument < inputs ? loop.read : moves ? loop.kept : loop.passing;
      set.insert(call.buffers[argument]);
    }
  });
  return loops;
}

std::vector<std::string> names_of(const Plan& plan, const std::set<BufferId>& buffers) {
  std::vector<std::string> names;
  for (const BufferId buffer : buffers) names.push_back(plan.buffers[buffer].name);
  return names;
}

}  // namespace

std::vector<KeptForLoop> kept_for_loops(const Plan& plan, const Entry& entry) {
  std::vector<KeptForLoop> result;
  std::set<BufferId> kept, passing;
  for (const LoopBuffers& loop : loops_of(plan, entry)) {
    std::set<BufferId> read;
    std::ranges::set_intersection(loop.read, kept, std::inserter(read, read.end()));
    if (!read.empty()) {
      int64_t bytes = 0;
      for (const BufferId buffer : read) bytes += plan.buffers[buffer].bytes;
      result.push_back({loop.loop->extent, names_of(plan, read), bytes, names_of(plan, passing)});
    }
    kept.insert(loop.kept.begin(), loop.kept.end());
    passing.insert(loop.passing.begin(), loop.passing.end());
  }
  return result;
}

}  // namespace dnnc
