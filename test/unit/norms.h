#pragma once
#include <fmt/format.h>

#include <string>

namespace dnnc::test {

/// A parameter %x of five elements and %n1, %n2, … %nCOUNT, each of the one before it with mean 0 and deviation 1: what
/// running bounds of roundings grow by, and roundings do not.
inline std::string norms(int count) {
  std::string text = "%x[i: 5] = parameter \"x\"\n", before = "x";
  for (int number = 1; number <= count; ++number) {
    text += fmt::format(
        "%m{0} = sum[i: 5](%{1}[i] / 5)\n%v{0} = sum[i: 5]((%{1}[i] - %m{0}) ^ 2 / 5)\n"
        "%n{0}[i: 5] = (%{1}[i] - %m{0}) / sqrt(%v{0} + 0.001)\n",
        number, before);
    before = fmt::format("n{}", number);
  }
  return text;
}

}  // namespace dnnc::test
