#pragma once
#include "runtime/files/image.h"

/// The decoders behind decode_image(), one a library.
namespace dnnc::runtime {

constexpr int64_t most_pixels = 100'000'000;

/// Refuses what is larger than most_pixels, or than `most` pixels, which is what the file's bytes can hold. Asked before
/// memory for the pixels is.
void check_pixels(int64_t height, int64_t width, uint64_t most, const std::string& file);

Picture decode_png(const char* data, size_t bytes, const std::string& file);
Picture decode_jpeg(const char* data, size_t bytes, const std::string& file);

}  // namespace dnnc::runtime
