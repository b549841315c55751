#include "runtime/program/processor.h"

#include <algorithm>

namespace dnnc::runtime {
namespace {

/// A feature with all that comes with it: Halide has LLVM make code for a processor that has the feature, so that with avx2
/// it may be FMA, F16C and BMI too.
struct Feature {
  const char* name;
  const char* instructions;
  bool (*supported)();
};

#define DNNC_HAS(word) (__builtin_cpu_supports(word) != 0)
constexpr Feature features_known[] = {
    {"sse41", "SSE4.1", [] { return DNNC_HAS("sse4.1"); }},
    {"avx", "AVX", [] { return DNNC_HAS("avx") && DNNC_HAS("popcnt"); }},
    {"f16c", "F16C", [] { return DNNC_HAS("f16c"); }},
    {"fma", "FMA", [] { return DNNC_HAS("fma"); }},
    {"avx2", "AVX2 with FMA, F16C and BMI",
     [] {
       return DNNC_HAS("avx2") && DNNC_HAS("fma") && DNNC_HAS("f16c") && DNNC_HAS("bmi") && DNNC_HAS("bmi2") &&
              DNNC_HAS("lzcnt");
     }},
    {"avxvnni", "AVX-VNNI", [] { return DNNC_HAS("avxvnni"); }},
    {"avx512", "AVX-512 F and CD", [] { return DNNC_HAS("avx512f") && DNNC_HAS("avx512cd"); }},
    {"avx512_skylake", "AVX-512 VL, BW and DQ",
     [] { return DNNC_HAS("avx512vl") && DNNC_HAS("avx512bw") && DNNC_HAS("avx512dq"); }},
    {"avx512_cannonlake", "AVX-512 IFMA and VBMI", [] { return DNNC_HAS("avx512ifma") && DNNC_HAS("avx512vbmi"); }},
    {"avx512_zen4", "AVX-512 BF16, VNNI, BITALG, VBMI2 and VPOPCNTDQ",
     [] {
       return DNNC_HAS("avx512bf16") && DNNC_HAS("avx512vnni") && DNNC_HAS("avx512bitalg") && DNNC_HAS("avx512vbmi2") &&
              DNNC_HAS("avx512vpopcntdq");
     }},
    {"avx512_zen5", "AVX-VNNI and AVX-512 VP2INTERSECT",
     [] { return DNNC_HAS("avxvnni") && DNNC_HAS("avx512vp2intersect"); }},
};
#undef DNNC_HAS

}  // namespace

bool processor_has(std::string_view feature) {
  return std::ranges::any_of(features_known,
                             [&](const Feature& known) { return known.name == feature && known.supported(); });
}

std::string_view features_in(std::string_view target) {
  const size_t begin = std::min(target.find(' '), target.size()),
               end = std::min(target.find(',', begin), target.size());
  const std::string_view features = target.substr(begin, end - begin);
  return features.substr(std::min<size_t>(1, features.size()));
}

std::string missing_instructions(std::string_view features) { return missing_instructions(features, processor_has); }

std::string missing_instructions(std::string_view features, bool (*has)(std::string_view feature)) {
  std::string missing;
  for (const Feature& known : features_known) {
    bool needed = false;
    for (size_t begin = 0, end; begin <= features.size(); begin = end + 1) {
      end = std::min(features.find('-', begin), features.size());
      needed = needed || features.substr(begin, end - begin) == known.name;
    }
    if (needed && !has(known.name)) missing += (missing.empty() ? "" : ", ") + std::string(known.instructions);
  }
  return missing;
}

}  // namespace dnnc::runtime
