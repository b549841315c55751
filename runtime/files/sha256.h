#pragma once
#include <cstddef>
#include <string>

namespace dnnc::runtime {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits.
std::string sha256(const char* data, size_t bytes);

}  // namespace dnnc::runtime
