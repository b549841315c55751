#include "runtime/run/predict.h"

#include <algorithm>
#include <cmath>

#include "runtime/data/inputs.h"
#include "runtime/program/shown.h"
#include "runtime/run/feed.h"

namespace dnnc::runtime {
namespace {

// How many numbers of a result a line shows; JSON has all.
constexpr int64_t most_shown = 10;

std::string class_name(const std::vector<std::string>& names, int64_t label) {
  return label >= 0 && label < static_cast<int64_t>(names.size()) ? names[static_cast<size_t>(label)]
                                                                  : std::to_string(label);
}

/// One result of one row, its elements [first, first + count) of the port.
std::string values_text(const Machine& machine, const Port& port, int64_t row, bool json) {
  const int64_t count = port.count() / port.shape.front();
  const int64_t printed = json ? count : std::min(count, most_shown);
  std::string text = count > 1 ? "[" : "";
  for (int64_t i = 0; i < printed; ++i) {
    const double value = machine.get(port, row * count + i);
    text += (i ? (json ? "," : ", ") : "") + (json ? json_number(value) : short_number(value));
  }
  return text + (printed < count ? ", ..." : "") + (count > 1 ? "]" : "");
}

std::string labels_text(const Machine& machine, const Port& labels, const std::vector<std::string>& names, int64_t row,
                        bool json) {
  const int64_t count = labels.count() / labels.shape.front();
  std::string text = count > 1 ? "[" : "";
  for (int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<int64_t>(machine.get(labels, row * count + i));
    text += (i ? (json ? "," : ", ") : "") +
            (json ? json_string(class_name(names, label)) : shown(class_name(names, label)));
  }
  return text + (count > 1 ? "]" : "");
}

std::string output_text(const Machine& machine, const EntryInfo& entry, const OutputInfo& output,
                        const std::vector<std::string>& names, int64_t row, bool json) {
  const Port* values = find_output(entry, output.name);
  const Port* labels = find_output(entry, output.name + ".label");
  if (!labels) return values ? values_text(machine, *values, row, json) : "";
  const std::string label = labels_text(machine, *labels, names, row, json);
  if (json) return "{\"label\":" + label + ",\"probabilities\":" + values_text(machine, *values, row, true) + "}";
  if (labels->count() != labels->shape.front()) return label;
  const auto best = static_cast<int64_t>(machine.get(*labels, row));
  const double share = machine.get(*values, row * (values->count() / values->shape.front()) + best);
  return label + " (" + short_number(share) + ")";
}

/// The target of an example as the data has it: a class by its name.
std::string target_text(const FieldData& field, const std::vector<std::string>& names, uint32_t row) {
  const char* at = field.row(row);
  switch (field.storage) {
    case Storage::Int32:
      return class_name(names, *reinterpret_cast<const int32_t*>(at));
    case Storage::UInt8:
      return std::to_string(*reinterpret_cast<const uint8_t*>(at));
    case Storage::Float32:
      return short_number(*reinterpret_cast<const float*>(at));
  }
  return "";
}

}  // namespace

std::string predict_text(Machine& machine, const std::vector<std::string>& class_names, int64_t row, bool json) {
  const EntryInfo& entry = machine.entry(EntryKind::Predict);
  const std::vector<OutputInfo>& outputs = machine.manifest().outputs;
  if (outputs.size() == 1) return output_text(machine, entry, outputs[0], class_names, row, json);
  std::string text;
  for (const OutputInfo& output : outputs) {
    const std::string value = output_text(machine, entry, output, class_names, row, json);
    text += (text.empty() ? ""
             : json       ? ","
                          : "  ") +
            (json ? json_string(output.name) + ":" : output.name + " ") + value;
  }
  return json ? "{" + text + "}" : text;
}

void predict_part(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, int64_t count,
                  uint64_t seed, Report& report) {
  const EntryInfo& entry = machine.entry(EntryKind::Predict);
  Feeder feeder(machine, entry, data);
  SettingPorts(machine, entry).set({.seed = seed});
  const FieldData* target = nullptr;
  for (const FieldData& field : data.fields)
    if (field.name == machine.manifest().data.target && field.count == 1) target = &field;
  const int64_t asked = std::min<int64_t>(count, static_cast<int64_t>(rows.size()));
  for (int64_t begin = 0; begin < asked; begin += entry.batch) {
    const int64_t valid = std::min(entry.batch, asked - begin);
    feeder.feed(rows.data() + begin, valid);
    machine.compute(entry);
    for (int64_t i = 0; i < valid; ++i) {
      const uint32_t row = rows[static_cast<size_t>(begin + i)];
      const std::string answer = predict_text(machine, data.names.classes, i, report.json());
      const std::string truth = target ? target_text(*target, data.names.classes, row) : "";
      const std::string file = data.files.empty() ? "" : data.files[row];
      if (report.json())
        report.event("{\"event\":\"predict\",\"schema\":1,\"example\":" + std::to_string(row) +
                     (file.empty() ? "" : ",\"file\":" + json_string(file)) + ",\"answer\":" + answer +
                     (truth.empty() ? "" : ",\"target\":" + json_string(truth)) + "}\n");
      else
        report.say("example " + std::to_string(row) + (file.empty() ? "" : "  " + shown(file)) + "  predicted " +
                   answer + (truth.empty() ? "" : "  target " + shown(truth)) + "\n");
    }
  }
}

double predict_one(Machine& machine, const std::vector<double>& example, uint64_t seed) {
  const EntryInfo& entry = machine.entry(EntryKind::Predict);
  const DataSet data = example_of(example, input_fields(machine.manifest().data), machine.manifest().run.net);
  Feeder(machine, entry, data).feed(data.test.data(), 1);
  SettingPorts(machine, entry).set({.seed = seed});
  machine.compute(entry);
  const OutputInfo& output = machine.manifest().outputs.front();
  const Port* labels = find_output(entry, output.name + ".label");
  const Port* values = find_output(entry, output.name);
  return machine.get(labels ? *labels : *values);
}

}  // namespace dnnc::runtime
