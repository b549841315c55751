#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/passes/finite_difference.h"

namespace dnnc {
namespace {

/// The printed lines after differentiating, from the first that names an adjoint.
std::string adjoints_of(const std::string& text) {
  Graph graph = differentiate(with_gradients(graph_of(text)));
  for (const std::string& fault : verify(graph)) ADD_FAILURE() << fault;
  std::string printed = print(graph);
  size_t first = printed.find("%d_");
  EXPECT_NE(first, std::string::npos) << printed;
  return first == std::string::npos ? "" : printed.substr(first, printed.find("output") - first);
}

TEST(Differentiate, KeepsContractionsOfDenseLayersPure) {
  EXPECT_EQ(adjoints_of(R"(
%x[n: batch 4, i: 3] = field "x"
%w[i: 3, j: 5] = parameter "w"
%b[j: 5] = parameter "b"
%s[n: batch 4, j: 5] = sum[i: 3](%x[n, i] * %w[i, j])
%z[n: batch 4, j: 5] = %s[n, j] + %b[j]
%h[n: batch 4, j: 5] = tanh(%z[n, j])
%loss = sum[n: batch 4, j: 5](%h[n, j] / 20)
)"),
            "%d_h[n: batch 4, j: 5] = 0.05\n"
            "%d_z[n: batch 4, j: 5] = %d_h[n, j] * (1 - %h[n, j] * %h[n, j])\n"
            "%d_b[j: 5] = sum[n: batch 4](%d_z[n, j])\n"
            "%d_w[i: 3, j: 5] = sum[n: batch 4](%d_z[n, j] * %x[n, i])\n"
            "%d_x[n: batch 4, i: 3] = sum[j: 5](%d_z[n, j] * %w[i, j])\n");
}

TEST(Differentiate, Dense) {
  expect_gradients(R"(
%x[n: batch 4, i: 3] = field "x"
%w[i: 3, j: 5] = parameter "w"
%b[j: 5] = parameter "b"
%s[n: batch 4, j: 5] = sum[i: 3](%x[n, i] * %w[i, j])
%z[n: batch 4, j: 5] = %s[n, j] + %b[j]
%h[n: batch 4, j: 5] = tanh(%z[n, j])
%loss = sum[n: batch 4, j: 5](%h[n, j] ^ 2 / 20)
)");
}

}  // namespace
}  // namespace dnnc
