#include "runtime/decode_image.h"

#include <png.h>

#include "runtime/failure.h"

namespace dnnc::runtime {

Picture decode_png(const char* data, size_t bytes, const std::string& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  Picture picture;
  const auto fail = [&]() {
    const std::string reason = image.message;
    png_image_free(&image);
    throw Failure(kWrong, file + ": is a damaged PNG file: " + reason);
  };
  if (!png_image_begin_read_from_memory(&image, data, bytes)) fail();
  image.format = PNG_FORMAT_RGB;
  picture.height = image.height;
  picture.width = image.width;
  if (picture.height * picture.width > kMostPixels) {
    png_image_free(&image);
    refuse_pixels(file);
  }
  picture.rgb.resize(PNG_IMAGE_SIZE(image));
  const png_color white = {255, 255, 255};
  if (!png_image_finish_read(&image, &white, picture.rgb.data(), 0, nullptr)) fail();
  if (PNG_IMAGE_FAILED(image) || image.warning_or_error != 0) fail();
  png_image_free(&image);
  return picture;
}

}  // namespace dnnc::runtime
