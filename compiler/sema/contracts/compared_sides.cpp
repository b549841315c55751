#include "compiler/sema/contracts/compared_sides.h"

#include "compiler/support/match.h"
#include "compiler/syntax/operators.h"

namespace dnnc {
namespace {

void add_sides(const ast::Ptr& condition, std::vector<ast::Ptr>& sides) {
  std::visit(match{[&](const ast::Bracketed& bracketed) { add_sides(bracketed.inner, sides); },
                   [&](const ast::Unary& unary) {
                     if (unary.op == ast::UnaryOperator::Not) add_sides(unary.operand, sides);
                   },
                   [&](const ast::Binary& binary) {
                     const bool joins = binary.op == ast::BinaryOperator::And || binary.op == ast::BinaryOperator::Or;
                     for (const ast::Ptr& side : {binary.left, binary.right}) {
                       if (joins) add_sides(side, sides);
                       else if (is_comparison(binary.op)) sides.push_back(side);
                     }
                   },
                   [](const auto&) {}},
             condition->kind);
}

}  // namespace

std::vector<ast::Ptr> compared_sides(const ast::Ptr& condition) {
  std::vector<ast::Ptr> sides;
  add_sides(condition, sides);
  return sides;
}

}  // namespace dnnc
