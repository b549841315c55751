#pragma once
#include "runtime/run/feed.h"
#include "runtime/run/means.h"

namespace dnnc::runtime {

/// Loss and metrics over some examples, `training` false and `step` 0; the other settings as given. Empty of no examples.
Numbers evaluate(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, Settings settings);

}  // namespace dnnc::runtime
