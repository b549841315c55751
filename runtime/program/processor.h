#pragma once
#include <string>
#include <string_view>

#include "runtime/program/words.h"

namespace dnnc::runtime {

/// The processor on which a program is made, among targets.
inline constexpr const char* host_target_word = "host";

/// Sets of instructions that code may be made for. Each stands for all that comes with it: Halide has LLVM make code for a
/// processor that has the set, so that with AVX2 it may be FMA, F16C and BMI too.
enum class InstructionSet : uint8_t {
  Sse41,
  Avx,
  F16c,
  Fma,
  Avx2,
  AvxVnni,
  Avx512,
  Avx512Skylake,
  Avx512Cannonlake,
  Avx512Zen4,
  Avx512Zen5
};
/// As Halide calls them, and so the texts of targets.
template <>
inline constexpr std::array words<InstructionSet> = {Word{InstructionSet::Sse41, "sse41"},
                                                     Word{InstructionSet::Avx, "avx"},
                                                     Word{InstructionSet::F16c, "f16c"},
                                                     Word{InstructionSet::Fma, "fma"},
                                                     Word{InstructionSet::Avx2, "avx2"},
                                                     Word{InstructionSet::AvxVnni, "avxvnni"},
                                                     Word{InstructionSet::Avx512, "avx512"},
                                                     Word{InstructionSet::Avx512Skylake, "avx512_skylake"},
                                                     Word{InstructionSet::Avx512Cannonlake, "avx512_cannonlake"},
                                                     Word{InstructionSet::Avx512Zen4, "avx512_zen4"},
                                                     Word{InstructionSet::Avx512Zen5, "avx512_zen5"}};

/// Whether this processor and its system have what code may use that is made with the set.
bool processor_has(InstructionSet set);

/// What its makers call this processor; empty where the system does not tell.
std::string processor_name();

/// The features in the text of a target as manifests have it, "x86-64 sse41-avx-avx2, 16 registers of 8 floats".
std::string_view features_in(std::string_view target);

/// What this processor lacks of the features of a target, "sse41-avx-avx2", as its makers call it: "AVX2, FMA"; empty if it
/// has all. How code is tuned is no feature.
std::string missing_instructions(std::string_view features);
/// The same for a processor that is known by a function like processor_has().
std::string missing_instructions(std::string_view features, bool (*has)(InstructionSet set));

}  // namespace dnnc::runtime
