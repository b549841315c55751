#include <algorithm>
#include <bit>
#include <cmath>

#include "runtime/data/augment.h"

namespace dnnc::runtime {
namespace {

/// Calls work(numbers, count) with the numbers of the picture. Labels are none.
template <class Work>
void with_numbers(const Canvas& canvas, const Work& work) {
  const int64_t count = canvas.height * canvas.width * canvas.channels;
  if (canvas.storage == Storage::UInt8) work(reinterpret_cast<uint8_t*>(canvas.bytes), count);
  if (canvas.storage == Storage::Float32) work(reinterpret_cast<float*>(canvas.bytes), count);
  if (canvas.storage == Storage::Float64) work(reinterpret_cast<double*>(canvas.bytes), count);
}

/// Near a number of the normal distribution with mean 0 and variance 1: how many of 52 coins show heads, with a part of a coin
/// drawn evenly. Whole numbers make it, so it is the same everywhere.
double nearly_normal(uint32_t first, uint32_t second) {
  constexpr int coins = 52, evenly_bits = 12;
  constexpr double deviation = 3.617089069035125;  // the root of 52 / 4 + 1 / 12
  const int heads = std::popcount(first) + std::popcount(second >> evenly_bits);
  const double part = (static_cast<double>(second & ((1u << evenly_bits) - 1)) + 0.5) / (1 << evenly_bits);
  return (heads - coins / 2 + part - 0.5) / deviation;
}

}  // namespace

void brighten(const Canvas& canvas, double part, const AugmentDraws& draws) {
  const double factor = 1 + within(part, draws.words(0)[0]);
  with_numbers(canvas, [&](auto* numbers, int64_t count) {
    for (int64_t k = 0; k < count; ++k) store_number(static_cast<double>(numbers[k]) * factor, numbers[k]);
  });
}

void change_contrast(const Canvas& canvas, double part, const AugmentDraws& draws) {
  const double factor = 1 + within(part, draws.words(0)[0]);
  with_numbers(canvas, [&](auto* numbers, int64_t count) {
    for (int64_t channel = 0; channel < canvas.channels; ++channel) {
      double sum = 0;
      for (int64_t k = channel; k < count; k += canvas.channels) sum += static_cast<double>(numbers[k]);
      const double mean = sum / static_cast<double>(canvas.height * canvas.width);
      for (int64_t k = channel; k < count; k += canvas.channels)
        store_number(mean + (static_cast<double>(numbers[k]) - mean) * factor, numbers[k]);
    }
  });
}

void add_noise(const Canvas& canvas, double deviation, const AugmentDraws& draws) {
  with_numbers(canvas, [&](auto* numbers, int64_t count) {
    for (int64_t k = 0; k < count; k += 2) {
      const auto words = draws.words(static_cast<uint32_t>(k / 2));
      for (int64_t other = 0; other < std::min<int64_t>(2, count - k); ++other) {
        const auto place = static_cast<size_t>(2 * other);
        const double noise = deviation * nearly_normal(words[place], words[place + 1]);
        store_number(static_cast<double>(numbers[k + other]) + noise, numbers[k + other]);
      }
    }
  });
}

}  // namespace dnnc::runtime
