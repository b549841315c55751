#include "runtime/run/evaluate.h"

#include <algorithm>
#include <stdexcept>

namespace dnnc::runtime {

const double* find(const Numbers& numbers, const std::string& name) {
  for (const auto& [known, value] : numbers)
    if (known == name) return &value;
  return nullptr;
}

void set_all(Machine& machine, const EntryInfo& entry, const Settings& settings) {
  machine.set(entry, "seed", static_cast<double>(settings.seed));
  machine.set(entry, "step", static_cast<double>(settings.step));
  machine.set(entry, "steps", static_cast<double>(settings.steps));
  machine.set(entry, "epoch", static_cast<double>(settings.epoch));
  machine.set(entry, "epochs", static_cast<double>(settings.epochs));
  machine.set(entry, "rate_scale", settings.rate_scale);
}

int64_t steps_of_epoch(int64_t batch, const DataSet& data) {
  return (static_cast<int64_t>(data.train.size()) + batch - 1) / batch;
}

Settings settings_of(const Manifest& manifest, uint64_t seed, int64_t epochs, const DataSet& data) {
  return {.seed = seed, .steps = steps_of_epoch(manifest.run.batch, data) * epochs, .epochs = epochs};
}

Feeder::Feeder(Machine& machine, const EntryInfo& entry, const DataSet& data)
    : machine_(machine), entry_(entry), rows_(static_cast<size_t>(entry.batch)) {
  for (const InputPort& port : entry.inputs)
    if (port.role == InputRole::Field) links_.push_back({&data.field(port.name), &port});
  for (const Link& link : links_)
    if (link.field->count * entry.batch != link.port->count())
      throw std::logic_error("field " + link.port->name + " does not have the size of entry " + entry.name);
}

void Feeder::feed(const uint32_t* rows, int64_t valid) {
  for (int64_t i = 0; i < entry_.batch; ++i) rows_[static_cast<size_t>(i)] = rows[std::min(i, valid - 1)];
  for (const Link& link : links_)
    gather_rows(*link.field, rows_.data(), entry_.batch, link.port->storage, machine_.bytes(link.port->offset));
  machine_.set(entry_, "count", static_cast<double>(valid));
}

void Feeder::augment(const std::vector<Augmentation>& augmentations, uint64_t seed, int64_t epoch) {
  if (augmentations.empty()) return;
  for (const Link& link : links_)
    if (link.field->shape.size() == 3)
      augment_rows(augmentations, link.field->shape, link.port->storage, machine_.bytes(link.port->offset),
                   rows_.data(), entry_.batch, seed, static_cast<uint64_t>(epoch));
}

Means::Means(Machine& machine, const EntryInfo& entry) : machine_(machine) {
  for (const OutputPort& port : entry.outputs)
    if (port.role == OutputRole::Loss || port.role == OutputRole::Metric)
      sums_.push_back({&port, std::vector<double>(static_cast<size_t>(port.count()), 0.0)});
}

void Means::add(int64_t valid) {
  for (Sum& sum : sums_)
    for (size_t i = 0; i < sum.values.size(); ++i)
      sum.values[i] += machine_.read(*sum.port, static_cast<int64_t>(i)) * static_cast<double>(valid);
  examples_ += static_cast<double>(valid);
}

double Means::loss() const {
  for (const Sum& sum : sums_)
    if (sum.port->role == OutputRole::Loss) return sum.values[0] / examples_;
  return 0;
}

Numbers Means::finish() const {
  Numbers numbers = {{"loss", loss()}};
  const EntryInfo* finish = machine_.find("finish");
  if (!finish) return numbers;
  for (const Sum& sum : sums_)
    for (size_t i = 0; i < sum.values.size(); ++i)
      machine_.set(*finish, sum.port->name, sum.values[i] / examples_, static_cast<int64_t>(i));
  machine_.compute(*finish);
  for (const Port& port : finish->outputs) numbers.emplace_back(port.name, machine_.read(port));
  return numbers;
}

void Means::reset() {
  for (Sum& sum : sums_) std::fill(sum.values.begin(), sum.values.end(), 0.0);
  examples_ = 0;
}

Numbers evaluate(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, Settings settings) {
  const EntryInfo& entry = machine.entry("evaluate");
  Feeder feeder(machine, entry, data);
  Means means(machine, entry);
  settings.step = 0;
  set_all(machine, entry, settings);
  for (size_t begin = 0; begin < rows.size(); begin += static_cast<size_t>(entry.batch)) {
    const int64_t valid = std::min<int64_t>(entry.batch, static_cast<int64_t>(rows.size() - begin));
    feeder.feed(rows.data() + begin, valid);
    machine.compute(entry);
    means.add(valid);
  }
  return means.finish();
}

}  // namespace dnnc::runtime
