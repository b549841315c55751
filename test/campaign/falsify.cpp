#include "test/campaign/falsify.h"

#include "compiler/ir/expression.h"

namespace dnnc::campaign {

Graph falsified(Graph graph) {
  bool done = false;
  for (size_t place = graph.nodes.size(); place-- > 0 && !done;) {
    auto* formula = std::get_if<Comprehension>(&graph[NodeId{static_cast<uint32_t>(place)}].kind);
    if (!formula) continue;
    formula->body = rewrite(formula->body, [&](const Expr& expression) -> Expr {
      const auto* sum = std::get_if<Call>(&expression->kind);
      if (done || !sum || sum->function != Function::Add) return expression;
      done = true;
      return sum->arguments[0] - sum->arguments[1];
    });
  }
  return graph;
}

}  // namespace dnnc::campaign
