#pragma once
#include <functional>
#include <string>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/data/source_table.h"
#include "runtime/program/data_description.h"

/// What a source of data is: the inside of load_data(). Each kind of source is one file with one SourceLoader, known
/// by its symbol `dnnc_source_NAME`. dataset.cpp names these symbols weakly, so that a trainer holds only the loaders
/// it is linked with: `--undefined=` for needed_symbols(). dnnc itself holds them all.
namespace dnnc::runtime {

struct SourceRequest {
  const DataDescription& data;
  const LoadOptions& options;
};

/// What a source gives, before it is split.
struct LoadedSource {
  std::vector<FieldData> fields;  ///< in the order of DataDescription::raw
  int64_t examples = 0;
  int64_t test = 0;       ///< so many of the last are test examples of the source's own
  int64_t shared = 0;     ///< so many examples before each share something of their target with it
  int64_t first_row = 1;  ///< what messages call the row of the first example, also of the test examples
  DataNames names;
  std::vector<std::string> files;       ///< of each example, where each is a file of its own and is known by it
  std::vector<std::string> notes = {};  ///< what people are to be told of it
  std::string file = {};                ///< whose rows the examples are; empty where they are none of a file
  std::string test_file = {};           ///< the same of test examples of the source's own
};

struct SourceLoader {
  LoadedSource (*load)(const SourceRequest& request);
  bool reads_folders;      ///< of pictures
  SetFileNames set_files;  ///< those that a set of it consists of
};
/// Null if this program cannot load the source.
const SourceLoader* loader_of(const DataValue& source);

/// In place of a path: what comes from there is read.
inline constexpr const char* standard_input = "-";

/// Throws Failure(exit_wrong): "FILE, WHERE: WHAT". `where` may be empty.
[[noreturn]] void refuse(const std::string& file, const std::string& where, const std::string& what);

/// A path of the program: relative ones start at the folder of the .dnn file.
std::string resolved(const SourceRequest& request, const std::string& path);

/// "28 x 28 x 1"; "one number" for no axes.
std::string shape_text(const std::vector<int64_t>& shape);
/// Whether two shapes are the same but for axes of extent 1.
bool same_but_for_ones(const std::vector<int64_t>& a, const std::vector<int64_t>& b);

/// The storage of values that come as numbers: UInt8 for bytes, Int32 for classes and integers, Float64 for precise
/// reals, Float32 for others.
Storage storage_of(const RawField& field);

/// Memory for all examples of a field, filled value by value.
class FieldWriter {
 public:
  FieldWriter(const RawField& field, int64_t examples) : FieldWriter(field, examples, storage_of(field)) {}
  FieldWriter(const RawField& field, int64_t examples, Storage storage);
  /// Stores element `element` of an example. Gives what is wrong with the value, or an empty text:
  /// "7 is no class: there are 5, from 0 to 4" (field_values.h).
  std::string put(int64_t example, int64_t element, double value);
  /// The bytes of one example, for loaders that fill UInt8 fields themselves.
  char* row(int64_t example) { return memory_->data() + example * row_bytes_; }
  FieldData finish();

 private:
  RawField field_;
  Storage storage_;
  int64_t row_bytes_;
  std::shared_ptr<std::vector<char>> memory_;
};

/// A field whose rows lie one after the other at `rows`, kept by `owner`.
FieldData field_over(const RawField& field, Storage storage, const char* rows, std::shared_ptr<const void> owner);

}  // namespace dnnc::runtime

/// Defines the loader of one source, outside of any namespace: DNNC_DEFINE_SOURCE(csv, dnnc::runtime::load_csv)
#define DNNC_DEFINE_SOURCE(name, function)                              \
  extern "C" {                                                          \
  extern const dnnc::runtime::SourceLoader dnnc_source_##name;          \
  const dnnc::runtime::SourceLoader dnnc_source_##name = {              \
      function, dnnc::runtime::source_row(#name).decodes,               \
      dnnc::runtime::set_file_names(dnnc::runtime::source_row(#name))}; \
  }
