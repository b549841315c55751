#pragma once
#include "runtime/image.h"

/// The decoders behind decode_image(), one a library.
namespace dnnc::runtime {

constexpr int64_t kMostPixels = 100'000'000;

[[noreturn]] void refuse_pixels(const std::string& file);

Picture decode_png(const char* data, size_t bytes, const std::string& file);
Picture decode_jpeg(const char* data, size_t bytes, const std::string& file);

}  // namespace dnnc::runtime
