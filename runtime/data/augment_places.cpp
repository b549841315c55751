#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/data/augment.h"

namespace dnnc::runtime {
namespace {

/// The canvas as it was, in `scratch`.
Canvas kept(const Canvas& canvas, char* scratch) {
  std::memcpy(scratch, canvas.bytes, static_cast<size_t>(canvas.size()));
  Canvas before = canvas;
  before.bytes = scratch;
  return before;
}

char* pixel(const Canvas& canvas, int64_t row, int64_t column) {
  return canvas.bytes + (row * canvas.width + column) * canvas.pixel_bytes();
}

/// Where a pixel of a changed picture comes from: `row` and `column` of its centre, and how these grow from row to row and from
/// column to column. Outside of the picture everything is 0, or as its border is.
struct Origin {
  double row, row_by_row, row_by_column;
  double column, column_by_row, column_by_column;
  bool goes_on = false;
};

/// A place between two pixels along an axis, and which share of the second there is in it.
struct Between {
  int64_t first;
  double share;
  Between(double at) : first(static_cast<int64_t>(std::floor(at))), share(at - static_cast<double>(first)) {}
};

template <class Number>
Number number_at(const Canvas& before, int64_t row, int64_t column, int64_t channel) {
  if (row < 0 || column < 0 || row >= before.height || column >= before.width) return 0;
  return reinterpret_cast<const Number*>(before.bytes)[(row * before.width + column) * before.channels + channel];
}

template <class Number>
void take(const Canvas& before, double row, double column, Number* out) {
  const Between rows(row), columns(column);
  for (int64_t channel = 0; channel < before.channels; ++channel) {
    const auto at = [&](int64_t down, int64_t right) {
      return static_cast<double>(number_at<Number>(before, rows.first + down, columns.first + right, channel));
    };
    const double upper = at(0, 0) * (1 - columns.share) + at(0, 1) * columns.share;
    const double lower = at(1, 0) * (1 - columns.share) + at(1, 1) * columns.share;
    store_number(upper * (1 - rows.share) + lower * rows.share, out[channel]);
  }
}

/// There is no label between two.
void take(const Canvas& before, double row, double column, int32_t* out) {
  const auto nearest_row = static_cast<int64_t>(std::floor(row + 0.5));
  const auto nearest_column = static_cast<int64_t>(std::floor(column + 0.5));
  for (int64_t channel = 0; channel < before.channels; ++channel)
    out[channel] = number_at<int32_t>(before, nearest_row, nearest_column, channel);
}

template <class Number>
void take_all(const Canvas& canvas, const Canvas& before, const Origin& origin) {
  auto* out = reinterpret_cast<Number*>(canvas.bytes);
  for (int64_t k = 0; k < canvas.height; ++k) {
    const auto down = static_cast<double>(k);
    const double first_row = origin.row + origin.row_by_row * down;
    const double first_column = origin.column + origin.column_by_row * down;
    for (int64_t l = 0; l < canvas.width; ++l, out += canvas.channels) {
      const auto right = static_cast<double>(l);
      double row = first_row + origin.row_by_column * right;
      double column = first_column + origin.column_by_column * right;
      if (origin.goes_on) {
        row = std::clamp(row, 0.0, static_cast<double>(canvas.height - 1));
        column = std::clamp(column, 0.0, static_cast<double>(canvas.width - 1));
      }
      take(before, row, column, out);
    }
  }
}

void take_from(const Canvas& canvas, const Origin& origin, char* scratch) {
  const Canvas before = kept(canvas, scratch);
  switch (canvas.storage) {
    case Storage::UInt8:
      return take_all<uint8_t>(canvas, before, origin);
    case Storage::Float32:
      return take_all<float>(canvas, before, origin);
    case Storage::Float64:
      return take_all<double>(canvas, before, origin);
    case Storage::Int32:
      return take_all<int32_t>(canvas, before, origin);
  }
}

/// The centre of the picture stays where it is, and around it the places are turned and stretched.
Origin around_centre(const Canvas& canvas, double by_same, double by_other) {
  const double row = static_cast<double>(canvas.height - 1) / 2, column = static_cast<double>(canvas.width - 1) / 2;
  return {.row = row - by_same * row + by_other * column,
          .row_by_row = by_same,
          .row_by_column = -by_other,
          .column = column - by_other * row - by_same * column,
          .column_by_row = by_other,
          .column_by_column = by_same};
}

struct SineAndCosine {
  double sine, cosine;
};

/// By their series: of angles up to half a turn what is left out is below 1e-16.
SineAndCosine of_angle(double angle) {
  constexpr int terms = 34;
  double sums[2] = {}, term = 1;
  for (int k = 0; k < terms; ++k) {
    sums[k % 2] += k % 4 < 2 ? term : -term;
    term = term * angle / (k + 1);
  }
  return {sums[1], sums[0]};
}

/// What stood at (row, column) stands at (row + down, column + right) afterwards; what comes in is 0.
void shift_by(const Canvas& canvas, int64_t down, int64_t right, char* scratch) {
  const Canvas before = kept(canvas, scratch);
  std::memset(canvas.bytes, 0, static_cast<size_t>(canvas.size()));
  const int64_t first = std::max<int64_t>(right, 0), last = canvas.width + std::min<int64_t>(right, 0);
  if (first >= last) return;
  for (int64_t row = std::max<int64_t>(down, 0); row < canvas.height + std::min<int64_t>(down, 0); ++row)
    std::memcpy(pixel(canvas, row, first), pixel(before, row - down, first - right),
                static_cast<size_t>((last - first) * canvas.pixel_bytes()));
}

/// A whole number from 0 to below `choices`.
int64_t choice(uint32_t word, int64_t choices) {
  return static_cast<int64_t>(word * static_cast<uint64_t>(choices) >> 32);
}

}  // namespace

void flip(const Canvas& canvas, Augmentation::Kind axis, const AugmentDraws& draws, char* scratch) {
  if (draws.words(0)[0] >> 31 == 0) return;
  const Canvas before = kept(canvas, scratch);
  const auto row_bytes = static_cast<size_t>(canvas.width * canvas.pixel_bytes());
  const auto pixel_bytes = static_cast<size_t>(canvas.pixel_bytes());
  for (int64_t row = 0; row < canvas.height; ++row) {
    if (axis == Augmentation::Kind::FlipVertical) {
      std::memcpy(pixel(canvas, row, 0), pixel(before, canvas.height - 1 - row, 0), row_bytes);
      continue;
    }
    for (int64_t column = 0; column < canvas.width; ++column)
      std::memcpy(pixel(canvas, row, column), pixel(before, row, canvas.width - 1 - column), pixel_bytes);
  }
}

void shift(const Canvas& canvas, double pixels, const AugmentDraws& draws, char* scratch) {
  const auto words = draws.words(0);
  const auto most = static_cast<int64_t>(pixels);
  shift_by(canvas, choice(words[0], 2 * most + 1) - most, choice(words[1], 2 * most + 1) - most, scratch);
}

void rotate(const Canvas& canvas, double degrees, const AugmentDraws& draws, char* scratch) {
  constexpr double pi = 3.141592653589793;
  const auto [sine, cosine] = of_angle(within(degrees, draws.words(0)[0]) * pi / 180);
  take_from(canvas, around_centre(canvas, cosine, sine), scratch);
}

void zoom(const Canvas& canvas, double part, const AugmentDraws& draws, char* scratch) {
  const double factor = 1 + within(part, draws.words(0)[0]);
  take_from(canvas, around_centre(canvas, 1 / factor, 0), scratch);
}

/// The window may begin anywhere where it fits; its area becomes the whole one.
void crop(const Canvas& canvas, double least, const AugmentDraws& draws, char* scratch) {
  const auto words = draws.words(0);
  const double share = least + (1 - least) * part_of(words[0]);
  const auto height = static_cast<double>(canvas.height), width = static_cast<double>(canvas.width);
  const double centre = 0.5 * share - 0.5;  // of the first of its pixels
  take_from(canvas,
            {.row = (height - share * height) * part_of(words[1]) + centre,
             .row_by_row = share,
             .row_by_column = 0,
             .column = (width - share * width) * part_of(words[2]) + centre,
             .column_by_row = 0,
             .column_by_column = share,
             .goes_on = true},
            scratch);
}

/// Any pixel may be its middle, so at borders a part of it is all there is.
void cut_out(const Canvas& canvas, double pixels, const AugmentDraws& draws) {
  const auto words = draws.words(0);
  const auto side = static_cast<int64_t>(pixels);
  const int64_t top = choice(words[0], canvas.height) - side / 2, left = choice(words[1], canvas.width) - side / 2;
  const int64_t first = std::max<int64_t>(left, 0), last = std::min(left + side, canvas.width);
  for (int64_t row = std::max<int64_t>(top, 0); row < std::min(top + side, canvas.height); ++row)
    std::memset(pixel(canvas, row, first), 0, static_cast<size_t>((last - first) * canvas.pixel_bytes()));
}

}  // namespace dnnc::runtime
