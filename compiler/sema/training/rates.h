#pragma once
#include <optional>

#include "compiler/sema/model.h"

namespace dnnc {

/// The rate of each optimizer of a run as an output that is called like it, over settings of the loop; without those that have
/// none. std::nullopt where one has no value by itself.
std::optional<Graph> build_rates(const Model& model, const Training& training);

}  // namespace dnnc
