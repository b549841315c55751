// clang-format off: jpeglib.h needs what is declared before it.
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <csetjmp>

#include "runtime/files/decode_image.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// libjpeg reports through this: an error leaves by longjmp, the first warning (a file that ends too early) is kept.
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

void take_message(j_common_ptr info, int level) {
  if (level < 0) keep_message(info);
}

/// Puts libjpeg's memory away in any case.
struct Decompressor {
  Decompressor() = default;
  ~Decompressor() { jpeg_destroy_decompress(&info); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  jpeg_decompress_struct info{};
};

// In these two only plain data may live: longjmp runs no destructors. They give false where the file is damaged.

bool read_size(jpeg_decompress_struct& info, Reports& reports, const char* data, size_t bytes) {
  if (setjmp(reports.leave)) return false;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(data), bytes);
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  return true;
}

bool read_pixels(jpeg_decompress_struct& info, Reports& reports, unsigned char* rgb) {
  if (setjmp(reports.leave)) return false;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = rgb + size_t{info.output_scanline} * info.output_width * 3;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return reports.message[0] == '\0';
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
  // A block of 8 x 8 pixels has one bit at least.
  check_pixels({info.image_height, info.image_width}, uint64_t{bytes} * 8 * 64, file);
  Picture picture{info.image_height, info.image_width, {}};
  picture.rgb.resize(static_cast<size_t>(picture.height * picture.width * 3));
  if (!read_pixels(info, reports, picture.rgb.data())) throw damaged();
  return picture;
}

}  // namespace dnnc::runtime
