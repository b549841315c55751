#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "runtime/device/driver_listener.h"
#include "runtime/run/progress.h"

namespace dnnc::runtime {

/// While it lives it is said what drivers compile, where that takes long: beside what is done if that is said too, else alone.
class DriverProgress final : DriverListener {
 public:
  /// `shown` false: nothing is said.
  explicit DriverProgress(bool shown, std::chrono::milliseconds patience = Progress::usual_patience);
  ~DriverProgress() override;
  DriverProgress(const DriverProgress&) = delete;
  DriverProgress& operator=(const DriverProgress&) = delete;

  /// What says what is done, as long as that lives; null: nothing does.
  void beside(Progress* doing) { doing_ = doing; }

 private:
  using Clock = Progress::Clock;
  void compiles(const std::string& driver, int64_t more) override;
  void rests() override;

  bool shown_;
  std::chrono::milliseconds patience_;
  Progress* doing_ = nullptr;
  std::unique_ptr<Progress> own_;
  bool compiles_ = false;
  std::shared_ptr<std::atomic<int64_t>> kernels_;  ///< that it was given since it began
  Clock::time_point began_, rested_, next_;
};

}  // namespace dnnc::runtime
