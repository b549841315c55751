#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "runtime/program/augmentations.h"
#include "runtime/program/field_data.h"
#include "runtime/program/philox.h"

/// Changes of examples, each a pure function of seed, epoch and example: no matter in which batch it is, on which thread, or
/// whether the training was resumed. Only + - * / and roundings are done, which are the same on every machine, and not a function
/// of a library of mathematics: files that do so are compiled without fused multiply-adds.
namespace dnnc::runtime {

/// The random words of one change, which is the one of that number in the list, of one example.
struct AugmentDraws {
  uint64_t seed, epoch;
  uint32_t row, number;

  /// Four of them, in blocks that are counted from 0.
  std::array<uint32_t, 4> words(uint32_t block) const {
    constexpr uint32_t augment_stream = 0x60000000;
    return philox({row, static_cast<uint32_t>(epoch), number, static_cast<uint32_t>(seed >> 32)},
                  {static_cast<uint32_t>(seed), augment_stream + block});
  }
};

/// In [0, 1), a multiple of 2^-24.
constexpr double part_of(uint32_t word) { return static_cast<double>(word >> 8) * 0x1p-24; }
/// In [-most, most).
constexpr double within(double most, uint32_t word) { return most * (2 * part_of(word) - 1); }

/// Whole numbers of 8 bits are rounded, and stay in their range.
inline void store_number(double value, uint8_t& out) {
  out = static_cast<uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}
inline void store_number(double value, float& out) { out = static_cast<float>(value); }
inline void store_number(double value, double& out) { out = value; }

/// A picture, or what goes along with one, in the storage of its field: rows from the top, each pixel with its channels.
struct Canvas {
  char* bytes = nullptr;
  Storage storage = Storage::Float32;
  int64_t height = 0, width = 0, channels = 0;
  int64_t pixel_bytes() const { return channels * bytes_of(storage); }
  int64_t size() const { return height * width * pixel_bytes(); }
};

struct AugmentedExample {
  uint64_t seed, epoch;
  uint32_t row;
};
/// All changes in their order. `scratch` has room for the canvas once more.
void augment(const Canvas& canvas, Augmented what, const std::vector<Augmentation>& changes,
             const AugmentedExample& example, char* scratch);

/// What moves, and what changes numbers where they are. Of what moves, all channels of a place go together; between the centres of
/// pixels numbers are linear, and labels are those of the nearest.
void flip(const Canvas& canvas, Augmentation::Kind axis, const AugmentDraws& draws, char* scratch);
void shift(const Canvas& canvas, double pixels, const AugmentDraws& draws, char* scratch);
void rotate(const Canvas& canvas, double degrees, const AugmentDraws& draws, char* scratch);
void zoom(const Canvas& canvas, double part, const AugmentDraws& draws, char* scratch);
void crop(const Canvas& canvas, double least, const AugmentDraws& draws, char* scratch);
void cut_out(const Canvas& canvas, double pixels, const AugmentDraws& draws);
void brighten(const Canvas& canvas, double part, const AugmentDraws& draws);
void change_contrast(const Canvas& canvas, double part, const AugmentDraws& draws);
void add_noise(const Canvas& canvas, double deviation, const AugmentDraws& draws);

}  // namespace dnnc::runtime
