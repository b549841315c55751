#include "runtime/program/processor.h"

#include <cpuid.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace dnnc::runtime {
namespace {

/// A set as its makers call it, and whether the processor has all of it.
struct InstructionRow {
  InstructionSet set;
  const char* instructions;
  bool (*supported)();
};

#define DNNC_HAS(word) (__builtin_cpu_supports(word) != 0)
constexpr InstructionRow instruction_rows[] = {
    {InstructionSet::Sse41, "SSE4.1", [] { return DNNC_HAS("sse4.1"); }},
    {InstructionSet::Avx, "AVX", [] { return DNNC_HAS("avx") && DNNC_HAS("popcnt"); }},
    {InstructionSet::F16c, "F16C", [] { return DNNC_HAS("f16c"); }},
    {InstructionSet::Fma, "FMA", [] { return DNNC_HAS("fma"); }},
    {InstructionSet::Avx2, "AVX2 with FMA, F16C and BMI",
     [] {
       return DNNC_HAS("avx2") && DNNC_HAS("fma") && DNNC_HAS("f16c") && DNNC_HAS("bmi") && DNNC_HAS("bmi2") &&
              DNNC_HAS("lzcnt");
     }},
    {InstructionSet::AvxVnni, "AVX-VNNI", [] { return DNNC_HAS("avxvnni"); }},
    {InstructionSet::Avx512, "AVX-512 F and CD", [] { return DNNC_HAS("avx512f") && DNNC_HAS("avx512cd"); }},
    {InstructionSet::Avx512Skylake, "AVX-512 VL, BW and DQ",
     [] { return DNNC_HAS("avx512vl") && DNNC_HAS("avx512bw") && DNNC_HAS("avx512dq"); }},
    {InstructionSet::Avx512Cannonlake, "AVX-512 IFMA and VBMI",
     [] { return DNNC_HAS("avx512ifma") && DNNC_HAS("avx512vbmi"); }},
    {InstructionSet::Avx512Zen4, "AVX-512 BF16, VNNI, BITALG, VBMI2 and VPOPCNTDQ",
     [] {
       return DNNC_HAS("avx512bf16") && DNNC_HAS("avx512vnni") && DNNC_HAS("avx512bitalg") && DNNC_HAS("avx512vbmi2") &&
              DNNC_HAS("avx512vpopcntdq");
     }},
    {InstructionSet::Avx512Zen5, "AVX-VNNI and AVX-512 VP2INTERSECT",
     [] { return DNNC_HAS("avxvnni") && DNNC_HAS("avx512vp2intersect"); }},
};
#undef DNNC_HAS
static_assert(std::size(instruction_rows) == words<InstructionSet>.size());

}  // namespace

bool processor_has(InstructionSet set) {
  return std::ranges::find(instruction_rows, set, &InstructionRow::set)->supported();
}

/// Its name fills three answers of cpuid, with blanks before it or behind it.
std::string processor_name() {
  std::array<unsigned, 13> name{};
  constexpr unsigned first = 0x80000002;
  for (unsigned k = 0; k < 3; ++k) {
    unsigned* const part = &name[size_t{4} * k];
    if (!__get_cpuid(first + k, part, part + 1, part + 2, part + 3)) return "";
  }
  const std::string_view text = reinterpret_cast<const char*>(name.data());
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return std::string(text.substr(begin, text.find_last_not_of(' ') + 1 - begin));
}

std::string_view features_in(std::string_view target) {
  const size_t begin = std::min(target.find(' '), target.size()),
               end = std::min(target.find(',', begin), target.size());
  const std::string_view features = target.substr(begin, end - begin);
  return features.substr(std::min<size_t>(1, features.size()));
}

std::string missing_instructions(std::string_view features) { return missing_instructions(features, processor_has); }

std::string missing_instructions(std::string_view features, bool (*has)(InstructionSet set)) {
  std::string missing;
  for (const InstructionRow& row : instruction_rows) {
    bool needed = false;
    for (size_t begin = 0, end; begin <= features.size(); begin = end + 1) {
      end = std::min(features.find('-', begin), features.size());
      needed = needed || features.substr(begin, end - begin) == word_of(row.set);
    }
    if (needed && !has(row.set)) missing += (missing.empty() ? "" : ", ") + std::string(row.instructions);
  }
  return missing;
}

}  // namespace dnnc::runtime
