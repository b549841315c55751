#pragma once

namespace dnnc::runtime {

/// Of dnnc, and so of the trainers that it makes.
inline constexpr const char* version = "0.1.0";

}  // namespace dnnc::runtime
