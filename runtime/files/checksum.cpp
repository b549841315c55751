#include "runtime/files/checksum.h"

#include <cstdio>

#define XXH_INLINE_ALL
#define XXH_NO_XXH3
#include <xxhash.h>

namespace dnnc::runtime {

std::string checksum_of(std::string_view first, std::string_view second, std::string_view third) {
  XXH64_state_t state;
  XXH64_reset(&state, 0);
  for (const std::string_view piece : {first, second, third})
    if (!piece.empty()) XXH64_update(&state, piece.data(), piece.size());
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(XXH64_digest(&state)));
  return digits;
}

}  // namespace dnnc::runtime
