#include <png.h>

#include "runtime/files/decode_image.h"
#include "runtime/files/inflate.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// Puts libpng's memory away in any case.
struct Decoder {
  Decoder() { image.version = PNG_IMAGE_VERSION; }
  ~Decoder() { png_image_free(&image); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  png_image image{};
};

}  // namespace

Picture decode_png(const char* data, size_t bytes, const std::string& file) {
  Decoder decoder;
  png_image& image = decoder.image;
  const auto damaged = [&] {
    return Failure(exit_wrong, file + ": is a damaged PNG file: " + std::string(image.message));
  };
  if (!png_image_begin_read_from_memory(&image, data, bytes)) throw damaged();
  // One bit is the least that a pixel has.
  check_pixels(image.height, image.width, 8 * most_inflated(bytes), file);
  image.format = PNG_FORMAT_RGB;
  Picture picture{image.height, image.width, {}};
  picture.rgb.resize(PNG_IMAGE_SIZE(image));
  const png_color white = {255, 255, 255};
  if (!png_image_finish_read(&image, &white, picture.rgb.data(), 0, nullptr)) throw damaged();
  if (PNG_IMAGE_FAILED(image) || image.warning_or_error != 0) throw damaged();
  return picture;
}

}  // namespace dnnc::runtime
