#include "compiler/target/cpu_target.h"

#include <cpuid.h>
#include <fmt/format.h>

#include "compiler/target/caches.h"
#include "runtime/program/processor.h"

namespace dnnc {
namespace {

/// A processor of AMD by its family, for the costs of instructions; nothing for all others.
std::string tuned_for() {
  unsigned most = 0, vendor[3] = {}, signature = 0, unused = 0;
  if (!__get_cpuid(0, &most, &vendor[0], &vendor[2], &vendor[1]) || vendor[0] != signature_AMD_ebx) return "";
  __get_cpuid(1, &signature, &unused, &unused, &unused);
  const unsigned family = (signature >> 8 & 0xf) + (signature >> 20 & 0xff);
  const unsigned model = (signature >> 4 & 0xf) + (signature >> 16 & 0xf) * 16;
  if (family == 0x17) return model < 0x30 ? "tune_znver1" : "tune_znver2";
  if (family == 0x19) return __builtin_cpu_supports("avx512f") ? "tune_znver4" : "tune_znver3";
  return family == 0x1a ? "tune_znver5" : "";
}

/// What processor and system both support, as Halide names it.
std::string host_features() {
  std::string features = tuned_for();
  const std::string processor = features;
  const auto add = [&](const char* name) {
    const bool has = runtime::processor_has(name);
    if (has) features += (features.empty() ? "" : "-") + std::string(name);
    return has;
  };
  add("sse41");
  if (!add("avx")) return features;
  add("f16c");
  add("fma");
  if (!add("avx2")) return features;
  add("avxvnni");
  if (!add("avx512") || !add("avx512_skylake")) return features;
  add("avx512_cannonlake");
  if (processor == "tune_znver4" || processor == "tune_znver5") add("avx512_zen4");
  if (processor == "tune_znver5") add("avx512_zen5");
  return features;
}

CpuTarget describe(const std::string& features, const Caches& caches) {
  const bool wide = features.find("avx512") != std::string::npos, vectors = features.find("avx") != std::string::npos;
  return {features, wide ? 16 : vectors ? 8 : 4, wide ? 32 : 16, runtime::cpu_memory, caches};
}

}  // namespace

CpuTarget host_target() { return describe(host_features(), host_caches()); }

std::optional<CpuTarget> named_target(const std::string& word) {
  if (word == "host") return host_target();
  if (word == "avx2") return describe("sse41-avx-avx2-fma-f16c", measured_caches);
  if (word == "avx512") return describe("sse41-avx-avx2-fma-f16c-avx512-avx512_skylake", measured_caches);
  return std::nullopt;
}

std::string text_of(const CpuTarget& target) {
  std::string text = fmt::format("x86-64 {}, {} registers of {} floats", target.features, target.vector_registers,
                                 target.vector_floats);
  for (const CacheLevel& level : target.caches)
    text += fmt::format(", {} lines of {} bytes in {} sets", level.usable_lines, level.line_bytes, level.sets);
  return text;
}

}  // namespace dnnc
