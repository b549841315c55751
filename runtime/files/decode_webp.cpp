#include <webp/decode.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "runtime/files/decode_image.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

const char* text_of(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return "it is cut off";
    case VP8_STATUS_OUT_OF_MEMORY:
      return "not enough memory for its pixels";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "it has parts that libwebp does not know";
    default:
      return "its parts do not fit together";
  }
}

/// The contents of the first chunk of that name; empty if there is none. Chunks follow the 12 bytes of the file's own
/// header: a name, a length with the lowest byte first, contents, and a byte more where that length is odd.
std::string_view chunk_named(std::string_view name, std::string_view file) {
  constexpr size_t file_header = 12, header = 8;
  for (std::string_view rest = file.substr(std::min(file_header, file.size())); rest.size() >= header;) {
    size_t length = 0;
    for (size_t k = 0; k < 4; ++k) length |= size_t{static_cast<unsigned char>(rest[4 + k])} << 8 * k;
    if (rest.starts_with(name)) return rest.substr(header, length);
    rest.remove_prefix(std::min(rest.size(), header + length + length % 2));
  }
  return {};
}

}  // namespace

Picture decode_webp(const char* data, size_t bytes, const std::string& file) {
  const auto* file_bytes = reinterpret_cast<const uint8_t*>(data);
  const auto expect = [&](VP8StatusCode status) {
    if (status != VP8_STATUS_OK) throw Failure(exit_wrong, file + ": is a damaged WebP file: " + text_of(status));
  };
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config))
    throw Failure(exit_wrong, file + ": libwebp has another version than its header");
  expect(WebPGetFeatures(file_bytes, bytes, &config.input));
  if (config.input.has_animation)
    throw Failure(exit_wrong, file + ": is an animation; save a picture of it as a file of its own");
  const int channels = config.input.has_alpha ? 4 : 3;
  Picture picture{config.input.height, config.input.width, {}};
  // A picture of one colour takes some bytes, however large it is.
  check_pixels({picture.height, picture.width, channels}, std::numeric_limits<uint64_t>::max(), file);
  picture.rgb.resize(static_cast<size_t>(picture.height * picture.width * channels));
  config.output.colorspace = config.input.has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {picture.rgb.data(), config.input.width * channels, picture.rgb.size()};
  expect(WebPDecode(file_bytes, bytes, &config));
  if (config.input.has_alpha) lay_on_white(picture.rgb);
  return upright(std::move(picture), exif_orientation(chunk_named("EXIF", {data, bytes})));
}

std::string webp_library() { return "libwebp " + std::to_string(WebPGetDecoderVersion()); }

}  // namespace dnnc::runtime
