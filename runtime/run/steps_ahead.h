#pragma once
#include <memory>
#include <optional>

#include "runtime/run/device_batches.h"
#include "runtime/run/means.h"

namespace dnnc::runtime {

/// Steps that a device was asked for and that nobody has looked at. There are as many as it does in a tenth of a second at most, so
/// that who waits for it does not wait long. Trainers of processors are linked without what makes one.
class StepsAhead {
 public:
  /// Waits for what was asked for.
  virtual ~StepsAhead() = default;
  /// What not_finite() of a machine looks at is looked at when the device has come so far.
  virtual void look() = 0;
  /// Asks for what the step gives, of so many examples. True if it is time to settle.
  virtual bool fetch(int64_t valid) = 0;
  /// A number was not finite, and nothing is done from there on.
  struct Stop {
    int64_t steps;  ///< so many have not been stored
    const Guard* found;
  };
  /// Waits for all of them and adds up what they gave.
  virtual std::optional<Stop> settle(Sums& sums) = 0;
};

struct AheadMaker {
  std::unique_ptr<StepsAhead> (*start)(Machine& machine, const EntryInfo& entry, const Means& means);
  std::unique_ptr<DeviceBatches> (*batches)(Machine& machine, const EntryInfo& entry, const DataSet& data);
};

/// The name of the one there is.
inline constexpr const char* ahead_symbol = "dnnc_steps_ahead";

}  // namespace dnnc::runtime
