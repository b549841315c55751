#include "runtime/run/finite_fields.h"

#include <algorithm>
#include <cmath>

#include "runtime/program/failure.h"
#include "runtime/program/field_values.h"
#include "runtime/program/interrupt.h"
#include "runtime/run/feed.h"

namespace dnnc::runtime {
namespace {

/// What is wrong with a value of an output of that role; null if nothing is.
const char* fault_of(OutputRole role, float value) {
  if (!std::isfinite(value)) return "no finite number";
  if (role == OutputRole::Fraction && !(value >= 0 && value <= 1)) return "not between 0 and 1";
  return role == OutputRole::Weight && value < 0 ? "no weight: weights are at least 0" : nullptr;
}

[[noreturn]] void refuse_data(const Machine& machine, const std::string& where, const std::string& why) {
  const Manifest& manifest = machine.manifest();
  throw Failure(exit_wrong, manifest.file + ": data `" + manifest.data.name + "`" + where + ": the " + why);
}

}  // namespace

void expect_finite_field(const Machine& machine, const EntryInfo& entry, const Port& port, OutputRole role,
                         const std::string& field, const DataSet& data, const uint32_t* rows, int64_t valid) {
  const int64_t elements = port.count() / entry.batch;
  const std::vector<float> values = machine.get_floats(port.offset, valid * elements);
  for (int64_t place = 0; place < valid * elements; ++place) {
    const float value = values[static_cast<size_t>(place)];
    const char* fault = fault_of(role, value);
    if (!fault) continue;
    const std::string what = "field " + field +
                             (elements > 1 ? ", element " + std::to_string(place % elements + 1) + "," : "") + " is " +
                             (std::isnan(value) ? "nan" : value_text(value)) + ", which is " + fault;
    const std::string where = data.place_of(rows[place / elements]);
    if (data.files.empty() && data.file.empty()) refuse_data(machine, ", " + where, what);
    throw Failure(exit_wrong, where + ": the " + what);
  }
}

void expect_finite_fields(const Machine& machine, const EntryInfo& entry, const DataSet& data, const uint32_t* rows,
                          int64_t valid) {
  for (const OutputPort& port : entry.outputs) {
    // Where values are missing is told by bytes.
    const bool looked_at =
        port.role == OutputRole::Value || port.role == OutputRole::Fraction || port.role == OutputRole::Weight;
    if (looked_at && port.storage == Storage::Float32)
      expect_finite_field(machine, entry, port, port.role, port.name, data, rows, valid);
  }
}

void expect_finite_fields(Machine& machine, const DataSet& data, DataPart part, uint64_t seed) {
  const EntryInfo* entry = machine.find(EntryKind::Fields);
  const std::vector<uint32_t>& rows = data.part(part);
  if (!entry || rows.empty()) return;
  Feeder feeder(machine, *entry, data);
  SettingPorts ports(machine, *entry);
  ports.set({.seed = seed});
  const OutputPort* weight = nullptr;
  for (const OutputPort& port : entry->outputs)
    if (port.role == OutputRole::Weight) weight = &port;
  bool weighs = !weight;
  for (size_t begin = 0; begin < rows.size(); begin += static_cast<size_t>(entry->batch)) {
    const int64_t valid = std::min<int64_t>(entry->batch, static_cast<int64_t>(rows.size() - begin));
    feeder.feed(rows.data() + begin, valid);
    ports.set_first(begin);
    if (interrupted()) throw Interrupted();
    machine.compute(*entry);
    expect_finite_fields(machine, *entry, data, rows.data() + begin, valid);
    for (int64_t i = 0; i < valid && !weighs; ++i) weighs = machine.get(*weight, i) > 0;
  }
  if (!weighs)
    refuse_data(machine, "",
                weight->name + " of all examples of the " + word_of(part) + " part is 0: nothing is told of them");
}

}  // namespace dnnc::runtime
