#include "runtime/data/idx.h"

/// `idx("images.gz", "labels.gz", test: ["images", "labels"])`. Fields image and label.
namespace dnnc::runtime {

static LoadedSource load_idx(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  const auto read = [&](const std::string& path) { return read_idx(resolved(request, path)); };
  std::vector<IdxPair> pairs = {{read(source.word("images")), read(source.word("labels"))}};
  if (const DataValue* test = source.argument("test"))
    pairs.push_back({read(test->items.at(0).text), read(test->items.at(1).text)});
  return load_idx_pairs(request, pairs);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(idx, dnnc::runtime::load_idx)
