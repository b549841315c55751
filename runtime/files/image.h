#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::runtime {

/// A decoded picture: rows from the top, each pixel red, green, blue.
struct Picture {
  int64_t height = 0, width = 0;
  std::vector<uint8_t> rgb;
};

/// Names of picture files end so, in small or in capital letters, and so they begin.
inline constexpr const char* png_ending = ".png";
inline constexpr const char* jpeg_endings[] = {".jpg", ".jpeg"};
inline constexpr std::string_view png_begins = "\x89PNG\r\n\x1a\n", jpeg_begins = "\xff\xd8\xff";

/// Decodes a PNG or JPEG file, told apart by its first bytes, and turns it upright. Transparent parts lie on white. Throws
/// Failure(exit_wrong) that names `file` for what is damaged, cut off or larger than 100 million pixels.
Picture decode_image(const char* data, size_t bytes, const std::string& file);

/// Resizes to [height, width, channels] at `out`: the mean over the area of each new pixel where it shrinks, linear
/// between the centres of pixels where it grows. With one channel the result is the brightness,
/// 0.299 red + 0.587 green + 0.114 blue.
void resize_picture(const Picture& picture, int64_t height, int64_t width, int64_t channels, uint8_t* out);

/// What else the pixels that these two give depend on: their rules and the libraries that decode. Whoever keeps such pixels
/// keeps it with them.
std::string picture_rules();

}  // namespace dnnc::runtime
