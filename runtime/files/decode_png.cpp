#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <string_view>

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

uint32_t chunk_number(std::string_view bytes) {
  uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

/// What is read of the chunks without libpng.
struct ReadChunks {
  bool whole = true;      ///< no checksum shows damage
  bool ended = false;     ///< the last one is there
  std::string_view exif;  ///< of a camera; empty if there is none
};

/// Looks at the chunks that libpng would leave out with a warning if their checksums did not fit: of one that it must have
/// it says so itself. Such a chunk may tell what is transparent, or how light the numbers are. It passes those over that
/// hold EXIF.
ReadChunks read_chunks(std::string_view file) {
  constexpr size_t around = 12;  // length, name and checksum of a chunk
  constexpr size_t header = 8;   // all the same in every file
  ReadChunks read;
  for (std::string_view rest = file.substr(std::min(header, file.size())); rest.size() >= around;) {
    const size_t length = chunk_number(rest.substr(0, 4));
    if (length > rest.size() - around) break;  // where it is cut off, libpng looks at what is missing
    const std::string_view named = rest.substr(4, 4 + length);
    const bool may_be_left_out = (named.front() & 0x20) != 0, last = named.starts_with("IEND");
    const auto* bytes = reinterpret_cast<const Bytef*>(named.data());
    if ((may_be_left_out || last) && crc32_z(0, bytes, named.size()) != chunk_number(rest.substr(8 + length, 4))) {
      read.whole = false;
      break;
    }
    if (named.starts_with("eXIf") && read.exif.empty()) read.exif = named.substr(4);
    if ((read.ended = last)) break;
    rest.remove_prefix(around + length);
  }
  return read;
}

}  // namespace

Picture decode_png(const char* data, size_t bytes, const std::string& file) {
  Decoder decoder;
  png_image& image = decoder.image;
  const auto damaged = [&](const std::string& why) {
    return Failure(exit_wrong, file + ": is a damaged PNG file: " + why);
  };
  const ReadChunks chunks = read_chunks({data, bytes});
  if (!chunks.whole) throw damaged("the checksum of a chunk does not fit");
  if (!png_image_begin_read_from_memory(&image, data, bytes)) throw damaged(image.message);
  const bool see_through = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  // One bit is the least that a pixel has.
  check_pixels({image.height, image.width, see_through ? 4 : 3}, 8 * most_inflated(bytes), file);
  image.format = see_through ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  // Without this libpng takes 16 bits for linear light where the file says nothing, and 8 bits for sRGB.
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  Picture picture{image.height, image.width, {}};
  picture.rgb.resize(PNG_IMAGE_SIZE(image));
  // A warning is about what no pixel is made of, like a profile that does not belong to the picture.
  if (!png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr) || PNG_IMAGE_FAILED(image))
    throw damaged(image.message);
  if (!chunks.ended) throw damaged("its end is missing");
  if (see_through) lay_on_white(picture.rgb);
  return upright(std::move(picture), exif_orientation(chunks.exif));
}

std::string png_library() { return std::string("libpng ") + png_get_libpng_ver(nullptr); }

}  // namespace dnnc::runtime
