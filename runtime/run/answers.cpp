#include "runtime/run/answers.h"

#include <nlohmann/json.hpp>

#include "runtime/program/failure.h"
#include "runtime/program/shown.h"
#include "runtime/program/value_names.h"
#include "runtime/run/events.h"
#include "runtime/run/feed.h"
#include "runtime/run/options.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

// How many numbers of a result a line shows; JSON has all.
constexpr size_t most_shown = 10;

/// A number or word of each element; a list between brackets if there are several.
template <class Item>
std::string list_text(const Items& items, size_t most, Item item) {
  const size_t count = items.values.size(), printed = std::min(count, most);
  if (count == 1) return item(0);
  std::string text;
  for (size_t i = 0; i < printed; ++i) text += (i ? ", " : "[") + item(i);
  return text + (printed < count ? ", ...]" : "]");
}

std::string items_text(const Items& items) {
  if (items.words) return list_text(items, SIZE_MAX, [&](size_t i) { return shown(items.word(i)); });
  const bool whole = items.storage == Storage::UInt8 || items.storage == Storage::Int32;
  return list_text(items, most_shown, [&](size_t i) {
    return whole ? std::to_string(static_cast<int64_t>(items.values[i])) : short_number(items.values[i]);
  });
}

Json items_json(const Items& items) {
  const auto item = [&](size_t i) -> Json {
    if (items.words) return items.word(i);
    const bool whole = items.storage == Storage::UInt8 || items.storage == Storage::Int32;
    if (whole) return static_cast<int64_t>(items.values[i]);
    return items.storage == Storage::Float64 ? Json(items.values[i]) : json_number(items.values[i]);
  };
  if (items.values.size() == 1) return item(0);
  Json list = Json::array();
  for (size_t i = 0; i < items.values.size(); ++i) list.push_back(item(i));
  return list;
}

/// A row of a buffer whose first axis is the batch.
Items row_of(const Machine& machine, const Port& port, int64_t row) {
  Items items{{port.shape.begin() + 1, port.shape.end()}, {}, nullptr, port.storage};
  const int64_t count = port.count() / port.shape.front();
  for (int64_t i = 0; i < count; ++i) items.values.push_back(machine.get(port, row * count + i));
  return items;
}

double value_at(const char* row, Storage storage, int64_t element) {
  switch (storage) {
    case Storage::Int32:
      return reinterpret_cast<const int32_t*>(row)[element];
    case Storage::UInt8:
      return reinterpret_cast<const uint8_t*>(row)[element];
    case Storage::Float32:
      return reinterpret_cast<const float*>(row)[element];
    case Storage::Float64:
      return reinterpret_cast<const double*>(row)[element];
  }
  return 0;
}

/// What is shown, by its name, and what the entry calls it.
std::vector<std::pair<std::string, std::string>> asked(const std::vector<std::string>& values) {
  std::vector<std::pair<std::string, std::string>> outputs;
  for (const std::string& path : values) outputs.emplace_back(path, value_name(path));
  return outputs;
}

}  // namespace

std::string Items::word(size_t place) const {
  const auto label = static_cast<int64_t>(values[place]);
  return label >= 0 && label < static_cast<int64_t>(words->size()) ? (*words)[static_cast<size_t>(label)]
                                                                   : std::to_string(label);
}

const std::vector<std::string>& class_names(const Manifest& manifest, const OutputInfo& output,
                                            const DataNames& names) {
  static const std::vector<std::string> none;
  if (output.makes_target || output.target == manifest.data.target) return names.classes;
  // Compared with nothing, as of a net inside: as many classes are the same ones.
  if (output.target.empty()) return static_cast<int64_t>(names.classes.size()) == output.classes ? names.classes : none;
  const auto found = names.words.find(output.target);
  return found == names.words.end() ? none : found->second;
}

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

std::vector<Shown> answers_to(const Machine& machine, const DataNames& names, int64_t row,
                              const std::vector<std::string>& values) {
  const EntryInfo& entry = machine.entry(EntryKind::Predict);
  std::vector<Shown> answers;
  for (const auto& [path, name] : asked(values))
    answers.push_back({path, row_of(machine, *find_output(entry, name), row)});
  if (!values.empty()) return answers;
  for (const OutputInfo& output : machine.manifest().outputs) {
    answers.push_back({output.name, row_of(machine, *find_output(entry, output.name), row)});
    const Port* const labels = find_output(entry, label_name(output.name));
    if (!labels) continue;
    answers.back().labels = row_of(machine, *labels, row);
    answers.back().labels->words = &class_names(machine.manifest(), output, names);
  }
  return answers;
}

Targets::Targets(Machine& machine, const DataSet& data, bool known) : machine_(machine), data_(data) {
  const EntryInfo* const entry = machine.find(EntryKind::Targets);
  for (const OutputInfo& output : machine.manifest().outputs) {
    if (!known || (output.target.empty() && !output.makes_target)) continue;
    targets_.push_back({&output, output.makes_target ? nullptr : &data.field(output.target),
                        output.makes_target ? find_output(*entry, output.name) : nullptr});
    makes_ = makes_ || output.makes_target;
  }
}

void Targets::compute(const uint32_t* rows, int64_t valid, uint64_t seed, int64_t first) {
  if (!makes_) return;
  const EntryInfo& entry = machine_.entry(EntryKind::Targets);
  Feeder(machine_, entry, data_).feed(rows, valid);
  SettingPorts ports(machine_, entry);
  ports.set({.seed = seed});
  ports.set_first(static_cast<size_t>(first));
  machine_.compute(entry);
  for (Target& target : targets_) {
    target.made.clear();
    if (!target.port) continue;
    const int64_t count = target.port->count() / entry.batch * valid;
    for (int64_t i = 0; i < count; ++i) target.made.push_back(machine_.get(*target.port, i));
  }
}

std::vector<Shown> Targets::of(const uint32_t* rows, int64_t row) const {
  std::vector<Shown> all;
  for (const Target& target : targets_) {
    Items items;
    if (target.field) {
      items = {target.field->shape, {}, nullptr, target.field->storage};
      const char* const at = target.field->row(rows[row]);
      for (int64_t i = 0; i < target.field->count; ++i) items.values.push_back(value_at(at, target.field->storage, i));
    } else {
      items = {{target.port->shape.begin() + 1, target.port->shape.end()}, {}, nullptr, target.port->storage};
      const int64_t count = element_count(items.shape);
      items.values.assign(target.made.begin() + row * count, target.made.begin() + (row + 1) * count);
    }
    if (target.output->head == Head::Class)
      items.words = &class_names(machine_.manifest(), *target.output, data_.names);
    all.push_back({target.output->name, std::move(items)});
  }
  return all;
}

std::string text_of(const std::vector<Shown>& shown) {
  std::string text;
  for (const Shown& one : shown) {
    std::string value = items_text(one.labels.value_or(one.values));
    if (one.labels && one.labels->values.size() == 1)
      value += " (" + short_number(one.values.values[static_cast<size_t>(one.labels->values[0])]) + ")";
    text += (text.empty() ? "" : "  ") + (shown.size() == 1 ? value : one.name + " " + value);
  }
  return text;
}

Json json_of(const std::vector<Shown>& shown) {
  Json all = Json::object();
  for (const Shown& one : shown) {
    Json value = items_json(one.values);
    if (one.labels)
      value = {{answer_words::label, items_json(*one.labels)}, {answer_words::probabilities, std::move(value)}};
    if (shown.size() == 1) return value;
    all[one.name] = std::move(value);
  }
  return all;
}

}  // namespace dnnc::runtime
