#include "test/campaign/steps.h"

#include <fmt/core.h>

#include <algorithm>

namespace dnnc::campaign {
namespace {

/// Whether a value may stand for a parameter of this type, by its kind and number of axes.
bool takes(const TermParameter& parameter, const NetValue& value) {
  if (parameter.role == Role::Number) return value.classes == 0;
  if (parameter.role != Role::Value) return false;
  if ((parameter.type->word.text == "class") != (value.classes > 0)) return false;
  return takes_axes(value.classes > 0 ? parameter.type->second : parameter.type->shape, value.shape.size());
}

/// Steps of nets: what takes the value first, and gives numbers. Initial values, schedules and what serves optimizers
/// belong elsewhere.
bool is_step(const Term& term) {
  const bool kind = term.kind == ast::DefinitionKind::Layer || term.kind == ast::DefinitionKind::Activation ||
                    (term.kind == ast::DefinitionKind::Function && !term.scalar());
  return kind && (term.kind == ast::DefinitionKind::Layer || !term.draws);
}

class StepWriter {
 public:
  StepWriter(Choices& choices, const NetValue& value, const std::vector<NetValue>& others, int depth, bool recurrences)
      : choices_(choices), value_(value), others_(others), depth_(depth), recurrences_(recurrences) {}

  std::optional<std::string> text() {
    std::vector<Term> layers, others;
    for (const Term& term : step_terms(recurrences_))
      if (takes(term.parameters[0], value_))
        (term.kind == ast::DefinitionKind::Layer ? layers : others).push_back(term);
    if (layers.empty() && others.empty()) return std::nullopt;
    const bool layer = others.empty() || (!layers.empty() && !choices_.chance(3));
    return call(choices_.one_of(layer ? layers : others));
  }
  std::string call(const Term& term) {
    std::string arguments;
    for (size_t number = 1; number < term.parameters.size(); ++number) {
      const TermParameter& parameter = term.parameters[number];
      if (parameter.standard && choices_.chance(2)) continue;
      const std::string value = is_length(term, parameter) ? length() : argument(parameter);
      if (value.empty()) continue;
      arguments += fmt::format("{}{}: {}", arguments.empty() ? "" : ", ", parameter.name, value);
    }
    return arguments.empty() ? term.name : fmt::format("{}({})", term.name, arguments);
  }

 private:
  /// How many places of a sequence are real: of a recurrent layer the number that is all of them where nothing is said.
  static bool is_length(const Term& term, const TermParameter& parameter) {
    return term.recurs && parameter.role == Role::Number && parameter.standard &&
           std::holds_alternative<ast::Name>(parameter.standard->kind);
  }
  /// It differs from example to example.
  std::string length() {
    std::string at;
    for (size_t axis = 0; axis < value_.shape.size(); ++axis) at += axis == 0 ? "0" : ", 0";
    return fmt::format("{}[{}] * 4 + {}", value_.name, at, choices_.between(1, 4));
  }
  std::string argument(const TermParameter& parameter) {
    switch (parameter.role) {
      case Role::Value:
        return other_value(parameter);
      case Role::Sizes:
        return fmt::format("{}x{}", side(0), side(1));
      case Role::Choice:
        return choices_.one_of(parameter.choices);
      case Role::Step:
        return step();
      case Role::Size:
        return fmt::format("{}", random_size(choices_, count_of(value_.shape) > 500 ? 10 : 67));
      case Role::Divisor:
        return fmt::format("{}", divisor(value_.shape.empty() ? 1 : value_.shape.back()));
      case Role::Truth:
        return choices_.chance(2) ? "false" : "true";
      case Role::Number:
        return number(parameter);
    }
    return "";
  }
  std::string number(const TermParameter& parameter) {
    if (const auto* standard = parameter.standard ? std::get_if<ast::Number>(&parameter.standard->kind) : nullptr)
      return fmt::format("{:.7f}", std::stod(standard->text) * (choices_.chance(2) ? 0.9 : 0.5));
    return choices_.one_of(std::vector<std::string>{"0.5", "0.25", "0.1"});
  }
  int64_t side(size_t axis) {
    return axis < value_.shape.size() ? choices_.between(1, std::min<int64_t>(3, value_.shape[axis])) : 1;
  }
  int64_t divisor(int64_t size) {
    std::vector<int64_t> divisors;
    for (int64_t number = 1; number <= size; ++number)
      if (size % number == 0) divisors.push_back(number);
    return choices_.one_of(divisors);
  }
  std::string step() {
    if (depth_ > 0 && choices_.chance(3))
      if (std::optional<std::string> inner = library_step(choices_, value_, others_, depth_ - 1, recurrences_))
        return *inner;
    return choices_.one_of(library_terms(ast::DefinitionKind::Activation)).name;
  }
  std::string other_value(const TermParameter& parameter) {
    std::vector<std::string> fitting = {value_.name};
    for (const NetValue& other : others_)
      if (takes(parameter, other) && !other.shape.empty() && other.shape.size() == value_.shape.size() &&
          std::equal(other.shape.begin(), other.shape.end() - 1, value_.shape.begin()))
        fitting.push_back(other.name);
    return choices_.one_of(fitting);
  }

  Choices& choices_;
  const NetValue& value_;
  const std::vector<NetValue>& others_;
  int depth_;
  bool recurrences_;
};

}  // namespace

int64_t random_size(Choices& choices, int64_t most) {
  std::vector<int64_t> sizes;
  for (const int64_t size : {1, 2, 3, 5, 7, 10, 13, 33, 67})
    if (size <= std::max<int64_t>(most, 1)) sizes.push_back(size);
  return choices.one_of(sizes);
}

std::vector<Term> step_terms(bool recurrences) {
  std::vector<Term> terms;
  for (const Term& term : library_terms())
    if (is_step(term) && !term.parameters.empty() && (recurrences || !term.recurs)) terms.push_back(term);
  return terms;
}

std::string library_step(Choices& choices, const Term& term, const NetValue& value, const std::vector<NetValue>& others,
                         int depth, bool recurrences) {
  return StepWriter(choices, value, others, depth, recurrences).call(term);
}

std::optional<std::string> library_step(Choices& choices, const NetValue& value, const std::vector<NetValue>& others,
                                        int depth, bool recurrences) {
  return StepWriter(choices, value, others, depth, recurrences).text();
}

}  // namespace dnnc::campaign
