#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc {

/// Bytes as letters that may stand in a page.
std::string base64(std::string_view bytes);

/// A picture as a page takes it without a file: a PNG in the text of its address. `channels` are 1 or 3.
std::string picture_address(const std::vector<uint8_t>& points, int64_t height, int64_t width, int64_t channels);

/// How a field of that shape is seen.
struct PictureForm {
  int64_t height = 0, width = 0, channels = 0;
  bool is_picture() const { return height > 0; }
};
/// Rows and columns of at least four points, gray, or red, green and blue; else no picture.
PictureForm picture_form(const std::vector<int64_t>& shape);

}  // namespace dnnc
