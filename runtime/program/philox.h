#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace dnnc::runtime {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): four random words from a
/// counter and a key. A pure function: what is drawn never depends on what was drawn before.
inline std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  constexpr uint32_t multiply0 = 0xD2511F53, multiply1 = 0xCD9E8D57, weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = static_cast<uint64_t>(multiply0) * counter[0];
    const uint64_t product1 = static_cast<uint64_t>(multiply1) * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(product0)};
    key[0] += weyl0;
    key[1] += weyl1;
  }
  return counter;
}

/// The words of the stream of that number in decimal, the lower first, as kernels have them in memory.
inline std::array<uint32_t, 2> stream_words(std::string_view number) {
  uint64_t stream = 0;
  for (const char digit : number) stream = 10 * stream + static_cast<uint64_t>(digit - '0');
  return {static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)};
}

/// Numbers in order from one (seed, stream): for shuffles and made-up data.
class RandomSequence {
 public:
  RandomSequence(uint64_t seed, uint64_t stream)
      : key_{static_cast<uint32_t>(seed) ^ static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)},
        upper_seed_(static_cast<uint32_t>(seed >> 32)) {}
  uint32_t next_word() {
    if (used_ == 4) {
      words_ = philox({static_cast<uint32_t>(block_), static_cast<uint32_t>(block_ >> 32), upper_seed_, 0}, key_);
      ++block_;
      used_ = 0;
    }
    return words_[used_++];
  }
  /// A whole number in [0, bound), each equally likely (Lemire's method; bound >= 1).
  uint32_t below(uint32_t bound) {
    uint64_t product = static_cast<uint64_t>(next_word()) * bound;
    if (static_cast<uint32_t>(product) < bound) {  // else it is above the threshold, and the division is saved
      const uint32_t threshold = (0u - bound) % bound;
      while (static_cast<uint32_t>(product) < threshold) product = static_cast<uint64_t>(next_word()) * bound;
    }
    return static_cast<uint32_t>(product >> 32);
  }
  /// In [0, 1), exact multiples of 2^-24.
  float uniform() { return static_cast<float>(next_word() >> 8) * 0x1p-24f; }

 private:
  std::array<uint32_t, 2> key_;
  uint32_t upper_seed_;  ///< counts with the blocks: with a key of its own it could meet another stream
  std::array<uint32_t, 4> words_{};
  uint64_t block_ = 0;
  int used_ = 4;
};

}  // namespace dnnc::runtime
