#include <Halide.h>
#include <unistd.h>

#include <algorithm>

#include "compiler/halide/compile.h"

namespace dnnc {
namespace {

/// What every kernel is compiled with: it links to one runtime, and whoever calls it gives buffers of the right shape.
Halide::Target with_kernel_features(Halide::Target target) {
  for (auto feature : {Halide::Target::NoRuntime, Halide::Target::NoBoundsQuery, Halide::Target::NoAsserts})
    target = target.with_feature(feature);
  return target;
}

CpuTarget describe(const Halide::Target& target, int threads) {
  const bool wide = target.has_feature(Halide::Target::AVX512) || target.has_feature(Halide::Target::AVX512_Skylake);
  CpuTarget result;
  result.halide = with_kernel_features(target).to_string();
  result.vector_floats = wide ? 16 : target.has_feature(Halide::Target::AVX) ? 8 : 4;
  result.vector_registers = wide ? 32 : 16;
  result.threads = threads;
  return result;
}

}  // namespace

CpuTarget host_target() {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return describe(Halide::get_host_target(), static_cast<int>(std::max(1l, processors)));
}

std::optional<CpuTarget> named_target(const std::string& word) {
  const int threads = host_target().threads;
  if (word == "host") return host_target();
  if (word == "avx2") return describe(Halide::Target("x86-64-linux-sse41-avx-avx2-fma-f16c"), threads);
  if (word == "avx512")
    return describe(Halide::Target("x86-64-linux-sse41-avx-avx2-fma-f16c-avx512-avx512_skylake"), threads);
  return std::nullopt;
}

}  // namespace dnnc
