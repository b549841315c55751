#include "compiler/sema/contracts/contract_units.h"

#include <algorithm>

#include "compiler/sema/contracts/contract_names.h"
#include "compiler/support/match.h"
#include "compiler/syntax/operators.h"
#include "compiler/syntax/units.h"

namespace dnnc {
namespace {

using runtime::Quantity;

/// For labels.
const char* quantity_text(Quantity quantity) {
  switch (quantity) {
    case Quantity::Any:
      return "a number";
    case Quantity::Plain:
      return "neither bytes nor a time";
    case Quantity::Bytes:
      return "bytes";
    case Quantity::Time:
      return "a time";
  }
  return "";
}

/// The quantity of a dotted name that contracts may say: `fast.memory.train`.
Quantity quantity_of(const std::string& name) {
  for (const auto& [number, word] : runtime::words<runtime::RunNumber>) {
    const std::string group = std::string(runtime::group_of(number)) + ".";
    if (name.starts_with(group) || name.find("." + group) != std::string::npos) return runtime::quantity_of(number);
  }
  return Quantity::Plain;
}

bool keeps_quantity(const std::string& function) {
  const runtime::FunctionValue* const known = runtime::function_named(function);
  if (!known) return false;
  const Function which = known->function;
  return which == Function::Absolute || which == Function::Floor || which == Function::Minimum ||
         which == Function::Maximum;
}

class UnitCheck {
 public:
  UnitCheck(const ContractWorld& world, Diagnostics& diagnostics) : world_(world), diagnostics_(diagnostics) {}

  Quantity of(const ast::Ptr& formula) {
    using Q = Quantity;
    return std::visit(match{
                          [](const ast::Number& number) { return of_literal(number); },
                          [&](const ast::Name& name) { return of_name(name.text); },
                          [&](const ast::Member&) { return of_member(formula); },
                          [&](const ast::Bracketed& bracketed) { return of(bracketed.inner); },
                          [&](const ast::Unary& unary) {
                            const Q operand = of(unary.operand);
                            return unary.op == ast::UnaryOperator::Negate ? operand : Q::Any;
                          },
                          [&](const ast::Binary& binary) { return of_binary(binary); },
                          [&](const ast::If& choice) {
                            of(choice.condition);
                            return joined(choice.then, choice.otherwise, "if");
                          },
                          [&](const ast::Call& call) { return of_call(call); },
                          [](const auto&) { return Q::Any; },
                      },
                      formula->kind);
  }

  bool right() const { return right_; }

 private:
  static Quantity of_literal(const ast::Number& number) {
    const Unit* unit = find_unit(number.unit);
    if (!unit) return Quantity::Any;
    return unit->of_time ? Quantity::Time : Quantity::Bytes;
  }

  /// A constant has the unit that is written where it is defined. Constants may be made of others in a row of any length, and
  /// each of the one before it twice: beyond some it is not looked.
  Quantity of_name(const std::string& name) {
    constexpr int most_constants = 20;
    const ConstantEntry* constant = find_constant(world_.program.main(), name);
    if (!constant) return is_contract_name(name, world_) ? quantity_of(name) : Quantity::Any;
    if (looked_ == most_constants) return Quantity::Any;
    ++looked_;
    return of(constant->tree->value);
  }

  Quantity of_member(const ast::Ptr& formula) const {
    const std::optional<std::string> name = dotted_name(formula);
    return name ? quantity_of(*name) : Quantity::Any;
  }

  Quantity of_binary(const ast::Binary& binary) {
    const char* const sign = text_of(binary.op);
    if (is_comparison(binary.op)) {
      joined(binary.left, binary.right, sign);
      return Quantity::Any;
    }
    switch (binary.op) {
      case ast::BinaryOperator::Add:
      case ast::BinaryOperator::Subtract:
      case ast::BinaryOperator::Modulo:
        return joined(binary.left, binary.right, sign);
      case ast::BinaryOperator::Multiply:
      case ast::BinaryOperator::Divide:
      case ast::BinaryOperator::FloorDivide:
        return product(of(binary.left), of(binary.right), binary.op == ast::BinaryOperator::Multiply);
      default:
        of(binary.left);
        of(binary.right);
        return Quantity::Any;
    }
  }

  /// What is multiplied by, or divided by, a number without a unit keeps its own. Bytes a second are judged by nobody, nor
  /// is `16 * params`, which may be meant as bytes.
  static Quantity product(Quantity left, Quantity right, bool multiplied) {
    const auto has_unit = [](Quantity quantity) { return quantity == Quantity::Bytes || quantity == Quantity::Time; };
    if (has_unit(left)) return has_unit(right) ? Quantity::Any : left;
    if (has_unit(right)) return multiplied ? right : Quantity::Any;
    return left == right ? left : Quantity::Any;
  }

  /// Both sides have to be of one kind.
  Quantity joined(const ast::Ptr& left, const ast::Ptr& right, const std::string& sign) {
    const Quantity a = of(left), b = of(right);
    if (a == b || b == Quantity::Any) return a;
    if (a == Quantity::Any) return b;
    right_ = false;
    Diagnostic misfit = error("E0706", right->span, "`" + sign + "` needs numbers of one kind");
    misfit.label = quantity_text(b);
    misfit.labels.push_back({left->span, quantity_text(a)});
    diagnostics_.report(std::move(misfit));
    return Quantity::Any;
  }

  Quantity of_call(const ast::Call& call) {
    if (asks_net(call, world_)) return Quantity::Plain;
    const bool keeps =
        keeps_quantity(call.function.text) && !find_definition(world_.program.main(), call.function.text);
    if (keeps && call.arguments.size() == 2)
      return joined(call.arguments[0].value, call.arguments[1].value, call.function.text);
    Quantity first = Quantity::Any;
    for (const ast::Argument& argument : call.arguments) {
      const Quantity quantity = of(argument.value);
      if (&argument == call.arguments.data()) first = quantity;
    }
    return keeps ? first : Quantity::Any;
  }

  const ContractWorld& world_;
  Diagnostics& diagnostics_;
  int looked_ = 0;
  bool right_ = true;
};

}  // namespace

bool units_agree(const ast::Ptr& condition, const ContractWorld& world, Diagnostics& diagnostics) {
  UnitCheck check(world, diagnostics);
  check.of(condition);
  return check.right();
}

}  // namespace dnnc
