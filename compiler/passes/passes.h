#pragma once
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// Graph to graph. The name is the flag (`--print-after=fuse`), the stem of the file and of its test.
struct Pass {
  const char* name;
  const char* doc;
  Graph (*run)(Graph);
};

/// Replaces every Gradient node by its adjoint, a comprehension that gathers. Runs first: later passes see one graph.
Graph differentiate(Graph graph);
/// Finds the forms that must be computed stably (log-sum-exp, softmax, log-sigmoid, ...) also through definitions.
/// Runs before differentiate, so that adjoints are made from the stable forms.
Graph stabilize(Graph graph);
/// Folds constants, drops what does nothing (x + 0, x * 1, select of a constant), brings subscripts to normal form.
Graph simplify(Graph graph);
/// Makes one node of two that compute the same. Changes no number by itself, but what is fused, and so how sums are rounded.
Graph merge_duplicates(Graph graph);
/// Drops nodes that no output needs.
Graph drop_dead(Graph graph);

/// All passes on graphs by name, for --pass and --help-passes.
const std::vector<Pass>& all_passes();
/// Those that `dnnc` runs, in order.
const std::vector<Pass>& graph_passes();

}  // namespace dnnc
