#include "runtime/data/fetched.h"
#include "runtime/data/idx.h"

/// `builtin(mnist)`, `builtin(fashion_mnist)`: IDX files in the folder of fetched data.
namespace dnnc::runtime {

static LoadedSource load_fetched_images(const SourceRequest& request) {
  const auto read = [&](const char* file) { return read_idx(fetched_file(request, file)); };
  return load_idx_pairs(request, {{read("train-images-idx3-ubyte"), read("train-labels-idx1-ubyte")},
                                  {read("t10k-images-idx3-ubyte"), read("t10k-labels-idx1-ubyte")}});
}

static LoadedSource load_fashion_mnist(const SourceRequest& request) {
  LoadedSource loaded = load_fetched_images(request);
  loaded.names.classes = {"T-shirt", "trouser", "pullover", "dress", "coat",
                          "sandal",  "shirt",   "sneaker",  "bag",   "ankle boot"};
  return loaded;
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_mnist, dnnc::runtime::load_fetched_images)
DNNC_DEFINE_SOURCE(builtin_fashion_mnist, dnnc::runtime::load_fashion_mnist)
