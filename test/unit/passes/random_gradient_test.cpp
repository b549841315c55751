#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

/// The loss without its gradients: what central differences are taken of.
Graph loss_alone(Graph graph) {
  std::erase_if(graph.outputs, [](const Output& output) { return output.role != OutputRole::Loss; });
  return drop_dead(std::move(graph));
}

double loss_at(const Interpreter& loss, const Inputs& inputs) { return loss.run(inputs)[loss.graph().outputs[0].node][0]; }

/// Central differences with steps h and h / 2, extrapolated, and how far off they may be: as far as the two are apart,
/// and by the roundings of the loss.
struct Slope {
  double value, uncertainty;
};
Slope slope(const Interpreter& loss, Inputs inputs, const std::string& name, size_t place) {
  double middle = inputs.at(name)[place];
  auto central = [&](double h) {
    inputs[name][place] = middle + h;
    double above = loss_at(loss, inputs);
    inputs[name][place] = middle - h;
    return (above - loss_at(loss, inputs)) / (2 * h);
  };
  double wide = central(1e-4), narrow = central(5e-5);
  double roundings = 1e-10 * std::fabs(loss_at(loss, inputs));
  return {(4 * narrow - wide) / 3, 0.1 * std::fabs(narrow - wide) + roundings};
}

RC_GTEST_PROP(RandomGradients, AgreeWithCentralDifferences, ()) {
  RandomGraphOptions options;
  options.gradients = true;
  options.kinks = false;
  options.overridden = false;
  Graph graph = *random_graphs(options);
  Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  Graph after = differentiate(graph);
  RC_ASSERT(verify(after) == std::vector<std::string>{});
  Graph simple = drop_dead(merge_duplicates(simplify(after)));
  RC_ASSERT(verify(simple) == std::vector<std::string>{});
  IdVector<NodeTag, Values> values = interpret(after, inputs), simple_values = interpret(simple, inputs);
  Interpreter loss(loss_alone(graph));
  for (size_t number = 0; number < after.outputs.size(); ++number) {
    if (!after.outputs[number].name.starts_with("gradient of ")) continue;
    std::string name = after.outputs[number].name.substr(12);
    const Values& gradient = values[after.outputs[number].node];
    for (size_t place = 0; place < gradient.size(); ++place) {
      Slope expected = slope(loss, inputs, name, place);
      double bound = 1e-7 + 1e-6 * std::fabs(expected.value) + expected.uncertainty;
      RC_ASSERT(std::fabs(gradient[place] - expected.value) <= bound);
      double again = simple_values[simple.outputs[number].node][place];
      RC_ASSERT(std::fabs(gradient[place] - again) <= 1e-9 * std::max(1.0, std::fabs(again)));
    }
  }
}

}  // namespace
}  // namespace dnnc
