#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/data/data_sources.h"
#include "compiler/sema/names/call_forms.h"

namespace dnnc {

/// The steps of a data block that are fitted on its training part; no functions of the library.
constexpr const char* standardize_word = runtime::word_of(runtime::FitMethod::Standardize);
constexpr const char* impute_word = "impute";
/// What `impute` fills by, and groups are told by.
constexpr const char* by_word = "by";

/// What is known of a field of a source before a net reads it.
struct KnownField {
  std::string name;
  /// Absent: only the data knows. An absent size likewise.
  std::optional<std::vector<std::optional<int64_t>>> shape;
  Element element;  ///< if nothing it is given to says otherwise
  bool bytes = false;
  bool open = false;  ///< numbers and labels may stand in it: `y` of rows, a column of a file
  Span span;
  std::optional<Span> stated = {};  ///< where the block says its type
  bool probability = false;         ///< it says numbers from 0 to 1
  std::string column = {};  ///< of what is read of cells: their column, how, and which word they are compared with
  runtime::Reading reading = runtime::Reading::Value;
  std::string word = {};
};

/// `name = formula` of a data block. The names in the formula mean the fields as they are before it.
struct FieldStep {
  std::string field;
  ast::Ptr formula;         ///< without the call of `standardize` or `impute`
  std::string fitted = {};  ///< of a fitted field: the statistics are the inputs `FITTED.mean`, `FITTED.deviation`, ...
  runtime::FitMethod method = runtime::FitMethod::Standardize;
  bool fills = false;                 ///< it is an `impute`, by `method` if it is fitted,
  std::optional<int64_t> shift = {};  ///< the formula is a name and so much more: `label - 1`
  std::optional<double> fill = {};    ///< or by this number
  Span span = {};
};

/// A data block, as far as it is known without a net.
struct DataBlock {
  ast::Word name;
  DataValue source;
  std::vector<KnownField> fields;    ///< in the order of the source; the first is what a single input takes
  std::vector<KnownField> readings;  ///< what steps ask of the cells of columns, by the texts that ask it
  std::string target;                ///< the field that is the target; empty if none is named
  bool open = false;                 ///< other names may be columns or arrays of the file
  bool table = false;                ///< they are columns: single numbers
  std::vector<FieldStep> steps;
  std::vector<Split> splits;
  std::vector<Augmentation> augment;
  std::optional<int64_t> examples;  ///< of the training part, where the text says how many there are
};

/// Reports every fault; what could be read is returned, nothing if there is no source. `own`: whether the file defines a name.
std::optional<DataBlock> read_data(const ast::Data& data, const CallReader& reader,
                                   const std::function<bool(const std::string&)>& own);

/// The type that the block states for a field of its source: `letters: class[30][21]`. Reports one that the source contradicts.
void read_stated_type(const ast::Setting& setting, const CallReader& reader, DataBlock& block);

/// Finds out which steps only add a number, or give another name.
void find_shifts(DataBlock& block);

/// Adds a step of a data block, or two of `x = standardize(impute(x, by: median))`. Reports what is wrong.
void read_step(const ast::Setting& setting, const CallReader& reader, DataBlock& block);

/// The field called so, or null. `target` is the target.
const KnownField* find_field(const DataBlock& block, const std::string& name);

/// The items of `rows(x -> y, ...)`: each a list of two, numbers or nested lists; adds the fields `x` and `y`.
bool read_rows(const ast::Call& call, const CallReader& reader, DataBlock& block);

}  // namespace dnnc
