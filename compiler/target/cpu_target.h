#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/program/memory_layout.h"
#include "runtime/program/processor.h"

namespace dnnc {

/// A cache, or the table of pages, as plans count with it.
struct CacheLevel {
  int64_t line_bytes = 0;
  int64_t sets = 0;         ///< lines at a distance of sets * line_bytes share a set
  double usable_lines = 0;  ///< fewer than there are: other things are in it too
  bool operator==(const CacheLevel&) const = default;
};
constexpr size_t cache_levels = 3;  ///< first cache, second cache, first table of pages
using Caches = std::array<CacheLevel, cache_levels>;

/// The caches by which the prices of plans were measured (docs/contraction.md): 32 KiB of 8 ways, 512 KiB of 8 ways, and
/// 64 pages of 4 KiB.
constexpr Caches measured_caches = {{{64, 64, 450}, {64, 1024, 7000}, {4096, 1, 56}}};

/// The processor that kernels are compiled for: everything about it that decides what their code is, so that equal
/// targets get equal bytes and equal results, wherever they are compiled.
struct CpuTarget {
  std::string features;  ///< as Halide names them: "sse41-avx-avx2-fma-f16c"
  int vector_floats = 8;
  int vector_registers = 16;
  runtime::MemoryLayout memory = runtime::cpu_memory;
  Caches caches = measured_caches;  ///< choose blocks of sums, and so the order in which terms are added
};

/// This processor. Its caches are those that the system tells; where it tells none, or what no cache is, the measured.
CpuTarget host_target();
/// What programs are made for, by name: processors, of which all but Host are the same on every machine, and devices.
enum class TargetName : uint8_t {
  Host,
  Avx2,
  Avx512,
#define DNNC_DEVICE_KIND(name, word) name,
#include "runtime/program/device_kinds.def"
#undef DNNC_DEVICE_KIND
};
inline bool is_device(TargetName name) { return name > TargetName::Avx512; }
/// std::nullopt if it is a device.
std::optional<CpuTarget> processor_of(TargetName name);
/// The same by its word; std::nullopt if no processor is called so.
std::optional<CpuTarget> named_target(const std::string& word);

/// One line that tells apart what is compiled differently: for keys of caches, and in manifests.
std::string text_of(const CpuTarget& target);

}  // namespace dnnc

namespace dnnc::runtime {

template <>
inline constexpr std::array words<TargetName> = {
    Word{TargetName::Host, host_target_word},
    Word{TargetName::Avx2, word_of(InstructionSet::Avx2)},
    Word{TargetName::Avx512, word_of(InstructionSet::Avx512)},
#define DNNC_DEVICE_KIND(name, word) Word{TargetName::name, #word},
#include "runtime/program/device_kinds.def"
#undef DNNC_DEVICE_KIND
};

}  // namespace dnnc::runtime
