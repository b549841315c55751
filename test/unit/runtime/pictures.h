#pragma once
#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

/// Makes the files that tests of pictures read.
namespace dnnc::runtime {

struct Pixels {
  int height = 1, width = 1;
  std::vector<unsigned char> rgb;  ///< or what else the file is written from
};

inline Pixels one_colour(int height, int width, unsigned char red, unsigned char green, unsigned char blue) {
  Pixels pixels{height, width, {}};
  for (int k = 0; k < height * width; ++k) pixels.rgb.insert(pixels.rgb.end(), {red, green, blue});
  return pixels;
}

inline std::string png_file(const Pixels& pixels, png_uint_32 format = PNG_FORMAT_RGB) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(pixels.width);
  image.height = static_cast<png_uint_32>(pixels.height);
  image.format = format;
  png_alloc_size_t bytes = 0;
  png_image_write_to_memory(&image, nullptr, &bytes, 0, pixels.rgb.data(), 0, nullptr);
  std::string file(bytes, '\0');
  png_image_write_to_memory(&image, file.data(), &bytes, 0, pixels.rgb.data(), 0, nullptr);
  file.resize(bytes);
  return file;
}

inline std::string big_endian(uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}

inline std::string png_chunk(const std::string& name, const std::string& contents) {
  const std::string named = name + contents;
  const uLong sum = crc32(0, reinterpret_cast<const Bytef*>(named.data()), static_cast<uInt>(named.size()));
  return big_endian(static_cast<uint32_t>(contents.size())) + named + big_endian(static_cast<uint32_t>(sum));
}

/// What the numbers of `pixels` are, red, green and blue or four inks, and what the file is to hold.
struct JpegColours {
  J_COLOR_SPACE given = JCS_RGB, stored = JCS_YCbCr;
};

inline std::string jpeg_file(const Pixels& pixels, const JpegColours& colours = {}) {
  jpeg_compress_struct info{};
  jpeg_error_mgr manager;
  info.err = jpeg_std_error(&manager);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&info, &memory, &bytes);
  info.image_width = static_cast<JDIMENSION>(pixels.width);
  info.image_height = static_cast<JDIMENSION>(pixels.height);
  info.input_components = colours.given == JCS_CMYK ? 4 : 3;
  info.in_color_space = colours.given;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, colours.stored);
  jpeg_set_quality(&info, 100, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<unsigned char*>(pixels.rgb.data()) +
                   size_t{info.next_scanline} * info.image_width * static_cast<size_t>(info.input_components);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  const std::string file(reinterpret_cast<char*>(memory), bytes);
  jpeg_destroy_compress(&info);
  std::free(memory);
  return file;
}

/// EXIF data of two tags, of which the second is the orientation.
struct ExifTag {
  uint32_t value = 1;
  bool little = false;
  uint32_t type = 3, count = 1, tag = 0x0112, directory = 8;
};
inline std::string exif_with(const ExifTag& tag) {
  const auto number = [&](uint32_t value, size_t length) {
    std::string bytes = big_endian(value).substr(4 - length);
    return tag.little ? std::string(bytes.rbegin(), bytes.rend()) : bytes;
  };
  const size_t length = tag.type == 1 ? 1 : tag.type == 3 ? 2 : 4;
  const std::string other = number(0x0100, 2) + number(4, 2) + number(1, 4) + number(640, 4);
  return (tag.little ? "II" : "MM") + number(42, 2) + number(tag.directory, 4) + number(2, 2) + other +
         number(tag.tag, 2) + number(tag.type, 2) + number(tag.count, 4) + number(tag.value, length) +
         std::string(4 - length, '\0');
}

/// The JPEG file with a segment behind its beginning.
inline std::string with_segment(std::string jpeg, unsigned char marker, const std::string& contents) {
  const std::string length = big_endian(static_cast<uint32_t>(contents.size() + 2)).substr(2);
  return jpeg.insert(2, std::string("\xff") + static_cast<char>(marker) + length + contents);
}

}  // namespace dnnc::runtime
