#include "runtime/device/cuda_graphs.h"

#include <algorithm>
#include <utility>

namespace dnnc::runtime::cuda {
namespace {

/// More than a run has steps that differ; a program whose steps always differ keeps no more.
constexpr size_t most_known = 64;

}  // namespace

bool RecordedLaunch::operator==(const RecordedLaunch& other) const {
  return kernel == other.kernel && std::ranges::equal(groups.blocks, other.groups.blocks) &&
         std::ranges::equal(groups.threads, other.groups.threads) && shared_bytes == other.shared_bytes &&
         sizes == other.sizes && bytes == other.bytes;
}

GraphedLaunches::~GraphedLaunches() {
  for (const Graphed& graphed : known_)
    if (graphed.exec) api_.GraphExecDestroy(graphed.exec);
}

int32_t GraphedLaunches::launch(RecordedLaunch launch) {
  const size_t place = given_.size();
  const bool waits = place == 0 || expected_;
  const bool goes_on = expected_ && place < expected_->launches.size() && expected_->launches[place] == launch;
  given_.push_back(std::move(launch));
  if (waits && !goes_on) expected_ = longest_that_begins();
  if (expected_) return success;
  if (waits) return give_up_waiting();
  launched_ = given_.size();
  return launch_now(given_.back());
}

GraphedLaunches::Graphed* GraphedLaunches::longest_that_begins() {
  Graphed* longest = nullptr;
  for (Graphed& graphed : known_)
    if (graphed.exec && graphed.launches.size() >= given_.size() &&
        (!longest || longest->launches.size() < graphed.launches.size()) &&
        std::equal(given_.begin(), given_.end(), graphed.launches.begin()))
      longest = &graphed;
  return longest;
}

int32_t GraphedLaunches::give_up_waiting() {
  expected_ = nullptr;
  for (; launched_ < given_.size(); ++launched_)
    if (const int32_t code = launch_now(given_[launched_]); code != success) return code;
  return success;
}

int32_t GraphedLaunches::stop() {
  if (given_.empty()) return success;
  if (expected_ && expected_->launches.size() != given_.size()) {
    const auto whole = std::ranges::find_if(
        known_, [&](const Graphed& graphed) { return graphed.exec && graphed.launches == given_; });
    if (whole != known_.end()) expected_ = &*whole;
    else if (const int32_t code = give_up_waiting(); code != success) return code;
  }
  const Sequence given = std::exchange(given_, {});
  launched_ = 0;
  if (const Graphed* graphed = std::exchange(expected_, nullptr)) return api_.GraphLaunch(graphed->exec, stream_);
  if (given.size() < 2) return success;
  const auto same = [&](const Graphed& graphed) { return graphed.launches == given; };
  if (const auto before = std::ranges::find_if(known_, same); before != known_.end()) return capture(*before);
  const auto once = std::ranges::find_if(known_, [](const Graphed& graphed) { return !graphed.exec; });
  if (known_.size() == most_known && once != known_.end()) known_.erase(once);
  if (known_.size() < most_known) known_.push_back({given});
  return success;
}

int32_t GraphedLaunches::capture(Graphed& graphed) const {
  if (graphed.exec) return success;
  Graph graph = nullptr;
  int32_t code = api_.StreamBeginCapture(stream_, capture_of_thread);
  if (code != success) return code;
  for (const RecordedLaunch& launch : graphed.launches)
    if (code == success) code = launch_now(launch);
  const int32_t ended = api_.StreamEndCapture(stream_, &graph);
  if (code == success) code = ended;
  if (code == success) code = api_.GraphInstantiateWithFlags(&graphed.exec, graph, 0);
  if (graph) api_.GraphDestroy(graph);
  return code;
}

int32_t GraphedLaunches::launch_now(const RecordedLaunch& launch) const {
  std::vector<void*> values;
  size_t at = 0;
  for (const uint32_t size : launch.sizes) {
    values.push_back(const_cast<char*>(launch.bytes.data() + at));
    at += size;
  }
  const auto number = [](int32_t count) { return static_cast<uint32_t>(count); };
  const auto& [blocks, threads] = launch.groups;
  return api_.LaunchKernel(launch.kernel, number(blocks[0]), number(blocks[1]), number(blocks[2]), number(threads[0]),
                           number(threads[1]), number(threads[2]), static_cast<uint32_t>(launch.shared_bytes), stream_,
                           values.data(), nullptr);
}

}  // namespace dnnc::runtime::cuda
