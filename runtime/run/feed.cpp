#include "runtime/run/feed.h"

#include <algorithm>
#include <stdexcept>

#include "runtime/program/setting_names.h"
#include "runtime/run/find_steps_ahead.h"

// Null in a trainer that was linked without it.
extern "C" __attribute__((weak)) const dnnc::runtime::Augmenting dnnc_augment;

namespace dnnc::runtime {
namespace {

const Port* find_setting(const EntryInfo& entry, SettingName name) {
  for (const InputPort& port : entry.inputs)
    if (port.role == InputRole::Setting && port.name == word_of(name)) return &port;
  return nullptr;
}

int64_t batches_of(int64_t batch, const std::vector<uint32_t>& rows) {
  return (static_cast<int64_t>(rows.size()) + batch - 1) / batch;
}

}  // namespace

const Port* find_output(const EntryInfo& entry, const std::string& name) {
  for (const OutputPort& port : entry.outputs)
    if (port.name == name) return &port;
  return nullptr;
}

int64_t steps_of_epoch(int64_t batch, const DataSet& data) { return batches_of(batch, data.train); }

Settings settings_of(const Manifest& manifest, uint64_t seed, int64_t epochs, const DataSet& data) {
  return {.seed = seed, .steps = steps_of_epoch(manifest.run.batch, data) * epochs, .epochs = epochs};
}

SettingPorts::SettingPorts(Machine& machine, const EntryInfo& entry)
    : machine_(machine),
      seed_(find_setting(entry, SettingName::Seed)),
      step_(find_setting(entry, SettingName::Step)),
      steps_(find_setting(entry, SettingName::Steps)),
      epoch_(find_setting(entry, SettingName::Epoch)),
      epochs_(find_setting(entry, SettingName::Epochs)),
      rate_scale_(find_setting(entry, SettingName::RateScale)),
      first_(find_setting(entry, SettingName::First)) {}

void SettingPorts::set(const Settings& settings) {
  set(seed_, static_cast<double>(static_cast<uint32_t>(settings.seed)));
  machine_.set_upper_seed(static_cast<uint32_t>(settings.seed >> 32));
  set(step_, static_cast<double>(settings.step));
  set(steps_, static_cast<double>(settings.steps));
  set(epoch_, static_cast<double>(settings.epoch));
  set(epochs_, static_cast<double>(settings.epochs));
  set(rate_scale_, settings.rate_scale);
  set_first(0);
}

Feeder::Feeder(Machine& machine, const EntryInfo& entry, const DataSet& data)
    : machine_(machine),
      entry_(entry),
      count_(find_setting(entry, SettingName::Count)),
      rows_(static_cast<size_t>(entry.batch)) {
  for (const InputPort& port : entry.inputs) {
    if (port.role != InputRole::Field) continue;
    const std::string_view rest_of = field_of_rest(port.name);
    const FieldData& field = data.field(std::string(rest_of.empty() ? port.name : rest_of));
    if (field.count * entry.batch != port.count())
      throw std::logic_error("field " + port.name + " does not have the size of entry " + word_of(entry.kind));
    links_.push_back({&field, &port, !rest_of.empty()});
  }
  on_device_ = device_batches_of(machine, entry, data);
}

void Feeder::begin_epoch(const std::vector<uint32_t>& order, uint64_t seed, int64_t epoch, int64_t batch) {
  const DataDescription& data = machine_.manifest().data;
  if (data.augment.empty()) {
    taken_ = on_device_ && on_device_->begin(order, batch, (epoch - 1) * batches_of(entry_.batch, order) + 1);
    return;
  }
  if (!batches_) {
    const Augmenting* augmenting = &dnnc_augment;
    if (!augmenting) throw std::logic_error("a program that augments is linked without what does it");
    AugmentedFields fields{data, {}, entry_.batch};
    for (const Link& link : links_) fields.fields.push_back(link.field);
    batches_ = augmenting->batches(fields);
  }
  batches_->begin(order, seed, epoch, batch);
}

void Feeder::begin_part(const std::vector<uint32_t>& rows) { taken_ = on_device_ && on_device_->begin(rows, 0, 0); }

bool Feeder::feed(const uint32_t* rows, int64_t valid) {
  if (taken_) return on_device_->next(), true;
  if (on_device_) on_device_->stop();
  if (valid < entry_.batch) {
    for (int64_t i = 0; i < entry_.batch; ++i) rows_[static_cast<size_t>(i)] = rows[std::min(i, valid - 1)];
    rows = rows_.data();
  }
  const AugmentedBatch* batch = batches_ ? &batches_->next() : nullptr;
  for (size_t k = 0; k < links_.size(); ++k) {
    const bool made = batch && !batch->fields[k].segments.empty();
    const FieldData& field = made ? batch->fields[k] : *links_[k].field;
    const uint32_t* const places = made ? batch->rows.data() : rows;
    if (links_[k].rest) machine_.put_rests(*links_[k].port, field, places, entry_.batch);
    else machine_.put(*links_[k].port, field, places, entry_.batch);
  }
  if (count_) machine_.set(*count_, static_cast<double>(valid));
  return false;
}

}  // namespace dnnc::runtime
