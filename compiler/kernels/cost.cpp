#include "compiler/kernels/cost.h"

#include "compiler/kernels/access.h"
#include "compiler/kernels/segments.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

constexpr int64_t cheap = 1, drawn = 40;

/// How often the body of a node is evaluated.
int64_t evaluations(const Node& node) {
  int64_t count = 1;
  for (const Axis& axis : all_axes(node)) count *= axis.extent;
  for (const Segment& segment : segments_of(node)) count /= node.axes[segment.axis].extent;
  return count;
}

}  // namespace

int64_t work_of_value(const Graph& graph, NodeId node) {
  const Comprehension* formula = formula_of(graph, node);
  if (!formula) return 0;
  int64_t work = formula->reduction == Reduction::None ? 0 : cheap;
  for_each(formula->body, [&](const Expression& expression) {
    work += std::visit(
        match{[](const Constant&) { return int64_t{0}; }, [](const IndexValue&) { return cheap; },
              [](const Load&) { return cheap; }, [](const Call& call) { return int64_t{info(call.function).work}; },
              [](const Overridden&) { return int64_t{0}; }, [](const Draw&) { return drawn; }},
        expression.kind);
  });
  return work;
}

int64_t work_of(const Graph& graph, NodeId node) {
  if (!formula_of(graph, node)) return 0;
  const int64_t first_zeros = segments_of(graph[node]).empty() ? 0 : element_count(graph[node]);
  return work_of_value(graph, node) * evaluations(graph[node]) + first_zeros;
}

int64_t reads_of(const Graph& graph, NodeId reader, NodeId source) {
  const Comprehension* formula = formula_of(graph, reader);
  int64_t loads = 0;
  if (formula)
    for (const Load* load : loads_of(*formula)) loads += load->source == source;
  return loads * evaluations(graph[reader]);
}

}  // namespace dnnc
