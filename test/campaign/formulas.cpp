#include "test/campaign/formulas.h"

#include <fmt/core.h>

namespace dnnc::campaign {
namespace {

using Leaves = std::vector<std::string>;

/// Writes one formula; knows what its parts may be.
class FormulaWriter {
 public:
  FormulaWriter(Choices& choices, const Leaves& leaves, const std::vector<Term>& functions)
      : choices_(choices), leaves_(leaves), functions_(functions) {}

  /// A formula that reads the first leaf in a way that has a derivative.
  std::string whole(int depth) {
    std::string first = depth == 0 ? leaves_.front() : connected(depth);
    return first;
  }

 private:
  std::string leaf() { return choices_.chance(4) ? number_text(choices_) : choices_.one_of(leaves_); }

  std::string connected(int depth) {
    const std::string inner = depth > 1 && !choices_.chance(4) ? connected(depth - 1) : leaves_.front();
    return join(inner, any(depth - 1));
  }
  /// Any formula; may be without a derivative.
  std::string any(int depth) {
    if (depth <= 0) return leaf();
    if (choices_.chance(5)) return flat(any(depth - 1), any(depth - 1));
    return join(any(depth - 1), any(depth - 1));
  }

  /// Smooth or kinked, but with a derivative by `a`.
  std::string join(const std::string& a, const std::string& b) {
    switch (choices_.below(37)) {
      case 0:
        return fmt::format("({} + {})", a, b);
      case 1:
        return fmt::format("({} - {})", a, b);
      case 2:
        return fmt::format("({} - {})", b, a);
      case 3:
        return fmt::format("({} * {})", a, bounded(b));
      case 4:
        return fmt::format("({} / (1 + abs({})))", a, b);
      case 5:
        return fmt::format("({} / (2 + cos({})))", bounded(b), a);
      case 6:
        return fmt::format("{}^2", bounded(a));
      case 7:
        return fmt::format("{}^3", bounded(a));
      case 8:
        return fmt::format("(0.5 + abs({}))^{}", bounded(a), bounded(b));
      case 9:
        return fmt::format("(-{})", a);
      case 10:
        return fmt::format("abs({})", a);
      case 11:
        return fmt::format("exp({})", bounded(a));
      case 12:
        return fmt::format("log(0.5 + abs({}))", a);
      case 13:
        return fmt::format("log1p({}^2)", bounded(a));
      case 14:
        return fmt::format("expm1({})", bounded(a));
      case 15:
        return fmt::format("sqrt(0.1 + {}^2)", bounded(a));
      case 16:
        return fmt::format("sin({})", a);
      case 17:
        return fmt::format("cos({} + {})", a, b);
      case 18:
        return fmt::format("tanh({})", a);
      case 19:
        return fmt::format("sigmoid({})", a);
      case 20:
        return fmt::format("erf({})", a);
      case 21:
        return fmt::format("max({}, {})", a, b);
      case 22:
        return fmt::format("min({}, {})", a, b);
      case 23:
        return fmt::format("(if {} < {}: {} else: ({} + {}))", b, a, a, a, b);
      case 24:
        return fmt::format("log(1 + exp({}))", a);
      case 25:
        return fmt::format("(1 / (1 + exp(-{})))", a);
      case 26:
        return fmt::format("log(sigmoid({}))", bounded(a));
      case 27:
        return fmt::format("({} + 0.5 * {})", a, flat(a, b));
      case 28:
        return fmt::format("({} + stop_gradient({}))", a, b);
      case 29:
        return fmt::format("({} * ({} * {}))", number_text(choices_), number_text(choices_), a);
      case 30:
        return fmt::format("(-({} - {}))", a, b);
      case 31:
        return fmt::format("(if {} < {}: {} else: {})", a, b, number_text(choices_), a);
      case 32:
        return fmt::format("({} - (-{} - {}))", b, a, a);
      default:
        return fmt::format("({} + {})", a, called(a));
    }
  }
  /// No derivative, or none that is not 0.
  std::string flat(const std::string& a, const std::string& b) {
    switch (choices_.below(11)) {
      case 0:
        return fmt::format("floor({})", a);
      case 1:
        return fmt::format("({} < {})", a, b);
      case 2:
        return fmt::format("({} <= {})", a, b);
      case 3:
        return fmt::format("({} > {})", a, b);
      case 4:
        return fmt::format("({} >= {})", a, b);
      case 5:
        return fmt::format("({} == {})", a, b);
      case 6:
        return fmt::format("({} != {})", a, b);
      case 7:
        return fmt::format("({} > 0 and {} < 1)", a, b);
      case 8:
        return fmt::format("({} > 1 or {} < 0)", a, b);
      case 9:
        return fmt::format("(not {} > 0.5)", a);
      default:
        return fmt::format("(floor({}) % 3)", a);
    }
  }
  std::string called(const std::string& a) {
    if (functions_.empty()) return a;
    const Term& term = choices_.one_of(functions_);
    return fmt::format("{}({}{})", term.name, a, number_arguments(choices_, term, 1));
  }
  /// In about [-2, 2].
  std::string bounded(const std::string& a) {
    switch (choices_.below(3)) {
      case 0:
        return fmt::format("tanh({})", a);
      case 1:
        return fmt::format("max(-2, min({}, 2))", a);
      default:
        return fmt::format("sin({})", a);
    }
  }

  Choices& choices_;
  const Leaves& leaves_;
  const std::vector<Term>& functions_;
};

double number_of(const ast::Ptr& expression) {
  if (const auto* number = std::get_if<ast::Number>(&expression->kind)) return std::stod(number->text);
  return 1;
}

}  // namespace

std::string number_text(Choices& choices) {
  static const std::vector<std::string> numbers = {"1", "0.5", "2", "0.25", "0.1", "1.5", "0.3", "-1", "-0.7"};
  return choices.one_of(numbers);
}

std::string scalar_formula(Choices& choices, const std::vector<std::string>& leaves, const std::vector<Term>& functions,
                           int depth) {
  return FormulaWriter(choices, leaves, functions).whole(depth);
}

std::vector<Term> scalar_functions() {
  std::vector<Term> found;
  for (const Term& term : library_terms()) {
    const bool of_values = term.kind == ast::DefinitionKind::Activation || term.file == "activations.dnn" ||
                           term.file == "losses.dnn";  // what stands beside them there
    const bool formula = term.kind == ast::DefinitionKind::Activation || term.kind == ast::DefinitionKind::Function;
    if (of_values && formula && term.scalar() && !term.draws) found.push_back(term);
  }
  return found;
}

std::string number_arguments(Choices& choices, const Term& term, size_t first) {
  std::string text;
  for (size_t number = first; number < term.parameters.size(); ++number) {
    const TermParameter& parameter = term.parameters[number];
    if (parameter.role != Role::Number) continue;
    if (!parameter.standard) {
      text += fmt::format(", {}: {}", parameter.name, choices.one_of(std::vector<std::string>{"0.5", "1", "2"}));
    } else if (choices.chance(3)) {
      const double value = number_of(parameter.standard) * (choices.chance(2) ? 0.9 : 0.5);
      text += fmt::format(", {}: {:.6f}", parameter.name, value);
    }
  }
  return text;
}

}  // namespace dnnc::campaign
