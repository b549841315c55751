#pragma once
#include <string>
#include <string_view>

namespace dnnc::runtime {

inline constexpr std::string_view value_mark = "value of ";
/// A value inside of the net that Predict gives beside the results of the net: "value of squeeze/code".
inline std::string value_name(std::string_view path) { return std::string(value_mark).append(path); }

}  // namespace dnnc::runtime
