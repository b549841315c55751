#include "compiler/ir/text.h"

#include <cctype>

namespace dnnc::text {

const std::vector<Operator>& operators() {
  static const std::vector<Operator> table = {
      {Function::Or, "or", Or},
      {Function::And, "and", And},
      {Function::Equal, "==", Comparison},
      {Function::Unequal, "!=", Comparison},
      {Function::Less, "<", Comparison},
      {Function::LessEqual, "<=", Comparison},
      {Function::Add, "+", Sum},
      {Function::Subtract, "-", Sum},
      {Function::Multiply, "*", Product},
      {Function::Divide, "/", Product},
      {Function::Power, "^", Power},
  };
  return table;
}

const Operator* operator_of(Function function) {
  for (const Operator& row : operators())
    if (row.function == function) return &row;
  return nullptr;
}

const std::vector<Word<InputRole>>& input_roles() {
  static const std::vector<Word<InputRole>> table = {
      {InputRole::Field, "field"},
      {InputRole::Fitted, "fitted"},
      {InputRole::Parameter, "parameter"},
      {InputRole::State, "state"},
      {InputRole::OptimizerState, "optimizer_state"},
      {InputRole::Average, "average"},
      {InputRole::Setting, "setting"},
  };
  return table;
}

const std::vector<Word<OutputRole>>& output_roles() {
  static const std::vector<Word<OutputRole>> table = {
      {OutputRole::Loss, "loss"},     {OutputRole::Metric, "metric"}, {OutputRole::Result, "result"},
      {OutputRole::Update, "update"}, {OutputRole::Value, "value"},
  };
  return table;
}

const std::vector<Word<Reduction>>& reductions() {
  static const std::vector<Word<Reduction>> table = {
      {Reduction::Sum, "sum"},     {Reduction::Product, "product"},   {Reduction::Maximum, "max"},
      {Reduction::Minimum, "min"}, {Reduction::ArgMaximum, "argmax"}, {Reduction::ArgMinimum, "argmin"},
  };
  return table;
}

const std::vector<Word<Distribution>>& distributions() {
  static const std::vector<Word<Distribution>> table = {
      {Distribution::Uniform, "uniform"}, {Distribution::Normal, "normal"}, {Distribution::Bernoulli, "bernoulli"}};
  return table;
}

bool is_label_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '/';
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') result += "\\n";
    else result += c;
  }
  return result + "\"";
}

}  // namespace dnnc::text
