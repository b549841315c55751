#pragma once
#include <memory>
#include <vector>

#include "runtime/device/cuda_api.h"
#include "runtime/device/device_queue.h"

namespace dnnc::runtime::cuda {

/// A launch, with the bytes of its arguments.
struct RecordedLaunch {
  Kernel kernel;
  Groups groups;
  int64_t shared_bytes;
  std::vector<uint32_t> sizes;  ///< of the arguments
  std::vector<char> bytes;      ///< of all of them, one behind the other
  bool operator==(const RecordedLaunch&) const;
};

/// Launches what it is given, in order. What it has launched twice, the same launches with the same arguments between two stops,
/// becomes a graph of the driver's, and is launched at once from then on: a launch costs the host more than a small kernel the
/// device. Nothing but a launch, its arguments and the stops decide.
class GraphedLaunches {
 public:
  GraphedLaunches(const Api& api, Stream stream) : api_(api), stream_(stream) {}
  ~GraphedLaunches();
  GraphedLaunches(const GraphedLaunches&) = delete;
  GraphedLaunches& operator=(const GraphedLaunches&) = delete;

  /// Each gives the number of what failed.
  int32_t launch(RecordedLaunch launch);
  /// Whatever was given is launched when this returns.
  int32_t stop();

 private:
  using Sequence = std::vector<RecordedLaunch>;
  struct Graphed {
    Sequence launches;
    GraphExec exec = nullptr;  ///< null: it was launched once
  };

  int32_t launch_now(const RecordedLaunch& launch) const;
  int32_t capture(Graphed& graphed) const;
  /// Of all graphs that begin with what was given; null: none does.
  Graphed* longest_that_begins();
  int32_t give_up_waiting();

  const Api& api_;
  Stream stream_;
  std::vector<Graphed> known_;
  Sequence given_;               ///< since the last stop
  size_t launched_ = 0;          ///< of these
  Graphed* expected_ = nullptr;  ///< what those that wait are the begin of
};

}  // namespace dnnc::runtime::cuda
