#include <algorithm>
#include <array>

#include "compiler/support/check.h"
#include "compiler/syntax/build_ast.h"

namespace dnnc {
namespace {

/// How tightly an operator binds; `Prefix` is unary minus.
enum Level { Or = 1, And, Not, Compare, Add, Multiply, Prefix, Power };

struct Operator {
  TokenKind kind;
  ast::BinaryOperator op;
  Level level;
};
constexpr std::array operators{
    Operator{TokenKind::POWER, ast::BinaryOperator::Power, Level::Power},
    Operator{TokenKind::TIMES, ast::BinaryOperator::Multiply, Level::Multiply},
    Operator{TokenKind::DIVIDE, ast::BinaryOperator::Divide, Level::Multiply},
    Operator{TokenKind::FLOOR_DIVIDE, ast::BinaryOperator::FloorDivide, Level::Multiply},
    Operator{TokenKind::MODULO, ast::BinaryOperator::Modulo, Level::Multiply},
    Operator{TokenKind::PLUS, ast::BinaryOperator::Add, Level::Add},
    Operator{TokenKind::MINUS, ast::BinaryOperator::Subtract, Level::Add},
    Operator{TokenKind::EQUAL, ast::BinaryOperator::Equal, Level::Compare},
    Operator{TokenKind::UNEQUAL, ast::BinaryOperator::Unequal, Level::Compare},
    Operator{TokenKind::LESS, ast::BinaryOperator::Less, Level::Compare},
    Operator{TokenKind::LESS_EQUAL, ast::BinaryOperator::LessEqual, Level::Compare},
    Operator{TokenKind::GREATER, ast::BinaryOperator::Greater, Level::Compare},
    Operator{TokenKind::GREATER_EQUAL, ast::BinaryOperator::GreaterEqual, Level::Compare},
    Operator{TokenKind::AND, ast::BinaryOperator::And, Level::And},
    Operator{TokenKind::OR, ast::BinaryOperator::Or, Level::Or},
};

/// The operator between two operands; the grammar has seen to it that there is one.
const Operator& infix(const OperationPart& part) {
  const auto row = std::ranges::find(operators, part.kind, &Operator::kind);
  check(row != operators.end(), "build_operation: not an operator");
  return *row;
}

ast::Ptr make(Span first, Span last, auto kind) {
  return std::make_shared<const ast::Expression>(
      ast::Expression{Span{first.source, first.begin, last.end}, std::move(kind)});
}

/// Precedence climbing. The parts are in the order of the grammar: prefixes, operand, operator, prefixes, operand, …
class Climber {
 public:
  Climber(const std::vector<OperationPart>& parts, const TreeSource& source) : parts_(parts), source_(source) {}

  /// The longest operation from here whose operators bind at least that tightly.
  ast::Ptr climb(int least) {
    ast::Ptr left = prefixed(least);
    while (at_ < parts_.size()) {
      const OperationPart& part = parts_[at_];
      const auto& [kind, op, level] = infix(part);
      if (level < least) break;
      ++at_;
      ast::Ptr right = climb(level == Level::Power ? level : level + 1);
      left = make(left->span, right->span, ast::Binary{op, part.span, left, right});
      if (level == Level::Compare) refuse_chain(left);
    }
    return left;
  }

 private:
  ast::Ptr prefixed(int least) {
    const OperationPart& part = parts_[at_++];
    if (part.operand) return part.operand;
    if (part.kind == TokenKind::MINUS) {
      ast::Ptr operand = climb(Level::Power);
      return make(part.span, operand->span, ast::Unary{ast::UnaryOperator::Negate, operand});
    }
    ast::Ptr operand = climb(Level::Not);
    if (least > Level::Not) {
      const Span all{part.span.source, part.span.begin, operand->span.end};
      source_.report(with_replacement(
          error("E0101", part.span, "`not` binds less than the operator before it", "put it in brackets: `(not c)`"),
          all, "(" + source_.text(all) + ")"));
    }
    return make(part.span, operand->span, ast::Unary{ast::UnaryOperator::Not, operand});
  }

  void refuse_chain(const ast::Ptr& left) {
    if (at_ >= parts_.size() || infix(parts_[at_]).level != Level::Compare) return;
    const auto& first = std::get<ast::Binary>(left->kind);
    Diagnostic diagnostic = error("E0114", parts_[at_].span, "comparisons are not chained");
    diagnostic.labels = {{first.op_span, "the first comparison"}};
    const std::string middle = source_.text(first.right->span);
    diagnostic.help =
        "write `" + source_.text(left->span) + " and " + middle + " " + source_.text(parts_[at_].span) + " …`";
    const Span end{left->span.source, left->span.end, left->span.end};
    diagnostic.replacement = {end, " and " + middle};
    source_.report(std::move(diagnostic));
  }

  const std::vector<OperationPart>& parts_;
  const TreeSource& source_;
  size_t at_ = 0;
};

}  // namespace

ast::Ptr build_operation(const std::vector<OperationPart>& parts, const TreeSource& source) {
  return Climber(parts, source).climb(Level::Or);
}

}  // namespace dnnc
