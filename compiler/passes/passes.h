#pragma once
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// Graph to graph. The name is the flag (`--print-after=simplify`), the function, the stem of its file (in this folder or a room
/// of it) and of its test.
struct Pass {
  const char* name;
  const char* doc;
  Graph (*run)(Graph);
};

// In the order in which they run.

/// Finds the forms that must be computed stably (log-sum-exp, softmax, log-sigmoid, ...) also through definitions.
/// Runs before differentiate, so that adjoints are made from the stable forms.
Graph stabilize(Graph graph);
/// Lets what is read under a condition alone be 0 where that does not hold, if it might be no number there: multiplied by an
/// adjoint that is 0 it would be none again. Where a graph asks for no gradient nothing changes.
Graph carry_conditions(Graph graph);
/// Makes one product of those in which a recurrence multiplies the same array by several others, side by side: the gates of a
/// trip. Runs before differentiate, so that adjoints are such products too.
Graph merge_products(Graph graph);
/// Replaces every Gradient node by its adjoint, a comprehension that gathers: later passes see one graph.
Graph differentiate(Graph graph);
/// Folds constants, drops what does nothing (x + 0, x * 1, select of a constant), brings subscripts to normal form.
Graph simplify(Graph graph);
/// Makes one node of two that compute the same. Changes no number by itself, but what is fused, and so how sums are rounded.
Graph merge_duplicates(Graph graph);
/// Drops nodes that no output needs.
Graph drop_dead(Graph graph);

/// All passes on graphs in the order in which `dnnc` runs them; `--pass` runs those that it names.
const std::vector<Pass>& graph_passes();

}  // namespace dnnc
