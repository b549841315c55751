#include "runtime/data/arrays.h"
#include "runtime/data/source_table.h"

/// `npz("data.npz", target: labels, test: "more.npz")`: a field for each array, the examples along its first axis.
namespace dnnc::runtime {

static LoadedSource load_npz(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  std::vector<ArrayFiles> parts;
  for (const char* argument : {source_words::file, source_words::test}) {
    if (source.word(argument).empty()) continue;
    const std::string path = resolved(request, source.word(argument));
    FileBytes bytes = share_file(path);
    expect_arrays(path, *bytes, true);
    parts.push_back({path, open_zip(path, std::move(bytes))});
  }
  return load_arrays({request.data.raw, source, request.data.target}, parts);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(npz, dnnc::runtime::load_npz)
