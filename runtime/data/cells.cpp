#include "runtime/data/cells.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "runtime/data/source_table.h"
#include "runtime/files/csv.h"

namespace dnnc::runtime {
namespace {

/// What programs write where there is no value; in capitals or not.
constexpr std::string_view usual_words[] = {"na", "nan", "n/a", "null", "?"};

bool same_letters(std::string_view cell, std::string_view word) {
  return cell.size() == word.size() && std::equal(cell.begin(), cell.end(), word.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

}  // namespace

CellRules cell_rules(const DataValue& source) {
  CellRules rules;
  if (const std::string separator = source.word(source_words::separator); !separator.empty())
    rules.separator = separator[0];
  if (const std::string decimal = source.word(source_words::decimal); !decimal.empty()) rules.decimal = decimal[0];
  rules.unknown = source.value(source_words::unknown, 0) != 0;
  const DataValue* missing = source.argument(source_words::missing);
  if (!missing) return rules;
  rules.usual_missing = !missing->items.empty();
  for (const DataValue& item : missing->items) {
    rules.missing.push_back(item.text);
    double number;
    if (read_number(item.text, number, rules.decimal)) rules.missing_numbers.push_back(number);
  }
  return rules;
}

CellRules rules_for(const RawField& field, const std::string& target, CellRules rules) {
  rules.unknown = rules.unknown && field.name != target;
  return rules;
}

std::string_view trimmed(std::string_view cell) {
  const size_t first = cell.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(" \t") - first + 1);
}

bool is_missing(std::string_view cell, const CellRules& rules) {
  if (cell.empty() || std::ranges::find(rules.missing, cell) != rules.missing.end()) return true;
  return rules.usual_missing &&
         std::ranges::any_of(usual_words, [&](std::string_view word) { return same_letters(cell, word); });
}

CellKind kind_of_cell(std::string_view cell, const CellRules& rules, double& number) {
  if (!read_number(cell, number, rules.decimal))
    return is_missing(trimmed(cell), rules) ? CellKind::Missing : CellKind::Word;
  const bool none =
      std::isnan(number) || std::ranges::find(rules.missing_numbers, number) != rules.missing_numbers.end();
  return none ? CellKind::Missing : CellKind::Number;
}

}  // namespace dnnc::runtime
