#pragma once
#include <string_view>
#include <vector>

#include "compiler/sema/names/call_forms.h"

namespace dnnc {

/// A field that a source gives. `shape` is a list of sizes between spaces: a number, the name of an argument (two
/// sizes for a `32x32`), `?` for a size that only the data knows, or `*` alone for a shape that only the data knows.
struct SourceField {
  const char* name;
  const char* shape;
  bool label = false;         ///< a label of one of some classes
  const char* classes = "?";  ///< their number, in the same notation
  bool bytes = false;         ///< whole numbers 0 ... 255 in the file
  bool whole = false;         ///< whole numbers
};

/// One form of `source = ...`. The first field is the one that a single input of a net takes.
struct DataSource {
  CallForm form;
  std::vector<SourceField> fields;
  const char* target;         ///< the field that is the target, or the argument that names its column
  bool target_named = false;  ///< `target` is an argument
  bool open = false;          ///< every other name may be a column or an array of the file: known when it is loaded
  bool table = false;         ///< of an open source: the other names are columns, single numbers
};

/// All sources but `rows` and `builtin`, which stand for themselves.
const std::vector<DataSource>& data_sources();
/// The data sets that `builtin(name)` knows, under their names.
const std::vector<DataSource>& builtin_sets();

/// The row called `name`, or null.
const DataSource* find_source(const std::vector<DataSource>& table, std::string_view name);
std::vector<CallForm> forms_of(const std::vector<DataSource>& table);

}  // namespace dnnc
