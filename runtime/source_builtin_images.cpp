#include "runtime/failure.h"
#include "runtime/idx.h"
#include "runtime/mapped_file.h"

/// `builtin(mnist)`, `builtin(fashion_mnist)`: IDX files in the folder of fetched data.
namespace dnnc::runtime {
namespace {

LoadedSource load_fetched(const SourceRequest& request) {
  const std::string name = request.data.source.word("name");
  const std::string folder = request.options.data_folder + "/" + name;
  const IdxFiles files{folder + "/train-images-idx3-ubyte", folder + "/train-labels-idx1-ubyte",
                       folder + "/t10k-images-idx3-ubyte", folder + "/t10k-labels-idx1-ubyte"};
  for (const std::string& path : {files.images, files.labels, files.test_images, files.test_labels})
    if (!file_exists(path))
      throw Failure(kInputOutput, path + ": the data set `" + name + "` is not here; fetch it with: dnnc data fetch " + name);
  return load_idx_files(request, files);
}

}  // namespace
}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_mnist, dnnc::runtime::load_fetched)
DNNC_DEFINE_SOURCE(builtin_fashion_mnist, dnnc::runtime::load_fetched)
