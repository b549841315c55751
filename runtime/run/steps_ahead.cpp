#include "runtime/run/steps_ahead.h"

#include <algorithm>
#include <chrono>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

constexpr size_t most_steps_ahead = 64;
constexpr double seconds_ahead = 0.1;

class Ahead final : public StepsAhead {
 public:
  Ahead(Machine& machine, const EntryInfo& entry, const Means& means)
      : machine_(machine),
        entry_(entry),
        means_(means),
        ports_(means.ports()),
        watched_(machine.watch(entry)),
        steps_(most_steps_ahead) {
    size_t numbers = 0;
    for (const Port* port : ports_) numbers += static_cast<size_t>(port->count());
    for (Step& step : steps_) step.values.resize(numbers);
  }

  ~Ahead() override {
    if (count_ == 0) return;
    try {
      machine_.wait();
    } catch (const Failure&) {
      // Nothing is asked of the device any more.
    }
  }
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  void look() override { machine_.look_later(watched_, steps_[count_].found); }

  bool fetch(int64_t valid) override {
    Step& step = steps_[count_++];
    step.valid = valid;
    size_t place = 0;
    for (const Port* port : ports_) {
      const auto count = static_cast<size_t>(port->count());
      machine_.fetch_later(*port, std::span(step.values).subspan(place, count));
      place += count;
    }
    return count_ >= most_;
  }

  std::optional<Stop> settle(Sums& sums) override {
    if (count_ == 0) return std::nullopt;
    machine_.wait();
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - settled_).count() / static_cast<double>(count_);
    settled_ = now;
    most_ = static_cast<size_t>(std::clamp(seconds_ahead / std::max(seconds, 1e-9), 1.0, double{most_steps_ahead}));
    const size_t count = std::exchange(count_, 0);
    for (size_t number = 0; number < count; ++number) {
      const Step& step = steps_[number];
      if (step.found != 0) {
        machine_.go_on();
        return Stop{static_cast<int64_t>(count - number),
                    &entry_.guards[entry_.guards.size() - static_cast<size_t>(step.found)]};
      }
      means_.add(sums, step.valid, step.values);
    }
    return std::nullopt;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Step {
    int64_t valid = 0;
    int32_t found = 0;  ///< see DeviceMemory::found_later
    std::vector<float> values;
  };
  Machine& machine_;
  const EntryInfo& entry_;
  const Means& means_;
  std::vector<const Port*> ports_;
  std::optional<size_t> watched_;
  std::vector<Step> steps_;
  size_t count_ = 0, most_ = 1;
  Clock::time_point settled_ = Clock::now();
};

std::unique_ptr<StepsAhead> start(Machine& machine, const EntryInfo& entry, const Means& means) {
  return std::make_unique<Ahead>(machine, entry, means);
}

}  // namespace
}  // namespace dnnc::runtime

extern "C" {
extern const dnnc::runtime::AheadMaker dnnc_steps_ahead;
const dnnc::runtime::AheadMaker dnnc_steps_ahead = {dnnc::runtime::start, dnnc::runtime::make_device_batches};
}
