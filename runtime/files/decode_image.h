#pragma once
#include "runtime/files/exif.h"
#include "runtime/files/image.h"

/// The decoders behind decode_image(), one a kind of file.
namespace dnnc::runtime {

constexpr int64_t most_pixels = 100'000'000;

/// What a file says of itself before its pixels are decoded.
struct PictureSize {
  int64_t height, width;
  int64_t channels = 3;  ///< in which it is decoded: red, green, blue, and opacity where it has any
};

/// Refuses what is larger than most_pixels, or than `most` pixels, which is what the file's bytes can hold. Asked before
/// memory for the pixels is.
void check_pixels(const PictureSize& size, uint64_t most, const std::string& file);

/// Makes of pixels red, green, blue, opacity those that are seen before white, red, green, blue. They are mixed as light, of which
/// the numbers are the root: 255 (o (c / 255)^2.2 + 1 - o)^(1 / 2.2) for a colour c and an opacity o from 0 to 1.
void lay_on_white(std::vector<uint8_t>& pixels);

/// The picture as it is to be looked at.
Picture upright(Picture picture, Orientation orientation);

Picture decode_png(const char* data, size_t bytes, const std::string& file);
Picture decode_jpeg(const char* data, size_t bytes, const std::string& file);

Picture decode_webp(const char* data, size_t bytes, const std::string& file);
Picture decode_bmp(const char* data, size_t bytes, const std::string& file);

/// Which library decodes: "libpng 1.6.39".
std::string png_library();
std::string jpeg_library();
std::string webp_library();

}  // namespace dnnc::runtime
