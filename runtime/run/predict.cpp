#include "runtime/run/predict.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/data/inputs.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"
#include "runtime/program/value_names.h"
#include "runtime/run/events.h"
#include "runtime/run/feed.h"
#include "runtime/run/finite_fields.h"
#include "runtime/run/means.h"

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

// How many numbers of a result a line shows; JSON has all.
constexpr int64_t most_shown = 10;

std::string class_name(const std::vector<std::string>& names, int64_t label) {
  return label >= 0 && label < static_cast<int64_t>(names.size()) ? names[static_cast<size_t>(label)]
                                                                  : std::to_string(label);
}

/// One result of one row: a number, or what the items of the port come to as a list between brackets.
template <class Item>
std::string list_text(const Port& port, int64_t most, Item item) {
  const int64_t count = port.count() / port.shape.front(), printed = std::min(count, most);
  if (count == 1) return item(0);
  std::string text;
  for (int64_t i = 0; i < printed; ++i) text += (i ? ", " : "[") + item(i);
  return text + (printed < count ? ", ...]" : "]");
}
template <class Item>
Json list_json(const Port& port, Item item) {
  const int64_t count = port.count() / port.shape.front();
  if (count == 1) return item(0);
  Json list = Json::array();
  for (int64_t i = 0; i < count; ++i) list.push_back(item(i));
  return list;
}

/// What one output of the net answers to one row.
class Answer {
 public:
  Answer(const Machine& machine, const std::string& output, const std::vector<std::string>& names, int64_t row)
      : machine_(machine),
        names_(names),
        row_(row),
        values_(*find_output(machine.entry(EntryKind::Predict), output)),
        labels_(find_output(machine.entry(EntryKind::Predict), label_name(output))) {}

  std::string text() const {
    const auto number = [&](int64_t i) { return short_number(value(values_, i)); };
    if (!labels_) return list_text(values_, most_shown, number);
    const std::string label = list_text(*labels_, INT64_MAX, [&](int64_t i) { return shown(name(i)); });
    if (labels_->count() != labels_->shape.front()) return label;
    return label + " (" + number(static_cast<int64_t>(value(*labels_, 0))) + ")";
  }
  Json json() const {
    Json values = list_json(values_, [&](int64_t i) { return json_number(value(values_, i)); });
    if (!labels_) return values;
    return {{"label", list_json(*labels_, [&](int64_t i) { return Json(name(i)); })},
            {"probabilities", std::move(values)}};
  }

 private:
  double value(const Port& port, int64_t element) const {
    return machine_.get(port, row_ * (port.count() / port.shape.front()) + element);
  }
  std::string name(int64_t element) const { return class_name(names_, static_cast<int64_t>(value(*labels_, element))); }

  const Machine& machine_;
  const std::vector<std::string>& names_;
  int64_t row_;
  const Port& values_;
  const Port* labels_;  ///< null where the answer is numbers
};

/// What is shown, by its name, and what the entry calls it.
std::vector<std::pair<std::string, std::string>> asked(const Machine& machine, const std::vector<std::string>& values) {
  std::vector<std::pair<std::string, std::string>> outputs;
  for (const std::string& path : values) outputs.emplace_back(path, value_name(path));
  if (values.empty())
    for (const OutputInfo& output : machine.manifest().outputs) outputs.emplace_back(output.name, output.name);
  return outputs;
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
    case Storage::Float64:
      return short_number(*reinterpret_cast<const double*>(at));
  }
  return "";
}

}  // namespace

std::vector<std::string> values_asked(const Machine& machine, const std::vector<std::string>& paths) {
  std::vector<std::string> values;
  for (const std::string& path : paths) {
    const EntryInfo& entry = machine.entry(EntryKind::Predict);
    const std::string longer = machine.manifest().run.net + "/" + path;
    const bool whole = find_output(entry, value_name(path));
    values.push_back(whole ? path : longer);
    if (whole || find_output(entry, value_name(longer))) continue;
    std::string kept;
    for (const OutputPort& port : entry.outputs)
      if (port.name.starts_with(value_mark))
        kept += (kept.empty() ? "; it gives " : ", ") + port.name.substr(value_mark.size());
    throw Failure(exit_usage, std::string(value_option) + ": this program does not give `" + path + "`" + kept +
                                  "; dnnc compile " + value_option + " " + path + " makes one that does");
  }
  return values;
}

std::string predict_text(const Machine& machine, const std::vector<std::string>& class_names, int64_t row,
                         const std::vector<std::string>& values) {
  const auto outputs = asked(machine, values);
  if (outputs.size() == 1) return Answer(machine, outputs[0].second, class_names, row).text();
  std::string text;
  for (const auto& [name, output] : outputs)
    text += (text.empty() ? "" : "  ") + name + " " + Answer(machine, output, class_names, row).text();
  return text;
}

Json predict_json(const Machine& machine, const std::vector<std::string>& class_names, int64_t row,
                  const std::vector<std::string>& values) {
  const auto outputs = asked(machine, values);
  if (outputs.size() == 1) return Answer(machine, outputs[0].second, class_names, row).json();
  Json answers = Json::object();
  for (const auto& [name, output] : outputs) answers[name] = Answer(machine, output, class_names, row).json();
  return answers;
}

void predict_part(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, int64_t count,
                  uint64_t seed, Report& report, const std::vector<std::string>& values) {
  const EntryInfo& entry = machine.entry(EntryKind::Predict);
  Feeder feeder(machine, entry, data);
  SettingPorts ports(machine, entry);
  ports.set({.seed = seed});
  const FieldData* target = nullptr;
  for (const FieldData& field : data.fields)
    if (field.name == machine.manifest().data.target && field.count == 1) target = &field;
  const int64_t asked = std::min<int64_t>(count, static_cast<int64_t>(rows.size()));
  for (int64_t begin = 0; begin < asked; begin += entry.batch) {
    const int64_t valid = std::min(entry.batch, asked - begin);
    feeder.feed(rows.data() + begin, valid);
    ports.set_first(static_cast<size_t>(begin));
    machine.compute(entry);
    expect_finite_fields(machine, entry, data, rows.data() + begin, valid);
    for (int64_t i = 0; i < valid; ++i) {
      const uint32_t row = rows[static_cast<size_t>(begin + i)];
      const std::string truth = target ? target_text(*target, data.names.classes, row) : "";
      const std::string file = data.files.empty() ? "" : data.files[row];
      if (report.json()) {
        Json fields = {{"example", row}, {"answer", predict_json(machine, data.names.classes, i, values)}};
        if (!file.empty()) fields["file"] = file;
        if (!truth.empty()) fields["target"] = truth;
        report.event(event_line(Event::Predict, std::move(fields)));
      } else {
        report.say("example " + std::to_string(row) + (file.empty() ? "" : "  " + shown(file)) +
                   (values.empty() ? "  predicted " : "  ") + predict_text(machine, data.names.classes, i, values) +
                   (truth.empty() ? "" : "  target " + shown(truth)) + "\n");
      }
    }
  }
}

double predict_one(Machine& machine, const std::vector<double>& example, uint64_t seed) {
  const EntryInfo& entry = machine.entry(EntryKind::Predict);
  const DataSet data = example_of(example, input_fields(machine.manifest().data), machine.manifest().run.net);
  Feeder(machine, entry, data).feed(data.test.data(), 1);
  SettingPorts(machine, entry).set({.seed = seed});
  machine.compute(entry);
  expect_finite_fields(machine, entry, data, data.test.data(), 1);
  const OutputInfo& output = machine.manifest().outputs.front();
  const Port* labels = find_output(entry, label_name(output.name));
  const Port* values = find_output(entry, output.name);
  return decimal_of(machine.get(labels ? *labels : *values));
}

}  // namespace dnnc::runtime
