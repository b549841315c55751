#include "compiler/driver/compare_devices.h"

#include <algorithm>
#include <set>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/emit.h"
#include "compiler/support/check.h"
#include "compiler/target/target_precision.h"
#include "runtime/program/device.h"
#include "runtime/run/start.h"

namespace dnnc {

ComparedDevice::ComparedDevice(std::string name, const runtime::DeviceWish& wish, TargetName target, Compiled compiled,
                               const runtime::DataSet& data)
    : name_(std::move(name)),
      wish_(wish),
      device_(device_of(target)),
      precision_(precision_of(target_of(target))),
      compiled_(std::move(compiled)),
      program_(code_generator().load_program(compiled_.plan, compiled_.objects, "")) {
  use();
  machine_ = std::make_unique<runtime::Machine>(program_->program(), compiled_.manifest);
  feeder_ = std::make_unique<runtime::Feeder>(*machine_, entry(), data);
  ports_ = std::make_unique<runtime::SettingPorts>(*machine_, entry());
}

void ComparedDevice::use() const {
  if (device_) device_->choose(wish_.number);
}

void ComparedDevice::start(uint64_t seed, const runtime::DataSet& data) {
  use();
  runtime::initialize(*machine_, seed);
  runtime::fit(*machine_, data, seed);
}

std::vector<char> ComparedDevice::kept() {
  use();
  return machine_->save();
}

void ComparedDevice::restore(const std::vector<char>& kept) {
  use();
  machine_->restore(kept);
}

void ComparedDevice::feed(const runtime::Settings& settings, const uint32_t* rows, int64_t valid) {
  use();
  ports_->set(settings);
  feeder_->feed(rows, valid);
}

Values ComparedDevice::values_of(const runtime::Port& port) const {
  Values values(static_cast<size_t>(port.count()));
  if (port.storage == runtime::Storage::Float32) {
    const std::vector<float> numbers = machine_->get_floats(port.offset, port.count());
    std::ranges::copy(numbers, values.begin());
    return values;
  }
  for (size_t k = 0; k < values.size(); ++k) values[k] = machine_->get(port, static_cast<int64_t>(k));
  return values;
}

Inputs ComparedDevice::inputs(const Graph& graph) {
  use();
  std::set<std::string> read;
  for (const Node& node : graph.nodes)
    if (const auto* input = std::get_if<Input>(&node.kind)) read.insert(input->name);
  Inputs inputs;
  for (const runtime::InputPort& port : entry().inputs)
    if (port.role != InputRole::Stream && read.erase(port.name) > 0) inputs[port.name] = values_of(port);
  check(read.empty(), read.empty() ? "" : "compare: nothing tells the input " + *read.begin());
  return inputs;
}

std::vector<Values> ComparedDevice::step(const Graph& graph) {
  use();
  machine_->compute(entry());
  std::vector<Values> outputs(graph.outputs.size());
  const auto take = [&](bool updates) {
    for (size_t place = 0; place < outputs.size(); ++place) {
      if ((graph.outputs[place].role == OutputRole::Update) != updates) continue;
      const runtime::OutputPort& port = entry().outputs.at(place);
      if (port.storage != runtime::Storage::Float32) continue;
      outputs[place] = values_of(port);
      outputs[place].resize(static_cast<size_t>(element_count(graph[graph.outputs[place].node])));
    }
  };
  take(false);
  machine_->update(entry());
  take(true);
  return outputs;
}

}  // namespace dnnc
