#pragma once
#include <set>
#include <string>

#include "compiler/ir/graph.h"

namespace dnnc {

/// The fields of labels whose labels the graph computes with as numbers: adds, multiplies, takes the largest of. What compares
/// them, or takes an element by them, does not.
std::set<std::string> counted_labels(const Graph& graph);

}  // namespace dnnc
