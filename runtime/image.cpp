#include "runtime/image.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/decode_image.h"
#include "runtime/failure.h"

namespace dnnc::runtime {
namespace {

/// The old pixels along one axis that make a new one, and their weights, which sum to 1.
struct Blend {
  int64_t first = 0;
  std::vector<float> weights;
};

Blend mean_over_area(double begin, double end, int64_t extent) {
  Blend blend{static_cast<int64_t>(begin), {}};
  for (int64_t k = blend.first; k < extent && static_cast<double>(k) < end; ++k) {
    const double covered = std::min(end, static_cast<double>(k + 1)) - std::max(begin, static_cast<double>(k));
    if (covered > 0) blend.weights.push_back(static_cast<float>(covered / (end - begin)));
  }
  return blend;
}

Blend between_centres(double centre, int64_t extent) {
  const double at = std::clamp(centre - 0.5, 0.0, static_cast<double>(extent - 1));
  const auto first = std::min(static_cast<int64_t>(at), extent - 1);
  const auto share = static_cast<float>(at - static_cast<double>(first));
  return share > 0 ? Blend{first, {1 - share, share}} : Blend{first, {1}};
}

std::vector<Blend> blends(int64_t from, int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  std::vector<Blend> all;
  for (int64_t k = 0; k < to; ++k) {
    const double begin = static_cast<double>(k) * scale;
    all.push_back(scale > 1 ? mean_over_area(begin, begin + scale, from) : between_centres(begin + scale / 2, from));
  }
  return all;
}

/// Blends along the rows: [height, width, 3] bytes to [height, new width, 3] numbers.
std::vector<float> resize_rows(const Picture& picture, const std::vector<Blend>& columns) {
  std::vector<float> out(static_cast<size_t>(picture.height) * columns.size() * 3);
  float* at = out.data();
  for (int64_t row = 0; row < picture.height; ++row)
    for (const Blend& blend : columns)
      for (int64_t channel = 0; channel < 3; ++channel, ++at)
        for (size_t k = 0; k < blend.weights.size(); ++k)
          *at += blend.weights[k] *
                 picture.rgb[static_cast<size_t>((row * picture.width + blend.first + static_cast<int64_t>(k)) * 3 + channel)];
  return out;
}

uint8_t rounded(float value) { return static_cast<uint8_t>(std::clamp(std::lround(value), 0L, 255L)); }

void store_pixel(const float* rgb, int64_t channels, uint8_t* out) {
  if (channels == 1) {
    *out = rounded(0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2]);
    return;
  }
  for (int64_t channel = 0; channel < 3; ++channel) out[channel] = rounded(rgb[channel]);
}

}  // namespace

void refuse_pixels(const std::string& file) {
  throw Failure(kWrong, file + ": has more than 100 million pixels");
}

Picture decode_image(const char* data, size_t bytes, const std::string& file) {
  if (bytes >= 8 && std::memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0) return decode_png(data, bytes, file);
  if (bytes >= 3 && std::memcmp(data, "\xff\xd8\xff", 3) == 0) return decode_jpeg(data, bytes, file);
  throw Failure(kWrong, file + ": is neither a PNG nor a JPEG file");
}

void resize_picture(const Picture& picture, int64_t height, int64_t width, int64_t channels, uint8_t* out) {
  const std::vector<Blend> rows = blends(picture.height, height), columns = blends(picture.width, width);
  const std::vector<float> wide = resize_rows(picture, columns);
  for (const Blend& blend : rows)
    for (int64_t column = 0; column < width; ++column, out += channels) {
      float rgb[3] = {0, 0, 0};
      for (size_t k = 0; k < blend.weights.size(); ++k)
        for (int64_t channel = 0; channel < 3; ++channel)
          rgb[channel] +=
              blend.weights[k] *
              wide[static_cast<size_t>(((blend.first + static_cast<int64_t>(k)) * width + column) * 3 + channel)];
      store_pixel(rgb, channels, out);
    }
}

}  // namespace dnnc::runtime
