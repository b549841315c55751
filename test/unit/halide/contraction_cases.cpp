#include "contraction_cases.h"

#include <fmt/format.h>

namespace dnnc::test {
namespace {

std::string graph_text(const std::string& statements) {
  return "graph \"kernel\"\n" + statements + "output value \"o0\" = %y\n";
}

/// " else 0" where a convolution reads outside of its images.
const char* outside(const Convolution& c) { return c.padding > 0 ? " else 0" : ""; }

int result_size(const Convolution& c) { return (c.size + 2 * c.padding - c.window) / c.stride + 1; }

std::string forward(const Convolution& c) {
  const int size = result_size(c);
  return graph_text(fmt::format(
      "%x[n: batch {0}, i: {1}, j: {1}, c: {2}] = field \"i0\"\n%w[p: {3}, q: {3}, c: {2}, f: {4}] = field \"i1\"\n"
      "%y[n: batch {0}, i: {5}, j: {5}, f: {4}] = sum[p: {3}, q: {3}, c: {2}](%x[n, {6}*i + p - {7}, {6}*j + q - {7}, "
      "c{8}] * %w[p, q, c, f])\n",
      c.batch, c.size, c.channels, c.window, c.filters, size, c.stride, c.padding, outside(c)));
}

std::string weight_gradient(const Convolution& c) {
  const int size = result_size(c);
  return graph_text(fmt::format(
      "%x[n: batch {0}, i: {1}, j: {1}, c: {2}] = field \"i0\"\n%g[n: batch {0}, i: {5}, j: {5}, f: {4}] = field "
      "\"i1\"\n"
      "%y[p: {3}, q: {3}, c: {2}, f: {4}] = sum[n: batch {0}, i: {5}, j: {5}](%x[n, {6}*i + p - {7}, {6}*j + q - {7}, "
      "c{8}] * %g[n, i, j, f])\n",
      c.batch, c.size, c.channels, c.window, c.filters, size, c.stride, c.padding, outside(c)));
}

/// Places i of the image with i % stride == phase get taps first + stride * p only, from results i // stride + base -
/// p.
struct Phase {
  int extent, first, taps, base;
};

Phase phase_of(const Convolution& c, int phase) {
  const int first = (phase + c.padding) % c.stride;
  return {(c.size - phase + c.stride - 1) / c.stride, first, (c.window - first + c.stride - 1) / c.stride,
          (phase + c.padding - first) / c.stride};
}

std::string data_gradient(const Convolution& c, const Phase& row, const Phase& column) {
  return graph_text(fmt::format(
      "%g[n: batch {0}, i: {5}, j: {5}, f: {4}] = field \"i0\"\n%w[p: {3}, q: {3}, c: {2}, f: {4}] = field \"i1\"\n"
      "%y[n: batch {0}, i: {7}, j: {8}, c: {2}] = sum[p: {9}, q: {10}, f: {4}](%g[n, i - p + {11}, j - q + {12}, f "
      "else 0] "
      "* %w[{6}*p + {13}, {6}*q + {14}, c, f])\n",
      c.batch, c.size, c.channels, c.window, c.filters, result_size(c), c.stride, row.extent, column.extent, row.taps,
      column.taps, row.base, column.base, row.first, column.first));
}

}  // namespace

std::vector<ContractionCase> dense_cases(int batch, int inputs, int outputs) {
  const std::string name = fmt::format("dense {}->{} b{}", inputs, outputs, batch);
  const auto x = fmt::format("%x[n: batch {}, k: {}] = field \"i0\"\n", batch, inputs);
  const auto g = fmt::format("%g[n: batch {}, j: {}] = field \"i{}\"\n", batch, outputs, 0);
  const auto g1 = fmt::format("%g[n: batch {}, j: {}] = field \"i{}\"\n", batch, outputs, 1);
  const auto w = fmt::format("%w[k: {}, j: {}] = field \"i1\"\n", inputs, outputs);
  return {
      {name + " forward",
       graph_text(x + w +
                  fmt::format("%y[n: batch {}, j: {}] = sum[k: {}](%x[n, k] * %w[k, j])\n", batch, outputs, inputs))},
      {name + " dX",
       graph_text(g + w +
                  fmt::format("%y[n: batch {}, k: {}] = sum[j: {}](%g[n, j] * %w[k, j])\n", batch, inputs, outputs))},
      {name + " dW",
       graph_text(x + g1 +
                  fmt::format("%y[k: {}, j: {}] = sum[n: batch {}](%x[n, k] * %g[n, j])\n", inputs, outputs, batch))}};
}

std::vector<ContractionCase> convolution_cases(const Convolution& c) {
  const std::string name = fmt::format("conv {0}x{0}x{1}->{2} {3}x{3}{4}{5} b{6}", c.size, c.channels, c.filters,
                                       c.window, c.stride > 1 ? fmt::format(" s{}", c.stride) : "",
                                       c.padding > 0 ? fmt::format(" p{}", c.padding) : "", c.batch);
  std::vector<ContractionCase> cases = {{name + " forward", forward(c)}};
  for (int row = 0; row < c.stride; ++row)
    for (int column = 0; column < c.stride; ++column) {
      const std::string phase = c.stride > 1 ? fmt::format(" {}{}", row, column) : "";
      cases.push_back({name + " dX" + phase, data_gradient(c, phase_of(c, row), phase_of(c, column))});
    }
  cases.push_back({name + " dW", weight_gradient(c)});
  return cases;
}

}  // namespace dnnc::test
