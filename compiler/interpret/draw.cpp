#include <cmath>
#include <numbers>

#include "compiler/interpret/interpret.h"
#include "runtime/program/philox.h"

namespace dnnc {
namespace {

constexpr double unit = 1.0 / (1 << 24);

}  // namespace

double draw_value(const Draw& draw, uint64_t seed, uint64_t step, uint64_t example, uint64_t element) {
  auto low = [](uint64_t value) { return static_cast<uint32_t>(value); };
  auto high = [](uint64_t value) { return static_cast<uint32_t>(value >> 32); };
  const uint64_t stream = std::get<uint64_t>(draw.stream);
  std::array<uint32_t, 4> words = runtime::philox({low(element), high(element), low(example), low(step)},
                                                  {low(seed ^ stream), high(seed ^ stream)});
  double u = (words[0] >> 8) * unit;
  switch (draw.distribution) {
    case Distribution::Uniform:
      return draw.a + (draw.b - draw.a) * u;
    case Distribution::Bernoulli:
      return u < static_cast<float>(draw.a) ? 1 : 0;
    case Distribution::Normal:
      break;
  }
  double u1 = ((words[0] >> 8) + 1) * unit, u2 = (words[1] >> 8) * unit;
  return draw.a + draw.b * std::sqrt(-2 * std::log(u1)) * std::cos(2 * std::numbers::pi * u2);
}

}  // namespace dnnc
