#pragma once
#include <string>
#include <string_view>

namespace dnnc::runtime {

/// Whether this processor and its system have what code may use that is made with the feature: `avx2`, as targets name it. None
/// has one that is not known.
bool processor_has(std::string_view feature);

/// The features in the text of a target as manifests have it, "x86-64 sse41-avx-avx2, 16 registers of 8 floats".
std::string_view features_in(std::string_view target);

/// What this processor lacks of the features of a target, "sse41-avx-avx2", as its makers call it: "AVX2, FMA"; empty if it
/// has all. How code is tuned is no feature.
std::string missing_instructions(std::string_view features);
/// The same for a processor that is known by a function like processor_has().
std::string missing_instructions(std::string_view features, bool (*has)(std::string_view feature));

}  // namespace dnnc::runtime
