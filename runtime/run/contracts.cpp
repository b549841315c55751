#include "runtime/run/contracts.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

struct Operation {
  const char* name;
  int arity;
  double (*value)(double, double);
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

constexpr Operation operations[] = {
    {"equal", 2, [](double a, double b) { return double(a == b); }},
    {"unequal", 2, [](double a, double b) { return double(a != b); }},
    {"less", 2, [](double a, double b) { return double(a < b); }},
    {"less_equal", 2, [](double a, double b) { return double(a <= b); }},
    {"and", 2, [](double a, double b) { return double(a != 0 && b != 0); }},
    {"or", 2, [](double a, double b) { return double(a != 0 || b != 0); }},
    {"not", 1, [](double a, double) { return double(a == 0); }},
    {"add", 2, [](double a, double b) { return a + b; }},
    {"subtract", 2, [](double a, double b) { return a - b; }},
    {"negate", 1, [](double a, double) { return -a; }},
    {"multiply", 2, [](double a, double b) { return a * b; }},
    {"divide", 2, [](double a, double b) { return a / b; }},
    {"remainder", 2, [](double a, double b) { return a - b * std::floor(a / b); }},
    {"power", 2, [](double a, double b) { return std::pow(a, b); }},
    {"min", 2, [](double a, double b) { return std::fmin(a, b); }},
    {"max", 2, [](double a, double b) { return std::fmax(a, b); }},
    {"abs", 1, [](double a, double) { return std::fabs(a); }},
    {"exp", 1, [](double a, double) { return std::exp(a); }},
    {"log", 1, [](double a, double) { return std::log(a); }},
    {"log1p", 1, [](double a, double) { return std::log1p(a); }},
    {"expm1", 1, [](double a, double) { return std::expm1(a); }},
    {"sqrt", 1, [](double a, double) { return std::sqrt(a); }},
    {"sin", 1, [](double a, double) { return std::sin(a); }},
    {"cos", 1, [](double a, double) { return std::cos(a); }},
    {"tanh", 1, [](double a, double) { return std::tanh(a); }},
    {"sigmoid", 1, [](double a, double) { return sigmoid(a); }},
    {"erf", 1, [](double a, double) { return std::erf(a); }},
    {"floor", 1, [](double a, double) { return std::floor(a); }},
};

double apply_operation(const std::string& name, const std::vector<double>& arguments) {
  if (name == "select" && arguments.size() == 3) return arguments[0] != 0 ? arguments[1] : arguments[2];
  for (const Operation& operation : operations)
    if (name == operation.name && arguments.size() == static_cast<size_t>(operation.arity))
      return operation.value(arguments[0], arguments.size() > 1 ? arguments[1] : 0);
  throw std::logic_error("contract: unknown operation " + name);
}

double value(const Json& term, const ContractSource& source) {
  if (term.is_number()) return term.get<double>();
  if (term.contains("reference")) return source.number(term["run"], term["reference"]);
  std::vector<double> arguments;
  for (const Json& argument : term.at("arguments")) arguments.push_back(value(argument, source));
  if (term.contains("predict")) return source.predict(term["predict"], arguments);
  return apply_operation(term.at("operation"), arguments);
}

/// The sign of a comparison, or null for another term.
const char* comparison(const Json& term) {
  if (!term.is_object() || !term.contains("operation")) return nullptr;
  const std::string& name = term["operation"].get_ref<const std::string&>();
  if (name == "equal") return "==";
  if (name == "unequal") return "!=";
  if (name == "less") return "<";
  return name == "less_equal" ? "<=" : nullptr;
}

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

}  // namespace

std::vector<ContractResult> settle_contracts(const std::string& contracts, const ContractSource& source) {
  std::vector<ContractResult> results;
  for (const Json& contract : Json::parse(contracts)) {
    ContractResult result{contract.at("text"), contract.at("place"), false, ""};
    const Json& condition = contract.at("condition");
    if (const char* sign = comparison(condition)) {
      const double left = value(condition["arguments"][0], source), right = value(condition["arguments"][1], source);
      result.holds = apply_operation(condition["operation"], {left, right}) != 0;
      result.seen = number_text(left) + " " + sign + " " + number_text(right);
    } else {
      result.holds = value(condition, source) != 0;
    }
    results.push_back(result);
  }
  return results;
}

}  // namespace dnnc::runtime
