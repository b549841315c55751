#pragma once
#include <cstddef>
#include <string>

namespace dnnc::runtime {

inline constexpr const char* hex_digits = "0123456789abcdef";

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits. Of fetched sets it must be a cryptographic hash, which xxHash is
/// not; and it is code of our own as no library that trainers are linked with has one, and they need libc, libm and pthread
/// alone.
std::string sha256(const char* data, size_t bytes);

}  // namespace dnnc::runtime
