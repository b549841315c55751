#include <cstring>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/program/philox.h"

namespace dnnc::runtime {
namespace {

/// An image as rows of pixels of so many bytes, whatever their numbers are.
struct Image {
  char* bytes;
  int64_t height, width, pixel_bytes;
  char* pixel(int64_t row, int64_t column) const { return bytes + (row * width + column) * pixel_bytes; }
};

void flip_horizontal(const Image& image) {
  std::vector<char> kept(static_cast<size_t>(image.pixel_bytes));
  const size_t bytes = kept.size();
  for (int64_t row = 0; row < image.height; ++row)
    for (int64_t left = 0, right = image.width - 1; left < right; ++left, --right) {
      std::memcpy(kept.data(), image.pixel(row, left), bytes);
      std::memcpy(image.pixel(row, left), image.pixel(row, right), bytes);
      std::memcpy(image.pixel(row, right), kept.data(), bytes);
    }
}

void flip_vertical(const Image& image) {
  const size_t bytes = static_cast<size_t>(image.width * image.pixel_bytes);
  std::vector<char> kept(bytes);
  for (int64_t top = 0, bottom = image.height - 1; top < bottom; ++top, --bottom) {
    std::memcpy(kept.data(), image.pixel(top, 0), bytes);
    std::memcpy(image.pixel(top, 0), image.pixel(bottom, 0), bytes);
    std::memcpy(image.pixel(bottom, 0), kept.data(), bytes);
  }
}

/// What stood at (row, column) stands at (row + down, column + right) afterwards; what comes in is 0.
void shift(const Image& image, int64_t down, int64_t right) {
  const size_t bytes = static_cast<size_t>(image.height * image.width * image.pixel_bytes);
  const std::vector<char> before(image.bytes, image.bytes + bytes);
  std::memset(image.bytes, 0, bytes);
  const int64_t first = right > 0 ? right : 0, last = right < 0 ? image.width + right : image.width;
  if (first >= last) return;
  for (int64_t row = 0; row < image.height; ++row) {
    const int64_t from = row - down;
    if (from < 0 || from >= image.height) continue;
    std::memcpy(image.pixel(row, first), before.data() + (from * image.width + first - right) * image.pixel_bytes,
                static_cast<size_t>((last - first) * image.pixel_bytes));
  }
}

void change(const Image& image, const Augmentation& augmentation, const std::array<uint32_t, 4>& words) {
  const auto draw = [&](uint32_t word) {
    const uint64_t choices = 2 * static_cast<uint64_t>(augmentation.most) + 1;
    return static_cast<int64_t>(word * choices >> 32) - augmentation.most;
  };
  switch (augmentation.kind) {
    case Augmentation::Kind::FlipHorizontal:
      if (words[0] >> 31) flip_horizontal(image);
      return;
    case Augmentation::Kind::FlipVertical:
      if (words[0] >> 31) flip_vertical(image);
      return;
    case Augmentation::Kind::Shift:
      shift(image, draw(words[0]), draw(words[1]));
      return;
  }
}

}  // namespace

void augment_rows(const std::vector<Augmentation>& augmentations, const std::vector<int64_t>& shape, Storage storage,
                  char* images, const uint32_t* rows, int64_t count, uint64_t seed, uint64_t epoch) {
  if (shape.size() < 2) return;
  constexpr uint32_t augment_stream = 0x60000000;
  int64_t pixel_bytes = bytes_of(storage);
  for (size_t axis = 2; axis < shape.size(); ++axis) pixel_bytes *= shape[axis];
  const int64_t image_bytes = shape[0] * shape[1] * pixel_bytes;
  const std::array<uint32_t, 2> key = {static_cast<uint32_t>(seed), augment_stream};
  for (int64_t k = 0; k < count; ++k)
    for (uint32_t number = 0; number < augmentations.size(); ++number)
      change({images + k * image_bytes, shape[0], shape[1], pixel_bytes}, augmentations[number],
             philox({rows[k], static_cast<uint32_t>(epoch), number, static_cast<uint32_t>(seed >> 32)}, key));
}

}  // namespace dnnc::runtime
