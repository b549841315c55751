#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/data_description.h"

/// What a cell of a table, or a text of an array of texts, stands for.
namespace dnnc::runtime {

/// How the cells of a source are written, as the data block says.
struct CellRules {
  char separator = ',', decimal = '.';
  bool usual_missing = true;              ///< `NA`, `nan` and the like stand for nothing, as an empty cell always does
  std::vector<std::string> missing = {};  ///< what stands for nothing besides
  std::vector<double> missing_numbers = {};  ///< those of them that are numbers
  bool unknown = false;                      ///< class 0 is that of words which the training rows do not have
};
CellRules cell_rules(const DataValue& source);
/// Those for one field: of a target no word is unknown.
CellRules rules_for(const RawField& field, const std::string& target, CellRules rules);

/// Without the blanks around it.
std::string_view trimmed(std::string_view cell);

/// Whether a trimmed cell stands for nothing.
bool is_missing(std::string_view cell, const CellRules& rules);

enum class CellKind : uint8_t { Number, Word, Missing };
/// What a cell is; of a number its value.
CellKind kind_of_cell(std::string_view cell, const CellRules& rules, double& number);

}  // namespace dnnc::runtime
