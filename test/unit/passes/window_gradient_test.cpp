#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/passes/finite_difference.h"

// Convolutions, pooling and whatever else reads windows, against central differences.
namespace dnnc {
namespace {

TEST(Gradient, ConvolutionValid) {
  expect_gradients(R"(
%x[n: batch 2, p: 6, q: 5, c: 2] = field "x"
%k[a: 3, b: 2, c: 2, f: 3] = parameter "k"
%z[n: batch 2, i: 4, j: 4, f: 3] = sum[a: 3, b: 2, c: 2](%x[n, i + a, j + b, c] * %k[a, b, c, f])
%loss = sum[n: batch 2, i: 4, j: 4, f: 3](%z[n, i, j, f] ^ 2)
)");
}

TEST(Gradient, ConvolutionPadded) {
  expect_gradients(R"(
%x[n: batch 2, p: 5, q: 4, c: 2] = field "x"
%k[a: 3, b: 3, c: 2, f: 2] = parameter "k"
%z[n: batch 2, i: 5, j: 4, f: 2] = sum[a: 3, b: 3, c: 2](%x[n, i + a - 1, j + b - 1, c else 0] * %k[a, b, c, f])
%loss = sum[n: batch 2, i: 5, j: 4, f: 2](%z[n, i, j, f] ^ 2)
)");
}

TEST(Gradient, ConvolutionStridedAndPadded) {
  for (int extent : {5, 6, 7})
    for (int size : {1, 2, 3, 5}) {
      int rows = (extent + 1) / 2, top = std::max((rows - 1) * 2 + size - extent, 0) / 2;
      std::string r = std::to_string(rows), s = std::to_string(size), h = std::to_string(extent);
      expect_gradients("%x[p: " + h + ", q: " + h + ", c: 2] = parameter \"x\"\n%k[a: " + s + ", b: " + s +
                       ", c: 2, f: 2] = parameter \"k\"\n%z[i: " + r + ", j: " + r + ", f: 2] = sum[a: " + s +
                       ", b: " + s + ", c: 2](%x[2*i + a - " + std::to_string(top) + ", 2*j + b - " +
                       std::to_string(top) + ", c else 0] * %k[a, b, c, f])\n%loss = sum[i: " + r + ", j: " + r +
                       ", f: 2](%z[i, j, f] ^ 2)\n");
    }
}

TEST(Gradient, ConvolutionDilated) {
  expect_gradients(R"(
%x[p: 9, c: 2] = parameter "x"
%k[a: 3, c: 2, f: 2] = parameter "k"
%z[i: 5, f: 2] = sum[a: 3, c: 2](%x[i + 2*a, c] * %k[a, c, f])
%loss = sum[i: 5, f: 2](%z[i, f] ^ 2)
)");
}

TEST(Gradient, ConvolutionStridedAndDilated) {
  for (const char* read : {"2*i + 3*a - 1", "3*i + 2*a - 2", "2*i + 2*a - 1", "4*i + 6*a - 3"})
    expect_gradients(std::string("%x[p: 11] = parameter \"x\"\n%k[a: 3] = parameter \"k\"\n") +
                     "%z[i: 4] = sum[a: 3](%x[" + read + " else 0] * %k[a])\n%loss = sum[i: 4](%z[i] ^ 2)\n");
}

TEST(Gradient, WindowsThatDoNotOverlapAtAnOffset) {
  for (const char* read : {"2*i + a - 2", "2*i + a + 2", "3*i + a + 3", "3*i + a - 1", "4*i + 2*a + 1", "2*i + 5"})
    expect_gradients(std::string("%x[p: 9] = parameter \"x\"\n%k[a: 2, f: 2] = parameter \"k\"\n") +
                     "%z[i: 4, f: 2] = sum[a: 2](%x[" + read +
                     " else 0] * %k[a, f])\n%loss = sum[i: 4, f: 2](%z[i, f] ^ 2)\n");
}

TEST(Gradient, PatchesThatDoNotOverlap) {
  expect_gradients(R"(
%x[p: 6, q: 7] = parameter "x"
%k[a: 2, b: 3, f: 2] = parameter "k"
%z[i: 3, j: 2, f: 2] = sum[a: 2, b: 3](%x[2*i + a, 3*j + b] * %k[a, b, f])
%loss = sum[i: 3, j: 2, f: 2](%z[i, j, f] ^ 2)
)");
}

TEST(Gradient, DepthwiseConvolution) {
  expect_gradients(R"(
%x[p: 5, c: 3] = parameter "x"
%k[a: 3, c: 3] = parameter "k"
%z[i: 5, c: 3] = sum[a: 3](%x[i + a - 1, c else 0] * %k[a, c])
%loss = sum[i: 5, c: 3](%z[i, c] ^ 2)
)");
}

TEST(Gradient, MaximumPooling) {
  expect_gradients(R"(
%x[n: batch 2, p: 7, q: 6, c: 2] = field "x"
%y[n: batch 2, i: 3, j: 2, c: 2] = max[a: 2, b: 3](%x[n, 2*i + a, 3*j + b, c])
%loss = sum[n: batch 2, i: 3, j: 2, c: 2](%y[n, i, j, c] ^ 2)
)");
}

TEST(Gradient, OverlappingMaximumAndMinimumPooling) {
  for (const char* reduction : {"max", "min"})
    expect_gradients(std::string("%x[p: 9, q: 8] = parameter \"x\"\n%y[i: 4, j: 6] = ") + reduction +
                     "[a: 3, b: 3](%x[2*i + a, j + b])\n%loss = sum[i: 4, j: 6](%y[i, j] ^ 2)\n");
}

TEST(Gradient, MeanPoolingWithAndWithoutOverlap) {
  for (const char* read : {"2*i + a", "i + a", "3*i + a", "5*i + a"})
    expect_gradients(std::string("%x[p: 13] = parameter \"x\"\n%y[i: 2] = sum[a: 3](%x[") + read +
                     "] / 3)\n%loss = sum[i: 2](%y[i] ^ 2)\n");
}

TEST(Gradient, GlobalMean) {
  expect_gradients(R"(
%x[n: batch 3, p: 3, q: 2, c: 2] = field "x"
%y[n: batch 3, c: 2] = sum[p: 3, q: 2](%x[n, p, q, c] / 6)
%loss = sum[n: batch 3, c: 2](%y[n, c] ^ 3)
)");
}

TEST(Gradient, Upsampling) {
  expect_gradients(
      "%x[p: 2, q: 3, c: 2] = parameter \"x\"\n%y[i: 4, j: 9, c: 2] = %x[i // 2, j // 3, c]\n"
      "%loss = sum[i: 4, j: 9, c: 2](%y[i, j, c] ^ 2 * i)\n");
}

TEST(Gradient, DepthToSpaceAndBack) {
  expect_gradients(
      "%x[p: 3, f: 4] = parameter \"x\"\n%y[i: 12] = %x[i // 4, i % 4] ^ 2\n"
      "%w[a: 2, b: 6] = %y[6*a + b] * index(a + b)\n%loss = sum[a: 2, b: 6](%w[a, b] ^ 2)\n");
  expect_gradients(
      "%x[p: 2, f: 3] = parameter \"x\"\n%y[i: 12] = %x[i // 6, i // 2 % 3] ^ 2\n"
      "%loss = sum[i: 12](%y[i] * i)\n");
}

}  // namespace
}  // namespace dnnc
