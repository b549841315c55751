#include <array>
#include <cmath>

#include "compiler/halide/expressions/lower_expression.h"
#include "compiler/halide/expressions/scalar_functions.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

using Words = std::array<HalideExpr, 4>;

struct Product {
  HalideExpr high, low;
};

Product multiply_words(uint32_t factor, const HalideExpr& word) {
  HalideExpr product = Halide::cast<uint64_t>(word) * Halide::cast<uint64_t>(HalideExpr(factor));
  return {Halide::cast<uint32_t>(product >> 32), Halide::cast<uint32_t>(product)};
}

/// Philox4x32-10 (J. Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011).
Words philox(Words counter, std::array<HalideExpr, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const Product first = multiply_words(0xD2511F53u, counter[0]), second = multiply_words(0xCD9E8D57u, counter[2]);
    counter = {second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low};
    key = {key[0] + HalideExpr(0x9E3779B9u), key[1] + HalideExpr(0xBB67AE85u)};
  }
  return counter;
}

/// The upper 24 bits: u 2^24 of a number 0 <= u < 1.
HalideExpr unit_multiple(const HalideExpr& word) { return Halide::cast<int>(word >> 8); }

HalideExpr unit_number(const HalideExpr& multiple) { return strict::multiply(Halide::cast<float>(multiple), 0x1p-24f); }

HalideExpr setting(NodeId node, const ExpressionContext& context) {
  HalideExpr whole = context.whole_element(node, {});
  if (!whole.defined()) whole = Halide::cast<int>(context.element(node, {}));
  return Halide::cast<uint32_t>(whole);
}

/// The words of the stream, the lower first.
std::array<HalideExpr, 2> stream_words(const Draw& draw, const ExpressionContext& context) {
  if (const auto* number = std::get_if<uint64_t>(&draw.stream))
    return {HalideExpr(static_cast<uint32_t>(*number)), HalideExpr(static_cast<uint32_t>(*number >> 32))};
  const auto word = [&](int place) {
    HalideExpr whole = context.whole_element(std::get<NodeId>(draw.stream), {HalideExpr(place)});
    check(whole.defined(), "halide: a stream that is not kept as whole numbers");
    return Halide::cast<uint32_t>(whole);
  };
  return {word(0), word(1)};
}

}  // namespace

HalideExpr lower_draw(const Draw& draw, const ExpressionContext& context) {
  using namespace strict;
  const auto [stream_low, stream_high] = stream_words(draw, context);
  HalideExpr example = Halide::cast<uint32_t>(lower_affine(draw.example, context.indices));
  if (draw.first.valid()) example = example + setting(draw.first, context);
  const Words words = philox({Halide::cast<uint32_t>(lower_affine(draw.element, context.indices)), HalideExpr(0u),
                              example, setting(draw.step, context)},
                             {setting(draw.seed, context) ^ stream_low, stream_high});
  HalideExpr a(static_cast<float>(draw.a)), b(static_cast<float>(draw.b));
  switch (draw.distribution) {
    case Distribution::Uniform: {
      HalideExpr width(static_cast<float>(draw.b - draw.a));
      return add(a, multiply(width, unit_number(unit_multiple(words[0]))));
    }
    // u < p for multiples of 2^-24, decided among whole numbers.
    case Distribution::Bernoulli:
      return number_of(unit_multiple(words[0]) < static_cast<int>(std::ceil(static_cast<float>(draw.a) * 0x1p24)));
    case Distribution::Normal: {
      HalideExpr size = Halide::sqrt(multiply(natural_logarithm(unit_number(unit_multiple(words[0]) + 1)), -2.0f));
      return add(a, multiply(b, multiply(size, cosine_of_turns(unit_number(unit_multiple(words[1]))))));
    }
  }
  throw InternalError("halide: a distribution without a lowering");
}

}  // namespace dnnc
