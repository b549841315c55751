#pragma once
#include <string>

namespace dnnc {

/// Which program may have been meant by a path that cannot be read: "did you mean `nets/xor.dnn`?". If none is like it, with
/// `lists` some of those in the folder. Empty if there is nothing to say.
std::string files_like(const std::string& path, bool lists);

}  // namespace dnnc
