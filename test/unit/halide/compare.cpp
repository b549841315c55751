#include "compare.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/interpret/interpret.h"
#include "compiler/kernels/access.h"
#include "compiler/kernels/any_length.h"

namespace dnnc::test {
namespace {

/// What each element of an output may be wrong by.
using Bounds = std::vector<double>;

Bounds bounds_of(const Graph& body, NodeId node, const Inputs& inputs, const Values& want, double relative) {
  Bounds bounds(want.size());
  const Comprehension* formula = formula_of(body, node);
  if (!formula || formula->reduction != Reduction::Sum) {
    for (size_t k = 0; k < want.size(); ++k) bounds[k] = relative * std::max(std::fabs(want[k]), 1e-30);
    return bounds;
  }
  Graph sizes = body;
  auto& sum = std::get<Comprehension>(sizes[node].kind);
  sum.body = call(Function::Absolute, {sum.body});
  const Values total = interpret(sizes, inputs)[node];
  double terms = 1;
  for (const Axis& axis : formula->reduced) terms *= static_cast<double>(axis.extent);
  for (size_t k = 0; k < want.size(); ++k) bounds[k] = (4 * terms + 16) * 0x1p-24 * total[k] + 1e-37;
  return bounds;
}

void expect_near(const std::vector<float>& got, const Values& want, const Bounds& bounds, const std::string& where) {
  ASSERT_EQ(got.size(), want.size()) << where;
  for (size_t k = 0; k < got.size(); ++k) {
    const bool equal = got[k] == static_cast<float>(want[k]) || (std::isnan(got[k]) && std::isnan(want[k]));
    if (!equal && !(std::fabs(got[k] - want[k]) <= bounds[k])) {
      ADD_FAILURE() << where << ": element " << k << " is " << got[k] << ", interpreted " << want[k] << " +- "
                    << bounds[k];
      return;
    }
  }
}

std::vector<std::vector<float>> random_inputs(const Graph& body, const std::vector<Filling>& fillings) {
  std::vector<std::vector<float>> inputs;
  for (NodeId node : node_ids(body)) {
    if (!input_of(body, node)) continue;
    const Filling filling = inputs.size() < fillings.size() ? fillings[inputs.size()] : Filling{};
    const auto count = static_cast<size_t>(element_count(body[node]));
    inputs.push_back(random_values(count, inputs.size() + 1, filling.low, filling.high));
    if (filling.whole)
      for (float& value : inputs.back()) value = std::floor(value);
  }
  return inputs;
}

Inputs by_name(const Graph& body, const std::vector<std::vector<float>>& inputs) {
  Inputs named;
  size_t number = 0;
  for (NodeId node : node_ids(body))
    if (const Input* input = input_of(body, node)) {
      named[input->name] = Values(inputs[number].begin(), inputs[number].end());
      ++number;
    }
  return named;
}

/// `body` has the length of this call, if the kernel serves any; then `length` is not 0.
void expect_as_interpreted(const LoadedKernel& loaded, const Graph& body, int64_t length,
                           const std::vector<Filling>& fillings, double relative) {
  const auto inputs = random_inputs(body, fillings);
  set_task_order(TaskOrder::Forward);
  const auto outputs = loaded.run(inputs, length);
  set_task_order(TaskOrder::Backward);
  EXPECT_EQ(outputs, loaded.run(inputs, length)) << "the order of tasks changes the result\n" << print(body);
  const Inputs named = by_name(body, inputs);
  const auto values = interpret(body, named);
  for (size_t k = 0; k < outputs.size(); ++k) {
    const NodeId node = body.outputs[k].node;
    expect_near(outputs[k], values[node], bounds_of(body, node, named, values[node], relative),
                "o" + std::to_string(k) + " of\n" + print(body));
  }
}

}  // namespace

void expect_as_interpreted(const Kernel& kernel, const CpuTarget& target, const std::vector<Filling>& fillings,
                           double relative) {
  expect_as_interpreted(LoadedKernel(kernel, target), kernel.body, 0, fillings, relative);
}

void expect_as_interpreted(const Kernel& kernel, const Backend& backend, const std::vector<Filling>& fillings,
                           double relative) {
  expect_as_interpreted(LoadedKernel(kernel, backend), kernel.body, 0, fillings, relative);
}

void expect_as_interpreted_at(const std::vector<int64_t>& lengths, const Kernel& kernel, const CpuTarget& target,
                              const std::vector<Filling>& fillings) {
  expect_as_interpreted_at(lengths, kernel, *cpu_backend(target), fillings);
}

void expect_as_interpreted_at(const std::vector<int64_t>& lengths, const Kernel& kernel, const Backend& backend,
                              const std::vector<Filling>& fillings) {
  const LoadedKernel loaded(kernel, backend);
  for (int64_t length : lengths) {
    SCOPED_TRACE(length);
    expect_as_interpreted(loaded, with_length(kernel.body, length), length, fillings, 2e-6);
  }
}

void expect_as_interpreted(const std::string& text, std::vector<Storage> storage, const std::vector<Filling>& fillings,
                           std::vector<int> in_place) {
  expect_as_interpreted(kernel_of("graph \"kernel\"\n" + text, std::move(storage), std::move(in_place)), host_target(),
                        fillings);
}

}  // namespace dnnc::test
