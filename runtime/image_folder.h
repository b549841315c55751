#pragma once
#include "runtime/source.h"

namespace dnnc::runtime {

/// The fields `image` and `label` from folders of pictures with a sub-folder a class. `test` may be empty. Classes are
/// the sub-folders of `train` in alphabetical order, examples of a class the order of their files' names. The raw
/// field `image` says the size and whether pictures are in colour (3) or gray (1). Decoded once: see decoded_cache.h.
LoadedSource load_image_folders(const SourceRequest& request, const std::string& train, const std::string& test);

}  // namespace dnnc::runtime
