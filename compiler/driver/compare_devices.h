#pragma once
#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "compiler/interpret/interpret.h"
#include "compiler/interpret/precision.h"
#include "compiler/native/native.h"
#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"
#include "runtime/run/choose_device.h"
#include "runtime/run/feed.h"

namespace dnnc {

/// A device that computes steps of a training, for who looks at all that a step makes.
class ComparedDevice {
 public:
  /// `name` is as --device has it.
  ComparedDevice(std::string name, const runtime::DeviceWish& wish, TargetName target, Compiled compiled,
                 const runtime::DataSet& data);

  const std::string& name() const { return name_; }
  const Compiled& compiled() const { return compiled_; }
  const Precision& precision() const { return precision_; }
  const runtime::EntryInfo& entry() const { return machine_->entry(runtime::EntryKind::Train); }
  void start(uint64_t seed, const runtime::DataSet& data);
  std::vector<char> kept();
  void restore(const std::vector<char>& kept);

  /// The examples `rows[0 ... valid)` become the batch.
  void feed(const runtime::Settings& settings, const uint32_t* rows, int64_t valid);
  /// What the graph of the entry reads, as it is there after feed().
  Inputs inputs(const Graph& graph);
  /// Takes the step and gives every output of the graph, in their order.
  std::vector<Values> step(const Graph& graph);

 private:
  void use() const;
  Values values_of(const runtime::Port& port) const;

  std::string name_;
  runtime::DeviceWish wish_;
  const dnnc_device* device_;
  Precision precision_;
  Compiled compiled_;
  std::unique_ptr<LoadedProgram> program_;
  std::unique_ptr<runtime::Machine> machine_;
  std::unique_ptr<runtime::Feeder> feeder_;
  std::unique_ptr<runtime::SettingPorts> ports_;
};

}  // namespace dnnc
