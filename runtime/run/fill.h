#pragma once
#include "runtime/run/feed.h"

namespace dnnc::runtime {

/// Fits what stands in place of missing values of a field. A symbol of its own, so that a trainer holds it only where its data
/// are filled: needed_symbols().
struct Filling {
  void (*fit)(Machine& machine, const EntryInfo& entry, Feeder& feeder, SettingPorts& ports, const DataSet& data,
              const FittedField& field);
};

}  // namespace dnnc::runtime
