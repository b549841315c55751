#include "compiler/report/picture_text.h"

#include <png.h>

#include "runtime/program/failure.h"

namespace dnnc {

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t three = 0;
    const size_t there = std::min<size_t>(3, bytes.size() - at);
    for (size_t k = 0; k < 3; ++k) three = three << 8 | (k < there ? static_cast<unsigned char>(bytes[at + k]) : 0);
    for (size_t k = 0; k < 4; ++k) text += k <= there ? letters[three >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string picture_address(const std::vector<uint8_t>& points, int64_t height, int64_t width, int64_t channels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = static_cast<png_uint_32>(height);
  image.width = static_cast<png_uint_32>(width);
  image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string file(bytes, '\0');
  const bool written = png_image_write_to_memory(&image, file.data(), &bytes, 0, points.data(), 0, nullptr);
  const std::string fault = image.message;
  png_image_free(&image);
  if (!written) throw runtime::Failure(runtime::exit_input_output, "a picture of the report: " + fault);
  file.resize(bytes);
  return "data:image/png;base64," + base64(file);
}

PictureForm picture_form(const std::vector<int64_t>& shape) {
  const bool gray = shape.size() == 2 || (shape.size() == 3 && shape[2] == 1);
  const bool colours = shape.size() == 3 && shape[2] == 3;
  if (!(gray || colours) || shape[0] < 4 || shape[1] < 4) return {};
  return {shape[0], shape[1], colours ? 3 : 1};
}

}  // namespace dnnc
