#include "compiler/kernels/verify_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace dnnc {
namespace {

class StepCheck {
 public:
  StepCheck(const Plan& plan, const Entry& entry) : plan_(plan), entry_(entry) {}

  std::vector<std::string> faults() {
    check_parts(entry_.step.compute);
    check_parts(entry_.step.update);
    if (next_ != entry_.calls.size()) fault("a call is not in the step");
    return faults_;
  }

 private:
  /// Once for all trips.
  void fault(const std::string& what) {
    if (told_.insert(what).second) faults_.push_back(runtime::word_of(entry_.kind) + (": " + what));
  }

  void check_parts(const std::vector<runtime::StepPart>& parts) {
    for (const runtime::StepPart& part : parts) {
      if (const size_t* call = std::get_if<size_t>(&part.is)) {
        check_call(*call);
      } else {
        const auto& loop = std::get<runtime::Loop>(part.is);
        check_loop(loop);
        loops_.push_back(&loop);
        check_parts(loop.body);
        check_idle(loop);
        if (loop.direction == runtime::Direction::Any) check_apart(loop, loops_.size() - 1);
        loops_.pop_back();
      }
    }
  }

  void check_call(size_t call) {
    if (call != next_++) return fault(fmt::format("call {} is not in its place", call));
    if (call >= entry_.calls.size()) return fault(fmt::format("there is no call {}", call));
    for (const auto& [argument, window] : entry_.calls[call].windows)
      check_window(entry_.calls[call], argument, window);
  }

  /// Calls of idle trips write all pieces that those of the body do, and read nothing that a body alone would have written.
  void check_idle(const runtime::Loop& loop) {
    if (loop.at_work.has_value() == loop.idle.empty()) fault("an idle trip does nothing, or no trip is idle");
    const bool calls_alone = std::ranges::all_of(
        loop.idle, [](const runtime::StepPart& part) { return std::holds_alternative<size_t>(part.is); });
    if (!calls_alone) fault("an idle trip has loops");
    check_parts(loop.idle);
    if (!loop.at_work || !calls_alone) return;
    if (*loop.at_work >= plan_.buffers.size() || storage(*loop.at_work) != Storage::Float32 ||
        loop.strides_at_work.size() != loops_.size())
      return fault("what tells idle trips does not fit the loops");
    const auto written = pieces_written(loop.body), anew = pieces_written(loop.idle);
    for (const auto& [piece, window] : written) {
      const auto found = anew.find(piece);
      const bool moves = window && window->strides.back() != 0;
      if (moves && (found == anew.end() || found->second != window))
        fault(fmt::format("an idle trip does not write its piece of b{}", piece.value));
    }
    check_reads_of_idle(loop, written);
  }

  std::map<BufferId, std::optional<runtime::Window>> pieces_written(const std::vector<runtime::StepPart>& parts) const {
    std::map<BufferId, std::optional<runtime::Window>> written;
    runtime::for_each_call(parts, [&](size_t number, const runtime::Nest&) {
      if (number >= entry_.calls.size()) return;
      const KernelCall& call = entry_.calls[number];
      for (size_t k = plan_.kernels[call.kernel].inputs.size(); k < call.buffers.size(); ++k)
        written[call.buffers[k]] = call.window(k);
    });
    return written;
  }

  void check_reads_of_idle(const runtime::Loop& loop,
                           const std::map<BufferId, std::optional<runtime::Window>>& written) {
    std::set<BufferId> made;
    for (const runtime::StepPart& part : loop.idle) {
      const size_t number = std::get<size_t>(part.is);
      if (number >= entry_.calls.size()) return;
      const KernelCall& call = entry_.calls[number];
      const size_t inputs = plan_.kernels[call.kernel].inputs.size();
      for (size_t k = 0; k < inputs; ++k) {
        const auto window = call.window(k);
        if (written.contains(call.buffers[k]) && !made.contains(call.buffers[k]) && !(window && window->lag))
          fault(fmt::format("{}: argument {} is what an idle trip has not written", call.name, k));
      }
      made.insert(call.buffers.begin() + static_cast<std::ptrdiff_t>(inputs), call.buffers.end());
    }
  }

  /// What the trips of a loop write lies apart, and each reads only its own of it.
  void check_apart(const runtime::Loop& loop, size_t depth) {
    std::map<BufferId, int64_t> strides;  // of what is written
    const auto for_each_argument = [&](const auto& visit) {
      runtime::for_each_call(loop.body, [&](size_t number, const runtime::Nest& nest) {
        if (number >= entry_.calls.size()) return;
        const KernelCall& call = entry_.calls[number];
        for (const runtime::Loop* inner : nest.loops)
          if (inner->trip) fault(call.name + ": the number of a trip is stored by several threads");
        for (size_t k = 0; k < call.buffers.size(); ++k) {
          const auto window = call.window(k);
          const bool moves = window && window->strides.size() > depth;
          visit(call, k, moves ? window->strides[depth] : 0, window ? window->bytes : 0);
        }
      });
    };
    for_each_argument([&](const KernelCall& call, size_t k, int64_t stride, int64_t bytes) {
      if (k < plan_.kernels[call.kernel].inputs.size()) return;
      strides[call.buffers[k]] = stride;
      if (stride < bytes || stride == 0) fault(call.name + ": writes where another trip of its loop does");
    });
    for_each_argument([&](const KernelCall& call, size_t k, int64_t stride, int64_t bytes) {
      const auto written = strides.find(call.buffers[k]);
      if (written != strides.end() && (written->second != stride || stride < bytes))
        fault(fmt::format("{}: argument {} is what another trip of its loop writes", call.name, k));
    });
  }

  void check_loop(const runtime::Loop& loop) {
    if (loop.extent < 1 || loop.body.empty()) fault("a loop does nothing");
    if (!loop.trip) return;
    if (*loop.trip >= plan_.buffers.size()) return fault("there is no buffer for the number of a trip");
    const Buffer& trip = plan_.buffers[BufferId{static_cast<uint32_t>(*loop.trip)}];
    if (trip.storage != Storage::Int32 || trip.bytes != runtime::bytes_of(Storage::Int32))
      fault("the number of a trip is not one Int32");
    if (trip.offset < plan_.kept_bytes) fault("the number of a trip lies in memory that is kept");
  }

  bool fit(const std::vector<int64_t>& strides) const {
    return strides.size() == loops_.size() &&
           std::ranges::all_of(strides, [&](int64_t stride) { return stride % plan_.memory.alignment == 0; });
  }

  void check_window(const KernelCall& call, size_t argument, const runtime::Window& window) {
    if (argument >= call.buffers.size()) return fault(call.name + ": a window of no argument");
    if (loops_.empty()) fault(call.name + ": a window outside of loops");
    bool right = fit(window.strides) && window.bytes > 0;
    if (const auto& lag = window.lag)
      right = right && lag->loop < loops_.size() && loops_[lag->loop]->direction != runtime::Direction::Any &&
              lag->trips > 0 && lag->before < plan_.buffers.size() && fit(lag->strides) &&
              storage(lag->before) == storage(call.buffers[argument].value);
    if (!right) fault(fmt::format("{}: the window of argument {} does not fit its loops", call.name, argument));
  }
  Storage storage(size_t buffer) const { return plan_.buffers[BufferId{static_cast<uint32_t>(buffer)}].storage; }

  const Plan& plan_;
  const Entry& entry_;
  std::vector<const runtime::Loop*> loops_;
  size_t next_ = 0;
  std::set<std::string> told_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> verify_step(const Plan& plan, const Entry& entry) { return StepCheck(plan, entry).faults(); }

}  // namespace dnnc
