#pragma once
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// A name that the text form can write: letters, digits, `_` and `'`, not beginning with a digit.
bool is_axis_name(const std::string& name);
/// What must hold of the axes of a node by themselves: names written and unique, extents at least 1, of result and of
/// reduction at most one axis the batch, in the result the first. One line a fault.
std::vector<std::string> axis_faults(const Node& node);

}  // namespace dnnc
