#include "runtime/data/idx.h"
#include "runtime/data/source_table.h"

/// `idx("images.gz", "labels.gz", test: ["images", "labels"])`. Fields image and label.
namespace dnnc::runtime {

static LoadedSource load_idx(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  const auto read = [&](const std::string& path) { return read_idx(resolved(request, path)); };
  std::vector<IdxPair> pairs = {{read(source.word(source_words::images)), read(source.word(source_words::labels))}};
  if (const DataValue* test = source.argument(source_words::test))
    pairs.push_back({read(test->items.at(0).text), read(test->items.at(1).text)});
  return load_idx_pairs(request, pairs);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(idx, dnnc::runtime::load_idx)
