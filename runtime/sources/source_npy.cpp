#include "runtime/data/arrays.h"
#include "runtime/data/source_table.h"

/// `npy(x: "x.npy", y: "y.npy", test: ["x_test.npy", "y_test.npy"])`: a file for each field, the examples along the first axis.
namespace dnnc::runtime {

static ArrayFiles files_of(const SourceRequest& request, const std::string& x, const std::string& y) {
  ArrayFiles part{x, {}, {}};
  for (const auto& [name, file] : {std::pair(source_words::x, x), std::pair(source_words::y, y)}) {
    if (file.empty()) continue;
    const std::string path = resolved(request, file);
    part.files.emplace_back(name, share_file(path));
    expect_arrays(path, *part.files.back().second, false);
  }
  return part;
}

static LoadedSource load_npy(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  std::vector<ArrayFiles> parts = {files_of(request, source.word(source_words::x), source.word(source_words::y))};
  if (const DataValue* test = source.argument(source_words::test))
    parts.push_back(files_of(request, test->items.at(0).text, test->items.at(1).text));
  return load_arrays({request.data.raw, source, request.data.target}, parts);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(npy, dnnc::runtime::load_npy)
