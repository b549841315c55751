#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/call_arguments.h"

namespace dnnc::runtime {

/// A decoded picture: rows from the top, each pixel red, green, blue.
struct Picture {
  int64_t height = 0, width = 0;
  std::vector<uint8_t> rgb;
};

enum class PictureFormat : uint8_t { Png, Jpeg, WebP, Bmp };

/// A kind of picture files: what their bytes are known by, and how their names end, in small or in capital letters.
struct PictureKind {
  PictureFormat format;
  const char* name;
  ShortList<const char*, 2> endings;
  std::string_view begins;          ///< the first bytes
  size_t further = 0;               ///< and from this place on
  std::string_view continues = {};  ///< these
};
/// PNG has four more bytes that are always the same: without them it is a damaged PNG. "BM" may begin a table of words too, but no
/// table has zeros where a BMP file has the upper bytes of its header's length.
inline constexpr PictureKind picture_kinds[] = {{PictureFormat::Png, "PNG", {".png"}, "\x89PNG"},
                                                {PictureFormat::Jpeg, "JPEG", {".jpg", ".jpeg"}, "\xff\xd8\xff"},
                                                {PictureFormat::WebP, "WebP", {".webp"}, "RIFF", 8, "WEBP"},
                                                {PictureFormat::Bmp, "BMP", {".bmp"}, "BM", 15, {"\0\0\0", 3}}};

/// The kind of picture that begins so; null for all else.
constexpr const PictureKind* picture_kind(std::string_view bytes) {
  for (const PictureKind& kind : picture_kinds)
    if (bytes.starts_with(kind.begins) &&
        bytes.substr(std::min(kind.further, bytes.size())).starts_with(kind.continues))
      return &kind;
  return nullptr;
}

/// Whether a file is called like a picture.
bool is_picture_name(std::string name);
/// ".png .jpg", all of them.
std::string picture_endings();

/// Decodes a picture file, whose kind its bytes tell, and turns it upright. Transparent parts lie on white. Throws
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
