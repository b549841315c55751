#include "runtime/program/peak.h"

namespace dnnc::runtime {
namespace {

constexpr int accumulators = 12;

// The accumulators stand in one block of assembly, so that none is spilled.
#define STEP(n) "vfmadd213ps %%" REGISTERS "15, %%" REGISTERS "14, %%" REGISTERS #n "\n"
#define LOOP                                                                                                           \
  "vxorps %%xmm14, %%xmm14, %%xmm14\n vxorps %%xmm15, %%xmm15, %%xmm15\n 1:\n" STEP(0) STEP(1) STEP(2) STEP(3) STEP(4) \
      STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10) STEP(11) "dec %0\n jnz 1b\n"
#define CHANGED                                                                                                       \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm14", "xmm15", \
      "cc"

__attribute__((noinline, target("avx2,fma"))) void with_8_lanes(long steps) {
#define REGISTERS "ymm"
  asm volatile(LOOP : "+r"(steps)::CHANGED);
#undef REGISTERS
}

__attribute__((noinline, target("avx512f"))) void with_16_lanes(long steps) {
#define REGISTERS "zmm"
  asm volatile(LOOP : "+r"(steps)::CHANGED);
#undef REGISTERS
}

}  // namespace

double multiply_and_add(int lanes, long steps) {
  if (lanes == 16) with_16_lanes(steps);
  else with_8_lanes(steps);
  return 2.0 * lanes * accumulators * static_cast<double>(steps);
}

}  // namespace dnnc::runtime
