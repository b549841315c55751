#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "runtime/data/inputs.h"
#include "runtime/data/source.h"

namespace dnnc::runtime {

/// The text of a table of separated values whose first row names the columns.
struct TableText {
  std::string file;  ///< for messages
  std::string_view text;
};

/// The fields that the program declares from the columns of a table: one by its name, and `features`, all columns of numbers
/// but the target in order. Names that differ from a header only in capitals and signs are the same: `sepal_length` is
/// "Sepal Length". A class column holds whole numbers, or words that are numbered in alphabetical order, but not both: one
/// number that is misspelt would make words of all. Rows of `test` (null for none) come last.
LoadedSource load_table(const SourceRequest& request, const std::string& target, const TableText& table,
                        const TableText* test);

/// New examples from a table: a field by the column of its name; `features` by the columns that it had in training, in any
/// order; other fields of several numbers from all columns of numbers, in order, that are neither the target nor another
/// field. Words are the classes that they were in training.
LoadedSource load_table_inputs(const InputRequest& request, const TableText& table);

}  // namespace dnnc::runtime
