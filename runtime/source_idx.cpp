#include "runtime/idx.h"

/// `idx("images.gz", "labels.gz", test: ["images", "labels"])`. Fields image and label.
namespace dnnc::runtime {

static LoadedSource load_idx(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  IdxFiles files{resolved(request, source.word("images")), resolved(request, source.word("labels")), "", ""};
  if (const DataValue* test = source.argument("test")) {
    files.test_images = resolved(request, test->items.at(0).text);
    files.test_labels = resolved(request, test->items.at(1).text);
  }
  return load_idx_files(request, files);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(idx, dnnc::runtime::load_idx)
