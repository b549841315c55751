#pragma once
#include "runtime/data/inputs.h"

namespace dnnc::runtime {

/// The fields `image` and `label` from folders of pictures with a sub-folder a class. `test` may be empty. Classes are
/// the sub-folders of `train` in alphabetical order, examples of a class the order of their files' names. The raw
/// field `image` says the size and whether pictures are in colour (3) or gray (1). Decoded once: the rows are kept (files/cache.h).
LoadedSource load_image_folders(const SourceRequest& request, const std::string& train, const std::string& test);

/// New examples for the field `image`: the picture of these bytes, or without any those of the folder `path` in the order of
/// their names. They are resized like those of the data, and are not kept.
LoadedSource load_pictures(const InputRequest& request, const std::string& path, FileBytes bytes);

}  // namespace dnnc::runtime
