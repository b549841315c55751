// clang-format off: jpeglib.h needs what is declared before it.
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <csetjmp>
#include <string_view>

#include "runtime/files/decode_image.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// libjpeg reports through this: an error leaves by longjmp, the first warning of damage (a file that ends too early) is kept.
struct Reports {
  jpeg_error_mgr manager;
  std::jmp_buf leave;
  char message[JMSG_LENGTH_MAX];
};

void keep_message(j_common_ptr info) {
  Reports* reports = reinterpret_cast<Reports*>(info->err);
  if (reports->message[0] == '\0') info->err->format_message(info, reports->message);
}

void leave_on_error(j_common_ptr info) {
  keep_message(info);
  std::longjmp(reinterpret_cast<Reports*>(info->err)->leave, 1);
}

/// Whether the bytes that libjpeg has just passed over on its way to the next part are zeros, as some cameras leave behind the last
/// pixel. Others are what is left where a damaged byte has made pixels of fewer bytes.
bool is_filling(j_common_ptr info) {
  const jpeg_source_mgr& source = *reinterpret_cast<j_decompress_ptr>(info)->src;
  const unsigned char* end = source.next_input_byte;
  return std::all_of(end - info->err->msg_parm.i[0], end, [](unsigned char byte) { return byte == 0; });
}

/// Whether pixels are as they were written although libjpeg warns.
bool is_harmless(j_common_ptr info) {
  switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
      return is_filling(info);
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    default:
      return false;
  }
}

void take_message(j_common_ptr info, int level) {
  if (level < 0 && !is_harmless(info)) keep_message(info);
}

/// Puts libjpeg's memory away in any case.
struct Decompressor {
  Decompressor() = default;
  ~Decompressor() { jpeg_destroy_decompress(&info); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  jpeg_decompress_struct info{};
};

/// Cameras put EXIF data there.
constexpr int exif_marker = JPEG_APP0 + 1;
constexpr unsigned longest_marker = 0xffff;

/// One row of four inks as the light that is left of each of three colours: the part that its ink leaves of what black
/// leaves. Programs of Adobe, and all that write their marker, store what is left instead of the ink.
void mix_inks(const unsigned char* inks, bool stored_as_light, unsigned width, unsigned char* rgb) {
  constexpr int most = 255;
  const auto left = [&](unsigned char ink) { return stored_as_light ? int{ink} : most - ink; };
  for (unsigned pixel = 0; pixel < width; ++pixel, inks += 4)
    for (int colour = 0; colour < 3; ++colour)
      *rgb++ = static_cast<unsigned char>((left(inks[colour]) * left(inks[3]) + most / 2) / most);
}

// In these two only plain data may live: longjmp runs no destructors. They give false where the file is damaged.

bool read_size(jpeg_decompress_struct& info, Reports& reports, const char* data, size_t bytes) {
  if (setjmp(reports.leave)) return false;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(data), bytes);
  jpeg_save_markers(&info, exif_marker, longest_marker);
  jpeg_read_header(&info, TRUE);
  const bool inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  return true;
}

bool read_pixels(jpeg_decompress_struct& info, Reports& reports, unsigned char* rgb) {
  if (setjmp(reports.leave)) return false;
  jpeg_start_decompress(&info);
  const JDIMENSION width = info.output_width;
  JSAMPARRAY inks = nullptr;  // of libjpeg's own memory, which goes with it
  if (info.out_color_space == JCS_CMYK)
    inks = info.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&info), JPOOL_IMAGE, width * 4, 1);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = rgb + size_t{info.output_scanline} * width * 3;
    jpeg_read_scanlines(&info, inks ? inks : &row, 1);
    if (inks) mix_inks(inks[0], info.saw_Adobe_marker, width, row);
  }
  jpeg_finish_decompress(&info);
  return reports.message[0] == '\0';
}

/// Of the first marker that has any, as cameras write it.
Orientation orientation_of(const jpeg_decompress_struct& info) {
  for (jpeg_saved_marker_ptr marker = info.marker_list; marker; marker = marker->next) {
    const std::string_view bytes(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (marker->marker == exif_marker && bytes.starts_with(exif_begins)) return exif_orientation(bytes);
  }
  return Orientation::Upright;
}

}  // namespace

Picture decode_jpeg(const char* data, size_t bytes, const std::string& file) {
  Decompressor decompressor;
  jpeg_decompress_struct& info = decompressor.info;
  Reports reports{};
  info.err = jpeg_std_error(&reports.manager);
  reports.manager.error_exit = leave_on_error;
  reports.manager.emit_message = take_message;
  const auto damaged = [&] {
    return Failure(exit_wrong, file + ": is a damaged JPEG file: " + std::string(reports.message));
  };
  if (!read_size(info, reports, data, bytes)) throw damaged();
  const Orientation orientation = orientation_of(info);  // libjpeg drops the markers behind the last pixel
  // A block of 8 x 8 pixels has one bit at least.
  check_pixels({info.image_height, info.image_width}, uint64_t{bytes} * 8 * 64, file);
  Picture picture{info.image_height, info.image_width, {}};
  picture.rgb.resize(static_cast<size_t>(picture.height * picture.width * 3));
  if (!read_pixels(info, reports, picture.rgb.data())) throw damaged();
  return upright(std::move(picture), orientation);
}

std::string jpeg_library() {
  return "libjpeg " + std::to_string(JPEG_LIB_VERSION) + " " + std::to_string(LIBJPEG_TURBO_VERSION_NUMBER);
}

}  // namespace dnnc::runtime
