#include "runtime/data/fetched.h"
#include "runtime/data/idx.h"

/// `builtin(mnist)`, `builtin(fashion_mnist)`: IDX files in the folder of fetched data: images and labels for
/// training, then those for testing.
namespace dnnc::runtime {

static LoadedSource load_fetched_images(const SourceRequest& request, const std::array<SetFile, 4>& files) {
  const auto read = [&](size_t place) {
    const FetchedFile file = fetched_file(request, files[place]);
    return read_idx(file.path, file.bytes);
  };
  return load_idx_pairs(request, {{read(0), read(1)}, {read(2), read(3)}});
}

static LoadedSource load_mnist(const SourceRequest& request) {
  static constexpr std::array files = set_files<4>("builtin_mnist");
  return load_fetched_images(request, files);
}

static LoadedSource load_fashion_mnist(const SourceRequest& request) {
  static constexpr std::array files = set_files<4>("builtin_fashion_mnist");
  static constexpr std::array names = class_names<10>("builtin_fashion_mnist");
  LoadedSource loaded = load_fetched_images(request, files);
  loaded.names.classes.assign(names.begin(), names.end());
  return loaded;
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_mnist, dnnc::runtime::load_mnist)
DNNC_DEFINE_SOURCE(builtin_fashion_mnist, dnnc::runtime::load_fashion_mnist)
