#include "runtime/run/feed.h"

#include <algorithm>
#include <stdexcept>

#include "runtime/program/setting_names.h"

namespace dnnc::runtime {
namespace {

const Port* find_setting(const EntryInfo& entry, SettingName name) {
  for (const InputPort& port : entry.inputs)
    if (port.role == InputRole::Setting && port.name == word_of(name)) return &port;
  return nullptr;
}

}  // namespace

const Port* find_output(const EntryInfo& entry, const std::string& name) {
  for (const OutputPort& port : entry.outputs)
    if (port.name == name) return &port;
  return nullptr;
}

int64_t steps_of_epoch(int64_t batch, const DataSet& data) {
  return (static_cast<int64_t>(data.train.size()) + batch - 1) / batch;
}

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

Feeder::Feeder(Machine& machine, const EntryInfo& entry, const DataSet& data, std::vector<Augmentation> augmentations)
    : machine_(machine),
      entry_(entry),
      count_(find_setting(entry, SettingName::Count)),
      augmentations_(std::move(augmentations)),
      rows_(static_cast<size_t>(entry.batch)) {
  int64_t most_bytes = 0;
  for (const InputPort& port : entry.inputs) {
    if (port.role != InputRole::Field) continue;
    const std::string_view rest_of = field_of_rest(port.name);
    const FieldData& field = data.field(std::string(rest_of.empty() ? port.name : rest_of));
    if (field.count * entry.batch != port.count())
      throw std::logic_error("field " + port.name + " does not have the size of entry " + word_of(entry.kind));
    const bool augmented = rest_of.empty() && !augmentations_.empty() && field.shape.size() == 3;
    links_.push_back({&field, &port, augmented, !rest_of.empty()});
    if (augmented) most_bytes = std::max(most_bytes, port.count() * bytes_of(port.storage));
  }
  images_.resize(static_cast<size_t>(most_bytes));
}

void Feeder::feed(const uint32_t* rows, int64_t valid, uint64_t seed, int64_t epoch) {
  if (valid < entry_.batch) {
    for (int64_t i = 0; i < entry_.batch; ++i) rows_[static_cast<size_t>(i)] = rows[std::min(i, valid - 1)];
    rows = rows_.data();
  }
  for (const Link& link : links_)
    if (link.augmented) put_augmented(link, rows, seed, epoch);
    else if (link.rest) machine_.put_rests(*link.port, *link.field, rows, entry_.batch);
    else machine_.put(*link.port, *link.field, rows, entry_.batch);
  if (count_) machine_.set(*count_, static_cast<double>(valid));
}

void Feeder::put_augmented(const Link& link, const uint32_t* rows, uint64_t seed, int64_t epoch) {
  gather_rows(*link.field, rows, entry_.batch, link.port->storage, images_.data());
  augment_rows(augmentations_, link.field->shape, link.port->storage, images_.data(), rows, entry_.batch, seed,
               static_cast<uint64_t>(epoch));
  const int64_t bytes = link.port->count() * bytes_of(link.port->storage);
  machine_.put(link.port->offset, std::span<const char>(images_).first(static_cast<size_t>(bytes)));
}

}  // namespace dnnc::runtime
