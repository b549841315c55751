#pragma once
#include <map>
#include <string>
#include <string_view>

namespace dnnc {

/// The text of kernels for a device, with names of its own, and what kernels were called and are called now.
struct PlainText {
  std::string text;
  std::map<std::string, std::string> kernels;
};

/// PTX as its generator has it, without comments; kernels get names after `symbol`, which holds all of them, and short ones their
/// parameters: no other name in it is counted through what was compiled before.
PlainText plain_ptx(std::string_view ptx, const std::string& symbol);

}  // namespace dnnc
