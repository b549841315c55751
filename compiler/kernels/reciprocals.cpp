#include "compiler/kernels/reciprocals.h"

#include <algorithm>

#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

/// Whether the value is the same at every place of its formula, and not a constant, whose inverse is known anyway.
bool is_one_number(const Expr& root) {
  bool varies = false, loads = false;
  for_each(root, [&](const Expression& expression) {
    const auto* index = std::get_if<IndexValue>(&expression.kind);
    varies = varies || (index && !index->value.terms.empty()) || std::holds_alternative<Draw>(expression.kind);
    if (const auto* load = std::get_if<Load>(&expression.kind)) {
      loads = true;
      for (const Subscript& subscript : load->at) {
        const auto* place = std::get_if<Affine>(&subscript);
        varies = varies || !place || !place->terms.empty();
      }
    }
  });
  return loads && !varies;
}

}  // namespace

Graph divide_once(Graph body) {
  for (NodeId node : node_ids(body)) {
    auto* formula = std::get_if<Comprehension>(&body[node].kind);
    if (!formula || all_axes(body[node]).empty()) continue;
    formula->body = rewrite(formula->body, [](const Expr& expression) -> Expr {
      const auto* quotient = std::get_if<Call>(&expression->kind);
      if (!quotient || quotient->function != Function::Divide) return expression;
      const Expr &dividend = quotient->arguments[0], &divisor = quotient->arguments[1];
      if (!is_one_number(divisor) || is_one_number(dividend)) return expression;
      return dividend * (constant(1) / divisor);
    });
  }
  return body;
}

}  // namespace dnnc
