#include "runtime/data/npz.h"
#include "runtime/data/source_table.h"

/// `npz("data.npz", target: labels, test: "more.npz")`: a field for each array, the examples along its first axis.
namespace dnnc::runtime {

static LoadedSource load_npz(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  std::vector<ZipArchive> archives = {open_zip(resolved(request, source.word(source_words::file)))};
  if (!source.word(source_words::test).empty())
    archives.push_back(open_zip(resolved(request, source.word(source_words::test))));
  return load_arrays(request.data.raw, archives);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(npz, dnnc::runtime::load_npz)
