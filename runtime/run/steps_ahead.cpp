#include "runtime/run/steps_ahead.h"

#include <algorithm>
#include <chrono>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

constexpr size_t most_steps_ahead = most_steps_recorded;
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
    if (entry.takes && machine.beside()) history_ = make_device_history(machine, entry, ports_);
  }

  ~Ahead() override {
    if (count_ == 0) return;
    try {
      machine_.wait();
      if (history_) history_->clear();
    } catch (const Failure&) {
      // Nothing is asked of the device any more.
    }
  }
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  void look() override {
    machine_.look_later(watched_);
    if (!history_) machine_.fetch_found_later(steps_[count_].found);
  }

  bool fetch(int64_t valid) override {
    Step& step = steps_[count_++];
    step.valid = valid;
    if (!history_) fetch_values(step);
    return count_ >= most_;
  }

  std::optional<Stop> settle(Sums& sums) override {
    if (count_ == 0) return std::nullopt;
    int32_t found = 0;
    if (history_) {
      history_->fetch_later(count_);
      machine_.fetch_found_later(found);
    }
    machine_.wait();
    if (history_) take_history(found);
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

  void fetch_values(Step& step) {
    size_t place = 0;
    for (const Port* port : ports_) {
      const auto count = static_cast<size_t>(port->count());
      machine_.fetch_later(*port, std::span(step.values).subspan(place, count));
      place += count;
    }
  }

  /// What the device has recorded, as if each step had been fetched.
  void take_history(int32_t found) {
    const size_t done = found == 0 ? count_ : std::min(count_ - 1, history_->done());
    for (size_t number = 0; number < done; ++number) history_->read(number, steps_[number].values);
    for (size_t number = 0; number < count_; ++number) steps_[number].found = number < done ? 0 : found;
    history_->clear();
  }

  Machine& machine_;
  const EntryInfo& entry_;
  const Means& means_;
  std::vector<const Port*> ports_;
  std::optional<size_t> watched_;
  std::unique_ptr<DeviceHistory> history_;  ///< null: what each step gives is fetched
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
