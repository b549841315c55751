#include "test/campaign/data.h"

#include <fmt/core.h>

namespace dnnc::campaign {
namespace {

/// `count` numbers, of a label each below `classes`; in a list unless it is one number without axes.
std::string numbers(int64_t row, int64_t count, bool list, int64_t classes) {
  std::string text;
  for (int64_t number = 0; number < count; ++number) {
    const int64_t value = row * 41 + number * 37;
    text += number > 0 ? ", " : "";
    text += classes > 0 ? fmt::format("{}", value % classes)
                        : fmt::format("{:.2f}", 0.01 * static_cast<double>(value % 201 - 100));
  }
  return list ? "[" + text + "]" : text;
}

/// The single input that takes the field `x` as it is: a list of numbers or labels.
bool direct(const Network& network) { return network.inputs.size() == 1 && network.inputs[0].shape.size() == 1; }

}  // namespace

std::string data_text(const Network& network, int64_t examples) {
  const NetOutput& first = network.outputs.at(0);
  int64_t total = 0;
  std::string fields = network.standardized ? "  x = standardize(x)\n" : "";
  for (const NetValue& input : network.inputs) {
    fields += direct(network) ? ""
                              : fmt::format("  {} = reshape(cut(x, {}, {}), {})\n", input.name, total,
                                            count_of(input.shape), shape_text(input.shape));
    total += count_of(input.shape);
  }
  if (network.outputs.size() > 1) {
    const Shape& shape = network.outputs[1].shape;
    fields += shape.empty() ? "  extra = mean(x)\n" : fmt::format("  extra = spread(x, {})\n", count_of(shape));
  }
  const int64_t labels = first.head == "class" ? first.classes : first.head == "prob" ? 2 : 0;
  std::string rows;
  for (int64_t row = 0; row < examples; ++row)
    rows += fmt::format("{}{} -> {}", row > 0 ? ",\n    " : "", numbers(row, total, true, network.inputs[0].classes),
                        numbers(row, count_of(first.shape), !first.shape.empty(), labels));
  std::string functions;
  if (fields.find("cut(") != std::string::npos)
    functions += "function cut(x: f32[n], at, size) { y[i] = x[i + at] for i in size }\n";
  if (fields.find("spread(") != std::string::npos)
    functions += "function spread(x: f32[n], size) { y[i] = mean(x[k] for k in n) * (i + 1) for i in size }\n";
  return functions + "data d {\n  source = rows(" + rows + ")\n" + fields + "}\n";
}

}  // namespace dnnc::campaign
