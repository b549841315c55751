#include "runtime/run/finite_fields.h"

#include <algorithm>
#include <cmath>

#include "runtime/program/failure.h"
#include "runtime/program/field_values.h"
#include "runtime/program/interrupt.h"
#include "runtime/run/feed.h"

namespace dnnc::runtime {
namespace {

struct Expected {
  bool (*fits)(float value);
  const char* fault;  ///< of a finite number
};
/// What is expected of an output that is looked at; null for others.
const Expected* expected_of(OutputRole role) {
  static const Expected number = {[](float value) { return std::isfinite(value); }, ""},
                        fraction = {[](float value) { return value >= 0 && value <= 1; },
                                    ", which is not between 0 and 1"},
                        amount = {[](float value) { return std::isfinite(value) && value >= 0; },
                                  ", which is no weight: weights are at least 0"};
  if (role == OutputRole::Value) return &number;
  if (role == OutputRole::Fraction) return &fraction;
  return role == OutputRole::Weight ? &amount : nullptr;
}

}  // namespace

void expect_finite_field(const Machine& machine, const EntryInfo& entry, const std::string& output,
                         const std::string& field, const DataSet& data, const uint32_t* rows, int64_t valid) {
  const auto port = std::ranges::find(entry.outputs, output, &OutputPort::name);
  const Expected& expected = *expected_of(port->role);
  const int64_t elements = port->count() / entry.batch;
  const std::vector<float> values = machine.get_floats(port->offset, valid * elements);
  const auto found = std::ranges::find_if_not(values, expected.fits);
  if (found == values.end()) return;
  const int64_t place = found - values.begin();
  const std::string value = std::isnan(*found) ? "nan" : value_text(*found);
  const Manifest& manifest = machine.manifest();
  throw Failure(exit_wrong, manifest.file + ": data `" + manifest.data.name + "`, " +
                                data.row_text(rows[place / elements]) + ": the field " + field +
                                (elements > 1 ? ", element " + std::to_string(place % elements + 1) + "," : "") +
                                " is " + value +
                                (std::isfinite(*found) ? expected.fault : ", which is no finite number"));
}

void expect_finite_fields(const Machine& machine, const EntryInfo& entry, const DataSet& data, const uint32_t* rows,
                          int64_t valid) {
  for (const OutputPort& port : entry.outputs) {
    // Where values are missing is told by bytes.
    if (expected_of(port.role) && port.storage == Storage::Float32)
      expect_finite_field(machine, entry, port.name, port.name, data, rows, valid);
  }
}

void expect_finite_fields(Machine& machine, const DataSet& data, DataPart part, uint64_t seed) {
  const EntryInfo* entry = machine.find(EntryKind::Fields);
  const std::vector<uint32_t>& rows = data.part(part);
  if (!entry || rows.empty()) return;
  Feeder feeder(machine, *entry, data);
  SettingPorts ports(machine, *entry);
  ports.set({.seed = seed});
  const auto amount = std::ranges::find(entry->outputs, OutputRole::Weight, &OutputPort::role);
  bool weighs = amount == entry->outputs.end();
  for (size_t begin = 0; begin < rows.size(); begin += static_cast<size_t>(entry->batch)) {
    const int64_t valid = std::min<int64_t>(entry->batch, static_cast<int64_t>(rows.size() - begin));
    feeder.feed(rows.data() + begin, valid);
    ports.set_first(begin);
    if (interrupted()) throw Interrupted();
    machine.compute(*entry);
    expect_finite_fields(machine, *entry, data, rows.data() + begin, valid);
    weighs =
        weighs || std::ranges::any_of(machine.get_floats(amount->offset, valid), [](float one) { return one > 0; });
  }
  if (weighs) return;
  const Manifest& manifest = machine.manifest();
  throw Failure(exit_wrong, manifest.file + ": data `" + manifest.data.name + "`: the " + amount->name + " of all " +
                                std::to_string(rows.size()) + " examples of the " + word_of(part) +
                                " part is 0: nothing is told of them");
}

}  // namespace dnnc::runtime
