#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/data/data_sources.h"
#include "compiler/sema/names/call_forms.h"

namespace dnnc {

/// The step of a data block that is fitted on its training part; no function of the library.
constexpr const char* standardize_word = runtime::word_of(runtime::FitMethod::Standardize);

/// What is known of a field of a source before a net reads it.
struct KnownField {
  std::string name;
  /// Absent: only the data knows. An absent size likewise.
  std::optional<std::vector<std::optional<int64_t>>> shape;
  Element element;  ///< if nothing it is given to says otherwise
  bool bytes = false;
  bool open = false;  ///< numbers and labels may stand in it: `y` of rows, a column of a file
  Span span;
};

/// `name = formula` of a data block. The names in the formula mean the fields as they are before it.
struct FieldStep {
  std::string field;
  ast::Ptr formula;    ///< without the call of `standardize`
  std::string fitted;  ///< of a standardised field: the statistics are the inputs `FITTED.mean`, `FITTED.deviation`
  Span span;
};

/// A data block, as far as it is known without a net.
struct DataBlock {
  ast::Word name;
  DataValue source;
  std::vector<KnownField> fields;  ///< in the order of the source; the first is what a single input takes
  std::string target;              ///< the field that is the target; empty if none is named
  bool open = false;               ///< other names may be columns or arrays of the file
  bool table = false;              ///< they are columns: single numbers
  std::vector<FieldStep> steps;
  std::vector<Split> splits;
  std::vector<Augmentation> augment;
  std::optional<int64_t> examples;  ///< of the training part, where the text says how many there are
};

/// Reports every fault; what could be read is returned, nothing if there is no source.
std::optional<DataBlock> read_data(const ast::Data& data, const CallReader& reader);

/// The field called so, or null. `target` is the target.
const KnownField* find_field(const DataBlock& block, const std::string& name);

/// The items of `rows(x -> y, ...)`: each a list of two, numbers or nested lists; adds the fields `x` and `y`.
bool read_rows(const ast::Call& call, const CallReader& reader, DataBlock& block);

}  // namespace dnnc
