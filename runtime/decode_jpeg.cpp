#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include "runtime/decode_image.h"
#include "runtime/failure.h"

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

enum class Outcome { Done, Damaged, TooLarge };

/// Only plain data may live here: longjmp runs no destructors. `picture` is the caller's.
Outcome decode(jpeg_decompress_struct& info, Reports& reports, const char* data, size_t bytes, Picture& picture) {
  if (setjmp(reports.leave)) return Outcome::Damaged;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(data), bytes);
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  if (int64_t{info.image_width} * info.image_height > kMostPixels) return Outcome::TooLarge;
  jpeg_start_decompress(&info);
  picture.height = info.output_height;
  picture.width = info.output_width;
  picture.rgb.resize(static_cast<size_t>(picture.height * picture.width * 3));
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = picture.rgb.data() + size_t{info.output_scanline} * info.output_width * 3;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return reports.message[0] == '\0' ? Outcome::Done : Outcome::Damaged;
}

}  // namespace

Picture decode_jpeg(const char* data, size_t bytes, const std::string& file) {
  jpeg_decompress_struct info{};
  Reports reports{};
  info.err = jpeg_std_error(&reports.manager);
  reports.manager.error_exit = leave_on_error;
  reports.manager.emit_message = take_message;
  Picture picture;
  const Outcome outcome = decode(info, reports, data, bytes, picture);
  jpeg_destroy_decompress(&info);
  if (outcome == Outcome::TooLarge) refuse_pixels(file);
  if (outcome == Outcome::Damaged)
    throw Failure(kWrong, file + ": is a damaged JPEG file: " + std::string(reports.message));
  return picture;
}

}  // namespace dnnc::runtime
