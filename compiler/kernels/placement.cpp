#include <algorithm>

#include "compiler/kernels/guards.h"
#include "compiler/kernels/memory.h"

namespace dnnc {
namespace {

std::set<BufferId> kept_buffers(const Plan& plan) {
  std::set<BufferId> kept;
  for (const Entry& entry : plan.entries)
    for (const Entry::Port& port : entry.inputs)
      if (runtime::outlives_step(port.role)) kept.insert(port.buffer);
  return kept;
}

/// One after the other.
int64_t place_kept(Plan& plan, const std::set<BufferId>& kept) {
  int64_t end = 0;
  for (BufferId buffer : kept) {
    plan.buffers[buffer].offset = end;
    end += plan.memory.padded(plan.buffers[buffer].bytes);
  }
  return end;
}

int64_t place_scratch(Plan& plan, const Entry& entry, const std::set<BufferId>& kept) {
  const auto lifetimes = lifetimes_of(plan, entry, kept);
  std::vector<Lifetime> pieces;
  for (const auto& [buffer, lifetime] : lifetimes) pieces.push_back(lifetime);
  const int64_t end = place(pieces, plan.kept_bytes, plan.memory);
  size_t number = 0;
  for (const auto& [buffer, lifetime] : lifetimes) plan.buffers[buffer].offset = pieces[number++].offset;
  return end;
}

/// A loop as the calls in it: numbers rise, so they are neighbours.
struct Range {
  int64_t first, last;
  bool holds(int64_t time) const { return first <= time && time <= last; }
  bool operator==(const Range&) const = default;
};

void add_ranges(const std::vector<runtime::StepPart>& parts, std::vector<Range>& ranges, Range& around) {
  for (const runtime::StepPart& part : parts) {
    Range range{INT64_MAX, -1};
    if (const size_t* call = std::get_if<size_t>(&part.is)) {
      range = {static_cast<int64_t>(*call), static_cast<int64_t>(*call)};
    } else {
      const auto& loop = std::get<runtime::Loop>(part.is);
      add_ranges(loop.body, ranges, range);
      add_ranges(loop.idle, ranges, range);
      ranges.push_back(range);  // those within it stand before it
    }
    around = {std::min(around.first, range.first), std::max(around.last, range.last)};
  }
}

/// All that is known of how an entry uses a buffer.
struct Use {
  Lifetime lifetime;
  bool written_first = false;  ///< the first call that uses it writes all of it and reads nothing of it
  bool moves = false;          ///< some call sees a piece of it
};

class Uses {
 public:
  explicit Uses(const Plan& plan, const std::set<BufferId>& kept) : plan_(plan), kept_(kept) {}

  void add(BufferId buffer, int64_t time, bool writes = false) {
    if (kept_.contains(buffer)) return;
    const Lifetime fresh{plan_.buffers[buffer].bytes, time, time, 0};
    const auto [use, is_new] = uses_.try_emplace(buffer, Use{fresh, writes, false});
    use->second.lifetime.last = std::max(use->second.lifetime.last, time);
  }
  void add(const KernelCall& call, int64_t time, const std::vector<const runtime::Loop*>& loops) {
    const size_t inputs = plan_.kernels[call.kernel].inputs.size();
    for (size_t k = 0; k < call.buffers.size(); ++k) add(call.buffers[k], time, k >= inputs);
    for (const auto& [argument, window] : call.windows) {
      set_moves(call.buffers[argument]);
      if (!window.lag) continue;
      const BufferId before{static_cast<uint32_t>(window.lag->before)};
      add(before, time);
      set_moves(before);
    }
    for (const runtime::Loop* loop : loops) {
      if (loop->trip) add(BufferId{static_cast<uint32_t>(*loop->trip)}, time);
      if (!loop->at_work) continue;
      const BufferId at_work{static_cast<uint32_t>(*loop->at_work)};
      add(at_work, time);
      set_moves(at_work);
    }
  }
  /// Makes what is used within a loop last as long as it, where a trip may read what another has left.
  void span(const Range& loop) {
    for (auto& [buffer, use] : uses_) {
      Lifetime& life = use.lifetime;
      const bool within = loop.holds(life.first) && loop.holds(life.last);
      if (life.last < loop.first || life.first > loop.last) continue;
      if (within && use.written_first && !use.moves) continue;
      life.first = std::min(life.first, loop.first);
      life.last = std::max(life.last, loop.last);
    }
  }
  std::map<BufferId, Lifetime> lifetimes() const {
    std::map<BufferId, Lifetime> lifetimes;
    for (const auto& [buffer, use] : uses_) lifetimes[buffer] = use.lifetime;
    return lifetimes;
  }

 private:
  void set_moves(BufferId buffer) {
    if (const auto use = uses_.find(buffer); use != uses_.end()) use->second.moves = true;
  }

  const Plan& plan_;
  const std::set<BufferId>& kept_;
  std::map<BufferId, Use> uses_;
};

}  // namespace

std::map<BufferId, Lifetime> lifetimes_of(const Plan& plan, const Entry& entry, const std::set<BufferId>& kept) {
  Uses uses(plan, kept);
  for (const Entry::Port& port : entry.inputs) uses.add(port.buffer, -1);
  std::vector<Range> loops;
  runtime::for_each_call(entry.step, [&](size_t call, const runtime::Nest& nest) {
    uses.add(entry.calls[call], static_cast<int64_t>(call), nest.loops);
  });
  Range all{INT64_MAX, -1};
  for (const auto* parts : {&entry.step.compute, &entry.step.update}) add_ranges(*parts, loops, all);
  const auto guards_look = static_cast<int64_t>(first_update(entry));
  for (BufferId buffer : guarded_buffers(entry)) uses.add(buffer, guards_look);
  for (const Entry::Port& port : entry.outputs) uses.add(port.buffer, static_cast<int64_t>(entry.calls.size()));
  for (const Range& loop : loops) uses.span(loop);
  return uses.lifetimes();
}

void place_buffers(Plan& plan) {
  const std::set<BufferId> kept = kept_buffers(plan);
  plan.kept_bytes = plan.arena_bytes = place_kept(plan, kept);
  for (Entry& entry : plan.entries) {
    entry.arena_bytes = choose_bounds(plan, entry, [&] { return place_scratch(plan, entry, kept); });
    plan.arena_bytes = std::max(plan.arena_bytes, entry.arena_bytes);
  }
}

}  // namespace dnnc
