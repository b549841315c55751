#pragma once
#include <string>

struct dnnc_device;

namespace dnnc::runtime {

/// What programs can run on, a line each; null: on the processor alone.
/// `word` is what --target calls the kind.
std::string devices_text(const dnnc_device* kind, const std::string& word);

}  // namespace dnnc::runtime
