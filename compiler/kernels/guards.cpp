#include "compiler/kernels/guards.h"

#include <algorithm>
#include <limits>

#include "compiler/kernels/any_length.h"

namespace dnnc {
namespace {

/// A gradient is looked at through others only if these are so many times fewer numbers.
constexpr int64_t fewer = 2;
/// How much memory bounds may cost, as a share of the arena: one part of so many.
constexpr int64_t share_of_arena = 20;

int64_t numbers_in(const Plan& plan, BufferId buffer) {
  return plan.buffers[buffer].bytes / bytes_of(plan.buffers[buffer].storage);
}

void add_buffers(const Bound& bound, std::set<BufferId>& buffers) {
  for (const BoundTerm& term : bound) buffers.insert(term.buffers.begin(), term.buffers.end());
}

/// What is known of a buffer before anything is computed.
Bound bound_of_input(const Plan& plan, BufferId buffer) {
  switch (plan.buffers[buffer].storage) {
    case Storage::UInt8:
      return bound_by(255);
    case Storage::Int32:
      return bound_by(0x1p31);
    case Storage::Float32:
    case Storage::Float64:
      break;
  }
  return bound_by(buffer);
}

/// Follows the calls of an entry. A buffer that one call alone writes, be it in many trips, is whole when a call outside of
/// loops reads it, and stays as it is.
class Follower {
 public:
  Follower(const Plan& plan, const Entry& entry) : plan_(plan) {
    for (const Entry::Port& port : entry.inputs) written_.insert(port.buffer);
  }

  void add_call(const KernelCall& call, const runtime::Nest& nest) {
    const size_t inputs = plan_.kernels[call.kernel].inputs.size();
    if (!nest.loops.empty() || !call.windows.empty()) {
      for (size_t k = inputs; k < call.buffers.size(); ++k) add_result(call.buffers[k], std::nullopt);
      return;
    }
    std::vector<Bound> known;
    for (size_t k = 0; k < inputs; ++k) known.push_back(bound_as_operand(call.buffers[k]));
    const Graph body = body_of(plan_, call);
    const auto bounds = bounds_of(body, known);
    for (size_t k = 0; inputs + k < call.buffers.size(); ++k)
      add_result(call.buffers[inputs + k], bounds.at(body.outputs[k].node.value));
  }
  /// Nothing of buffers that hold something else in the end than when they were read, nor by them.
  std::map<BufferId, Bound> proven() && {
    std::erase_if(proven_, [&](const auto& of_buffer) {
      std::set<BufferId> concerned = {of_buffer.first};
      add_buffers(of_buffer.second, concerned);
      return std::any_of(concerned.begin(), concerned.end(), [&](BufferId b) { return rewritten_.contains(b); });
    });
    return std::move(proven_);
  }

 private:
  /// A number if that is proven, else the buffer.
  Bound bound_as_operand(BufferId buffer) const {
    const auto found = proven_.find(buffer);
    const bool number = found != proven_.end() && found->second.size() == 1 && found->second[0].buffers.empty();
    return number ? found->second : bound_of_input(plan_, buffer);
  }
  void add_result(BufferId buffer, const std::optional<Bound>& bound) {
    if (!written_.insert(buffer).second) rewritten_.insert(buffer);
    proven_.erase(buffer);
    if (bound) proven_[buffer] = *bound;
  }

  const Plan& plan_;
  std::map<BufferId, Bound> proven_;
  std::set<BufferId> written_, rewritten_;
};

bool may_hold(const Bound& bound) {
  return std::all_of(bound.begin(), bound.end(), [](const BoundTerm& term) {
    return term.factor < static_cast<double>(std::numeric_limits<float>::max());
  });
}

/// A guard that may have a bound.
struct Candidate {
  size_t guard;
  int64_t numbers;  ///< of the gradient
  Bound bound;
};

/// The largest gradients first.
std::vector<Candidate> candidates_of(const Plan& plan, const Entry& entry) {
  std::vector<Candidate> candidates;
  const auto proven = proven_bounds(plan, entry);
  for (size_t number = 0; number < entry.guards.size(); ++number) {
    const BufferId buffer = entry.guards[number].buffer;
    const auto found = proven.find(buffer);
    if (found != proven.end() && may_hold(found->second))
      candidates.push_back({number, numbers_in(plan, buffer), found->second});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.numbers > b.numbers; });
  return candidates;
}

/// Gives guards the bounds that pay, each given the buffers that are looked at for those before it. At most so many add
/// buffers; returns how many do.
size_t use_bounds(const Plan& plan, Entry& entry, const std::vector<Candidate>& candidates, size_t most) {
  for (Entry::Guard& guard : entry.guards) guard.bound.clear();
  std::set<BufferId> looked_at;
  size_t adding = 0;
  for (const Candidate& candidate : candidates) {
    std::set<BufferId> with_it = looked_at;
    add_buffers(candidate.bound, with_it);
    int64_t more = 0;
    for (BufferId buffer : with_it)
      if (!looked_at.contains(buffer)) more += numbers_in(plan, buffer);
    if (fewer * more > candidate.numbers || (more > 0 && adding == most)) continue;
    if (more > 0) ++adding;
    looked_at = std::move(with_it);
    entry.guards[candidate.guard].bound = candidate.bound;
  }
  return adding;
}

}  // namespace

std::map<BufferId, Bound> proven_bounds(const Plan& plan, const Entry& entry) {
  Follower follower(plan, entry);
  runtime::for_each_call(entry.step.compute,
                         [&](size_t call, const runtime::Nest& nest) { follower.add_call(entry.calls[call], nest); });
  return std::move(follower).proven();
}

int64_t choose_bounds(const Plan& plan, Entry& entry, const std::function<int64_t()>& place) {
  const int64_t end = place();
  if (entry.guards.empty()) return end;
  const std::vector<Candidate> candidates = candidates_of(plan, entry);
  for (size_t most = candidates.size();; most /= 2) {
    most = use_bounds(plan, entry, candidates, most);
    const int64_t with_bounds = place();
    if (most == 0 || with_bounds <= end + end / share_of_arena) return with_bounds;
  }
}

size_t first_update(const Entry& entry) {
  size_t calls = 0;
  runtime::for_each_call(entry.step.compute, [&](size_t, const runtime::Nest&) { ++calls; });
  return calls;
}

std::set<BufferId> buffers_in_bounds(const Entry& entry) {
  std::set<BufferId> buffers;
  for (const Entry::Guard& guard : entry.guards) add_buffers(guard.bound, buffers);
  return buffers;
}

std::set<BufferId> guarded_buffers(const Entry& entry) {
  std::set<BufferId> buffers = buffers_in_bounds(entry);
  for (const Entry::Guard& guard : entry.guards) buffers.insert(guard.buffer);
  return buffers;
}

}  // namespace dnnc
