#include "runtime/run/contracts.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "runtime/run/contract_operations.h"

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

double value(const Json& term, const ContractSource& source) {
  if (term.is_number()) return term.get<double>();
  if (term.contains("reference")) return source.number(term["run"], term["reference"]);
  std::vector<double> arguments;
  for (const Json& argument : term.at("arguments")) arguments.push_back(value(argument, source));
  if (term.contains("predict")) return source.predict(term["predict"], arguments);
  return contract_value(term.at("operation"), arguments);
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

std::string text_of(const Json& term) {
  if (term.contains("reference")) return "`" + term["reference"].get<std::string>() + "`";
  return "the answer of `" + term["predict"].get<std::string>() + "`";
}

/// Why the term is NaN: the first number of a run that is none, or the operation that has no value.
std::string reason(const Json& term, const ContractSource& source) {
  if (term.contains("operation"))
    for (const Json& argument : term["arguments"])
      if (std::isnan(value(argument, source))) return reason(argument, source);
  if (term.contains("operation")) return "`" + term["operation"].get<std::string>() + "` has no value here";
  return text_of(term) + " is not a number";
}

ContractResult settle(const Json& contract, const ContractSource& source) {
  ContractResult result{contract.at("text"), contract.at("place"), false, ""};
  const Json& condition = contract.at("condition");
  double truth;
  if (const char* sign = comparison(condition)) {
    const double left = value(condition["arguments"][0], source), right = value(condition["arguments"][1], source);
    truth = contract_value(condition["operation"], {left, right});
    result.seen = number_text(left) + " " + sign + " " + number_text(right);
  } else {
    truth = value(condition, source);
  }
  result.holds = contract_holds(truth);
  if (std::isnan(truth)) result.seen += (result.seen.empty() ? "" : ": ") + reason(condition, source);
  return result;
}

}  // namespace

std::vector<ContractResult> settle_contracts(const std::string& contracts, const ContractSource& source) {
  std::vector<ContractResult> results;
  for (const Json& contract : Json::parse(contracts)) results.push_back(settle(contract, source));
  return results;
}

}  // namespace dnnc::runtime
