#include "runtime/data/image_folder.h"
#include "runtime/data/source_table.h"

/// `images("folder", size: 32x32, test: "more")`. Fields image and label.
namespace dnnc::runtime {

static LoadedSource load_images(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  const std::string test = source.word(source_words::test);
  return load_image_folders(request, resolved(request, source.word(source_words::folder)),
                            test.empty() ? "" : resolved(request, test));
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(images, dnnc::runtime::load_images)
