#include "runtime/data/idx.h"

extern "C" const char dnnc_data_digits_images[], dnnc_data_digits_images_end[];
extern "C" const char dnnc_data_digits_labels[], dnnc_data_digits_labels_end[];

/// `builtin(digits)`: packed IDX files that are part of the program.
namespace dnnc::runtime {

static LoadedSource load_digits(const SourceRequest& request) {
  const auto read = [](const char* name, const char* data, const char* end) {
    return read_idx(name, data, static_cast<size_t>(end - data), nullptr);
  };
  return load_idx_pairs(request, {{read("digits images", dnnc_data_digits_images, dnnc_data_digits_images_end),
                                   read("digits labels", dnnc_data_digits_labels, dnnc_data_digits_labels_end)}});
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_digits, dnnc::runtime::load_digits)
