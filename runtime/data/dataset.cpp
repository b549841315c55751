#include "runtime/data/dataset.h"

#include <stdexcept>

#include "runtime/data/source.h"
#include "runtime/data/source_table.h"
#include "runtime/data/split.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"

// The loaders that this program was linked with; the others are null.
extern "C" {
#define DNNC_SOURCE(name, ...) __attribute__((weak)) extern const dnnc::runtime::SourceLoader dnnc_source_##name;
#include "runtime/data/sources.def"
#undef DNNC_SOURCE
}

namespace dnnc::runtime {

const SourceLoader* loader_of(const DataValue& source) {
  struct LinkedLoader {
    const char* name;
    const SourceLoader* loader;  ///< null if this program was not linked with it
  };
  static const LinkedLoader loaders[] = {
#define DNNC_SOURCE(name, ...) {#name, &dnnc_source_##name},
#include "runtime/data/sources.def"
#undef DNNC_SOURCE
  };
  const std::string set = source.word(source_words::set);
  const std::string name = source.text + (set.empty() ? "" : "_" + set);  // as rows of built-in sets are called
  for (const LinkedLoader& row : loaders)
    if (name == row.name) return row.loader;
  return nullptr;
}

namespace {

LoadedSource load_source(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  const SourceLoader* loader = loader_of(source);
  if (!loader) throw Failure(exit_wrong, source.place + ": this program cannot load data from `" + source.text + "`");
  try {
    return loader->load(request);
  } catch (const Failure& failure) {
    if (source.place.empty()) throw;
    throw Failure(failure.code(), std::string(failure.what()) + "\n  read by " + source.place);
  }
}

}  // namespace

std::string DataSet::place_of(uint32_t example) const {
  if (!files.empty()) return files[example];
  const int64_t own = examples - own_test;
  const bool is_test = example >= own;
  const std::string& from = is_test ? test_file : file;
  return from + (from.empty() ? "row " : ", row ") + std::to_string(example - (is_test ? own : 0) + first_row) +
         (is_test && from.empty() ? " of the test examples" : "");
}

const FieldData& DataSet::field(const std::string& name) const {
  for (const FieldData& field : fields)
    if (field.name == name) return field;
  throw std::logic_error("data set has no field " + name);
}

const std::vector<uint32_t>& DataSet::part(DataPart part) const {
  return part == DataPart::Train ? train : part == DataPart::Validation ? validation : test;
}

DataSet load_data(const DataDescription& data, const LoadOptions& options) {
  LoadedSource source = load_source({data, options});
  if (source.examples - source.test <= 0)
    throw Failure(exit_wrong, data.source.place + ": data `" + data.name + "` has no training examples");
  if (source.examples > UINT32_MAX)
    throw Failure(exit_wrong, data.source.place + ": more examples than 32 bits can count");
  return split_source(std::move(source), data);
}

OwnFolder data_folder() { return own_folder("DNNC_DATA", "data"); }

void refuse(const std::string& file, const std::string& where, const std::string& what) {
  throw Failure(exit_wrong, file + (where.empty() ? "" : ", " + where) + ": " + what);
}

std::string resolved(const SourceRequest& request, const std::string& path) {
  return path_from(request.options.folder, path);
}

std::string shape_text(const std::vector<int64_t>& shape) {
  if (shape.empty()) return "one number";
  std::string text;
  for (int64_t extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

bool same_but_for_ones(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  auto without_ones = [](const std::vector<int64_t>& shape) {
    std::vector<int64_t> kept;
    for (int64_t extent : shape)
      if (extent != 1) kept.push_back(extent);
    return kept;
  };
  return without_ones(a) == without_ones(b);
}

}  // namespace dnnc::runtime
