#pragma once
#include <string>
#include <string_view>

namespace dnnc::runtime {

/// XXH64 of bytes that come in pieces, as 16 digits.
std::string checksum_of(std::string_view first, std::string_view second = {}, std::string_view third = {});

}  // namespace dnnc::runtime
