#include "compiler/target/cpu_target.h"

#include <cpuid.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/target/caches.h"
#include "runtime/program/processor.h"

namespace dnnc {
namespace {

using runtime::InstructionSet;
using Sets = std::vector<InstructionSet>;

/// What Halide knows of processors of AMD: the costs of their instructions, and sets that it calls after them.
struct Tuning {
  const char* feature;
  Sets sets;
};

/// By its family; nothing for all others.
std::optional<Tuning> tuned_for() {
  unsigned most = 0, vendor[3] = {}, signature = 0, unused = 0;
  if (!__get_cpuid(0, &most, &vendor[0], &vendor[2], &vendor[1]) || vendor[0] != signature_AMD_ebx) return std::nullopt;
  __get_cpuid(1, &signature, &unused, &unused, &unused);
  const unsigned family = (signature >> 8 & 0xf) + (signature >> 20 & 0xff);
  const unsigned model = (signature >> 4 & 0xf) + (signature >> 16 & 0xf) * 16;
  if (family == 0x17) return Tuning{model < 0x30 ? "tune_znver1" : "tune_znver2", {}};
  if (family == 0x19 && !runtime::processor_has(InstructionSet::Avx512)) return Tuning{"tune_znver3", {}};
  if (family == 0x19) return Tuning{"tune_znver4", {InstructionSet::Avx512Zen4}};
  if (family == 0x1a) return Tuning{"tune_znver5", {InstructionSet::Avx512Zen4, InstructionSet::Avx512Zen5}};
  return std::nullopt;
}

/// What processor and system both support; of more than AVX2 or AVX-512 only what has all before it.
Sets host_sets(const Sets& of_processor) {
  Sets sets;
  const auto add = [&](InstructionSet set) {
    const bool has = runtime::processor_has(set);
    if (has) sets.push_back(set);
    return has;
  };
  add(InstructionSet::Sse41);
  if (!add(InstructionSet::Avx)) return sets;
  add(InstructionSet::F16c);
  add(InstructionSet::Fma);
  if (!add(InstructionSet::Avx2)) return sets;
  add(InstructionSet::AvxVnni);
  if (!add(InstructionSet::Avx512) || !add(InstructionSet::Avx512Skylake)) return sets;
  add(InstructionSet::Avx512Cannonlake);
  for (const InstructionSet set : of_processor) add(set);
  return sets;
}

CpuTarget describe(const char* tuning, const Sets& sets, const Caches& caches) {
  std::string features = tuning;
  for (const InstructionSet set : sets) features += (features.empty() ? "" : "-") + std::string(runtime::word_of(set));
  const bool wide = std::ranges::count(sets, InstructionSet::Avx512) > 0;
  const bool vectors = std::ranges::count(sets, InstructionSet::Avx) > 0;
  return {features, wide ? 16 : vectors ? 8 : 4, wide ? 32 : 16, runtime::cpu_memory, caches};
}

}  // namespace

CpuTarget host_target() {
  const Tuning tuning = tuned_for().value_or(Tuning{"", {}});
  return describe(tuning.feature, host_sets(tuning.sets), host_caches());
}

std::optional<CpuTarget> processor_of(TargetName name) {
  if (name == TargetName::Host) return host_target();
  if (is_device(name)) return std::nullopt;
  Sets sets = {InstructionSet::Sse41, InstructionSet::Avx, InstructionSet::Avx2, InstructionSet::Fma,
               InstructionSet::F16c};
  if (name == TargetName::Avx512) sets.insert(sets.end(), {InstructionSet::Avx512, InstructionSet::Avx512Skylake});
  return describe("", sets, measured_caches);
}

std::optional<CpuTarget> named_target(const std::string& word) {
  const std::optional<TargetName> name = runtime::value_named<TargetName>(word);
  return name ? processor_of(*name) : std::nullopt;
}

std::string text_of(const CpuTarget& target) {
  std::string text = fmt::format("x86-64 {}, {} registers of {} floats", target.features, target.vector_registers,
                                 target.vector_floats);
  for (const CacheLevel& level : target.caches)
    text += fmt::format(", {} lines of {} bytes in {} sets", level.usable_lines, level.line_bytes, level.sets);
  return text;
}

}  // namespace dnnc
