#include "runtime/files/image.h"

#include <algorithm>
#include <cmath>

#include "runtime/files/decode_image.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

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

/// One row of the picture, blended along it: [width, 3] bytes to [new width, 3] numbers.
void resize_row(const Picture& picture, int64_t row, const std::vector<Blend>& columns, std::vector<float>& out) {
  out.assign(columns.size() * 3, 0.0f);
  float* at = out.data();
  for (const Blend& blend : columns)
    for (int64_t channel = 0; channel < 3; ++channel, ++at)
      for (size_t k = 0; k < blend.weights.size(); ++k)
        *at +=
            blend.weights[k] *
            picture
                .rgb[static_cast<size_t>((row * picture.width + blend.first + static_cast<int64_t>(k)) * 3 + channel)];
}

/// Rows of the picture as resize_row() makes them. Those of neighbouring new rows overlap by two at most, so two are
/// kept: the memory does not grow with the picture's height.
class ResizedRows {
 public:
  ResizedRows(const Picture& picture, const std::vector<Blend>& columns) : picture_(picture), columns_(columns) {}
  const std::vector<float>& row(int64_t number) {
    Kept& kept = kept_[static_cast<size_t>(number % 2)];
    if (kept.number != number) resize_row(picture_, number, columns_, kept.values);
    kept.number = number;
    return kept.values;
  }

 private:
  struct Kept {
    int64_t number = -1;
    std::vector<float> values;
  };
  const Picture& picture_;
  const std::vector<Blend>& columns_;
  Kept kept_[2];
};

uint8_t rounded(float value) { return static_cast<uint8_t>(std::clamp(std::lround(value), 0L, 255L)); }

void store_pixel(const float* rgb, int64_t channels, uint8_t* out) {
  if (channels == 1) {
    *out = rounded(0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2]);
    return;
  }
  for (int64_t channel = 0; channel < 3; ++channel) out[channel] = rounded(rgb[channel]);
}

}  // namespace

void check_pixels(const PictureSize& size, uint64_t most, const std::string& file) {
  const auto [height, width, channels] = size;
  if (height > most_pixels || width > most_pixels || height * width > most_pixels)
    throw Failure(exit_wrong, file + ": has more than 100 million pixels");
  if (static_cast<uint64_t>(height * width) > most)
    throw Failure(exit_wrong, file + ": is cut off: so few bytes hold no picture of " + std::to_string(height) + " x " +
                                  std::to_string(width));
  // The library that decodes it takes as much again.
  expect_memory(height * width * channels * 2, file);
}

void lay_on_white(std::vector<uint8_t>& pixels) {
  constexpr double gamma = 2.2;
  constexpr uint8_t most = 255;
  const auto seen = [](uint8_t colour, uint8_t opacity) {
    if (opacity == most) return colour;
    const double part = static_cast<double>(opacity) / most;
    const double light = part * std::pow(static_cast<double>(colour) / most, gamma) + 1 - part;
    return rounded(static_cast<float>(most * std::pow(light, 1 / gamma)));
  };
  const size_t count = pixels.size() / 4;
  for (size_t k = 0; k < count; ++k)
    for (size_t colour = 0; colour < 3; ++colour)
      pixels[3 * k + colour] = seen(pixels[4 * k + colour], pixels[4 * k + 3]);
  pixels.resize(3 * count);
}

Picture upright(Picture picture, Orientation orientation) {
  using enum Orientation;
  if (orientation == Upright) return picture;
  const auto is = [&](std::initializer_list<Orientation> some) { return std::ranges::count(some, orientation) > 0; };
  const bool sideways = is({Transposed, TurnedRight, TransposedBackward, TurnedLeft});
  const bool from_bottom = is({UpsideDown, Flipped, TurnedRight, TransposedBackward});
  const bool from_right = is({Mirrored, UpsideDown, TransposedBackward, TurnedLeft});
  Picture turned{picture.height, picture.width, {}};
  if (sideways) std::swap(turned.height, turned.width);
  turned.rgb.reserve(picture.rgb.size());
  for (int64_t row = 0; row < turned.height; ++row)
    for (int64_t column = 0; column < turned.width; ++column) {
      int64_t from_row = sideways ? column : row, from_column = sideways ? row : column;
      if (from_bottom) from_row = picture.height - 1 - from_row;
      if (from_right) from_column = picture.width - 1 - from_column;
      const auto pixel = picture.rgb.begin() + (from_row * picture.width + from_column) * 3;
      turned.rgb.insert(turned.rgb.end(), pixel, pixel + 3);
    }
  return turned;
}

Picture decode_image(const char* data, size_t bytes, const std::string& file) {
  const PictureKind* kind = picture_kind({data, bytes});
  if (kind) switch (kind->format) {
      case PictureFormat::Png:
        return decode_png(data, bytes, file);
      case PictureFormat::Jpeg:
        return decode_jpeg(data, bytes, file);
      case PictureFormat::WebP:
        return decode_webp(data, bytes, file);
      case PictureFormat::Bmp:
        return decode_bmp(data, bytes, file);
    }
  std::string names;
  for (const PictureKind& known : picture_kinds) names += (names.empty() ? "" : ", ") + std::string(known.name);
  throw Failure(exit_wrong, file + ": is no picture of a kind that is read: " + names);
}

void resize_picture(const Picture& picture, int64_t height, int64_t width, int64_t channels, uint8_t* out) {
  const std::vector<Blend> rows = blends(picture.height, height), columns = blends(picture.width, width);
  ResizedRows wide(picture, columns);
  std::vector<float> sum;
  for (const Blend& blend : rows) {
    sum.assign(static_cast<size_t>(width) * 3, 0.0f);
    for (size_t k = 0; k < blend.weights.size(); ++k) {
      const std::vector<float>& row = wide.row(blend.first + static_cast<int64_t>(k));
      for (size_t at = 0; at < sum.size(); ++at) sum[at] += blend.weights[k] * row[at];
    }
    for (int64_t column = 0; column < width; ++column, out += channels)
      store_pixel(&sum[static_cast<size_t>(column) * 3], channels, out);
  }
}

/// The number changes whenever a pixel of any file may become another by our own code.
std::string picture_rules() { return "rules 2, " + png_library() + ", " + jpeg_library() + ", " + webp_library(); }

}  // namespace dnnc::runtime
