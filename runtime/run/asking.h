#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "runtime/run/answers.h"
#include "runtime/run/feed.h"
#include "runtime/run/finite_fields.h"

namespace dnnc::runtime {

/// Asks a net about examples, batch by batch. What it is made of must outlive it.
class Asking {
 public:
  /// `targets`: whether the examples have any; `seed` is of a net that draws.
  Asking(Machine& machine, const DataSet& data, bool targets, uint64_t seed)
      : machine_(machine),
        data_(data),
        entry_(machine.entry(EntryKind::Predict)),
        seed_(seed),
        feeder_(machine, entry_, data),
        ports_(machine, entry_),
        targets_(machine, data, targets) {
    ports_.set({.seed = seed});
  }
  bool has_targets() const { return targets_.any(); }

  /// Calls use(row, answers, targets) for each, or for the values of those paths in place of its answers. What labels are called
  /// say `names`.
  template <class Use>
  void each(const std::vector<uint32_t>& rows, const DataNames& names, const std::vector<std::string>& values,
            const Use& use) {
    const auto all = static_cast<int64_t>(rows.size());
    for (int64_t begin = 0; begin < all; begin += entry_.batch) {
      const int64_t valid = std::min(entry_.batch, all - begin);
      const uint32_t* const batch = rows.data() + begin;
      targets_.compute(batch, valid, seed_, begin);
      feeder_.feed(batch, valid);
      ports_.set_first(static_cast<size_t>(begin));
      machine_.compute(entry_);
      expect_finite_fields(machine_, entry_, data_, batch, valid);
      for (int64_t i = 0; i < valid; ++i) use(batch[i], answers_to(machine_, names, i, values), targets_.of(batch, i));
    }
  }

 private:
  Machine& machine_;
  const DataSet& data_;
  const EntryInfo& entry_;
  uint64_t seed_;
  Feeder feeder_;
  SettingPorts ports_;
  Targets targets_;
};

}  // namespace dnnc::runtime
