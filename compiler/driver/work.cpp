#include "compiler/driver/work.h"

namespace dnnc {
namespace {

double operations(const Expr& body) {
  double count = 0;
  for_each(body, [&](const Expression& expression) {
    const Call* call = std::get_if<Call>(&expression.kind);
    if (call) count += info(call->function).operations;
  });
  return count;
}

}  // namespace

double flops(const Node& node) {
  const Comprehension* comprehension = std::get_if<Comprehension>(&node.kind);
  if (!comprehension) return 0;
  double places = static_cast<double>(element_count(node));
  for (const Axis& axis : comprehension->reduced) places *= static_cast<double>(axis.extent);
  return places * (operations(comprehension->body) + (comprehension->reduction != Reduction::None));
}

double flops(const Graph& graph) {
  double total = 0;
  for (const Node& node : graph.nodes) total += flops(node);
  return total;
}

}  // namespace dnnc
