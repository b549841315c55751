#pragma once
#include <string>
#include <vector>

#include "kernel_runner.h"

namespace dnnc::test {

/// How an input is filled: numbers in [low, high], or whole ones (labels, pixels).
struct Filling {
  float low = -1, high = 1;
  bool whole = false;
};

/// Runs the kernel compiled for `target`, with its parallel tasks forward and backward, and the interpreter, on the
/// same random inputs. Every element must agree: of a sum within 4 n 2^-24 times the sum of its terms' sizes, of all
/// else within `relative` of its size (or of 1e-30). A test failure names kernel, output and place.
void expect_as_interpreted(const Kernel& kernel, const CpuTarget& target, const std::vector<Filling>& fillings = {},
                           double relative = 2e-6);

void expect_as_interpreted(const Kernel& kernel, const Backend& backend, const std::vector<Filling>& fillings = {},
                           double relative = 2e-6);

/// The same of a kernel of any length, compiled once, at each of these lengths.
void expect_as_interpreted_at(const std::vector<int64_t>& lengths, const Kernel& kernel, const CpuTarget& target,
                              const std::vector<Filling>& fillings = {});
void expect_as_interpreted_at(const std::vector<int64_t>& lengths, const Kernel& kernel, const Backend& backend,
                              const std::vector<Filling>& fillings = {});

/// The same from a text, for the machine the tests run on.
void expect_as_interpreted(const std::string& text, std::vector<Storage> storage = {},
                           const std::vector<Filling>& fillings = {}, std::vector<int> in_place = {});

}  // namespace dnnc::test
