#include "compiler/interpret/philox.h"

#include <cmath>
#include <numbers>

#include "compiler/interpret/interpret.h"

namespace dnnc {
namespace {

std::array<uint32_t, 4> one_round(const std::array<uint32_t, 4>& counter, const std::array<uint32_t, 2>& key) {
  uint64_t first = uint64_t{0xD2511F53} * counter[0], second = uint64_t{0xCD9E8D57} * counter[2];
  return {static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
          static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
}

constexpr double unit = 1.0 / (1 << 24);

}  // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    counter = one_round(counter, key);
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return counter;
}

double draw_value(const Draw& draw, uint64_t seed, uint64_t step, uint64_t example, uint64_t element) {
  auto low = [](uint64_t value) { return static_cast<uint32_t>(value); };
  auto high = [](uint64_t value) { return static_cast<uint32_t>(value >> 32); };
  std::array<uint32_t, 4> words = philox({low(element), high(element), low(example), low(step)},
                                         {low(seed) ^ low(draw.stream), high(draw.stream)});
  double u = (words[0] >> 8) * unit;
  switch (draw.distribution) {
    case Distribution::Uniform: return draw.a + (draw.b - draw.a) * u;
    case Distribution::Bernoulli: return u < static_cast<float>(draw.a) ? 1 : 0;
    case Distribution::Normal: break;
  }
  double u1 = ((words[0] >> 8) + 1) * unit, u2 = (words[1] >> 8) * unit;
  return draw.a + draw.b * std::sqrt(-2 * std::log(u1)) * std::cos(2 * std::numbers::pi * u2);
}

}  // namespace dnnc
