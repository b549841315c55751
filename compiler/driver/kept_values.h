#pragma once
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/sema/model.h"

namespace dnnc {

/// Lets the graph that answers give values inside of the net too, by their paths; that of the net may be left out. Throws Failure
/// where there is no such value.
void keep_values(const std::vector<std::string>& paths, const Training& training, Graph& graph);

/// The graph without them.
Graph without_values(Graph graph);

}  // namespace dnnc
