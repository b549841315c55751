#include "runtime/files/sha256.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace dnnc::runtime {
namespace {

constexpr std::array<uint32_t, 64> round = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<uint32_t, 8>;

uint32_t big_endian(const unsigned char* at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

void add_block(State& state, const unsigned char* block) {
  std::array<uint32_t, 64> w;
  for (size_t k = 0; k < 16; ++k) w[k] = big_endian(block + 4 * k);
  for (size_t k = 16; k < 64; ++k) {
    const uint32_t a = std::rotr(w[k - 15], 7) ^ std::rotr(w[k - 15], 18) ^ w[k - 15] >> 3;
    const uint32_t b = std::rotr(w[k - 2], 17) ^ std::rotr(w[k - 2], 19) ^ w[k - 2] >> 10;
    w[k] = w[k - 16] + a + w[k - 7] + b;
  }
  State s = state;
  for (size_t k = 0; k < 64; ++k) {
    const uint32_t mix =
        (std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6]));
    const uint32_t first = s[7] + mix + round[k] + w[k];
    const uint32_t second = (std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22)) +
                            ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    s = {first + second, s[0], s[1], s[2], s[3] + first, s[4], s[5], s[6]};
  }
  for (size_t k = 0; k < 8; ++k) state[k] += s[k];
}

}  // namespace

std::string sha256(const char* data, size_t bytes) {
  State state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const auto* at = reinterpret_cast<const unsigned char*>(data);
  size_t left = bytes;
  for (; left >= 64; left -= 64, at += 64) add_block(state, at);
  // The rest, a one bit, zeros, and the length in bits fill one or two blocks.
  std::array<unsigned char, 128> end{};
  if (left > 0) std::memcpy(end.data(), at, left);
  end[left] = 0x80;
  const size_t end_bytes = left < 56 ? 64 : 128;
  const uint64_t bits = uint64_t{bytes} * 8;
  for (size_t k = 0; k < 8; ++k) end[end_bytes - 1 - k] = static_cast<unsigned char>(bits >> (8 * k));
  for (size_t k = 0; k < end_bytes; k += 64) add_block(state, end.data() + k);
  std::string text;
  for (uint32_t word : state)
    for (int shift = 28; shift >= 0; shift -= 4) text += hex_digits[word >> shift & 15];
  return text;
}

}  // namespace dnnc::runtime
