#include "compiler/interpret/train.h"

#include <algorithm>

#include "compiler/support/check.h"
#include "runtime/program/setting_names.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

using runtime::SettingName;

Inputs settings_of(std::initializer_list<std::pair<SettingName, double>> given) {
  Inputs inputs;
  for (const auto& [name, value] : given) inputs[runtime::word_of(name)] = {value};
  return inputs;
}

int64_t batch_of(const Graph& graph) {
  for (const Node& node : graph.nodes)
    if (batched(node)) return node.axes[0].extent;
  return 1;
}

}  // namespace

void start_averages(const Graph& train, Inputs& kept) {
  for (const Node& node : train.nodes) {
    const auto* input = std::get_if<Input>(&node.kind);
    if (!input || input->role != InputRole::Average || kept.count(input->name)) continue;
    const std::string parameter(runtime::averaged_parameter(input->name));
    check(!parameter.empty(), "reference_train: no start for \"" + input->name + "\"");
    kept[input->name] = kept.at(parameter);
  }
}

Inputs reference_start(const Graph& initial, double seed) {
  IdVector<NodeTag, Values> values =
      interpret(initial, settings_of({{SettingName::Seed, seed}, {SettingName::Step, 0}}));
  Inputs result;
  for (const Output& output : initial.outputs) result[output.name] = values[output.node];
  return result;
}

Inputs step_settings(const Graph& train, int64_t step, int64_t steps, int64_t epochs, double seed) {
  return settings_of({{SettingName::Seed, seed},
                      {SettingName::Step, static_cast<double>(step + 1)},
                      {SettingName::Steps, static_cast<double>(steps)},
                      {SettingName::Epoch, static_cast<double>(step * epochs / steps + 1)},
                      {SettingName::Epochs, static_cast<double>(epochs)},
                      {SettingName::RateScale, 1},
                      {SettingName::First, 0},
                      {SettingName::Count, static_cast<double>(batch_of(train))}});
}

ReferenceTraining reference_train(const Graph& train, Inputs kept, const std::vector<Inputs>& batches, int64_t steps,
                                  double seed, int64_t epochs) {
  check(!batches.empty(), "reference_train: there are no batches");
  start_averages(train, kept);
  Interpreter interpreter(train);
  auto loss = std::find_if(train.outputs.begin(), train.outputs.end(),
                           [](const Output& output) { return output.role == OutputRole::Loss; });
  check(loss != train.outputs.end(), "reference_train: there is no loss");
  ReferenceTraining result{{}, std::move(kept)};
  for (int64_t step = 0; step < steps; ++step) {
    Inputs inputs = step_settings(train, step, steps, epochs, seed);
    inputs.insert(result.kept.begin(), result.kept.end());
    for (const auto& [name, values] : batches[step % batches.size()]) inputs[name] = values;
    IdVector<NodeTag, Values> values = interpreter.run(inputs);
    result.losses.push_back(values[loss->node].at(0));
    for (const Output& output : train.outputs)
      if (output.role == OutputRole::Update)
        result.kept[std::get<Input>(train[output.target].kind).name] = values[output.node];
  }
  return result;
}

}  // namespace dnnc
