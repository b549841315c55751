#pragma once
#include <string>
#include <vector>

namespace dnnc::test {

/// A contraction as IR text, with a name for tables.
struct ContractionCase {
  std::string name;
  std::string text;
};

/// y = x w for a batch of rows, and both gradients.
std::vector<ContractionCase> dense_cases(int batch, int inputs, int outputs);

struct Convolution {
  int batch, size, channels, filters;
  int window = 3, stride = 1, padding = 0;
};
/// A convolution of square images, the gradient by its weights, and that by its data: for a stride s one case for each
/// of the s * s phases.
std::vector<ContractionCase> convolution_cases(const Convolution& convolution);

}  // namespace dnnc::test
