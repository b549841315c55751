#include "runtime/run/predict.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/data/inputs.h"
#include "runtime/program/shown.h"
#include "runtime/run/asking.h"
#include "runtime/run/events.h"
#include "runtime/run/means.h"

namespace dnnc::runtime {
namespace {

/// Whose numbers these are, where the data have others or the net was trained on others.
void note_units(const Manifest& manifest, Report& report) {
  for (const OutputInfo& output : manifest.outputs) {
    const std::string name = manifest.outputs.size() > 1 ? " of `" + output.name + "`" : "";
    if (output.standardized)
      report.note("note: answers and targets" + name + " are in the units before `standardize`\n");
    else if (output.makes_target && output.head == Head::Real)
      report.note("note: answers and targets" + name + " are what the formulas of data `" + manifest.data.name +
                  "` make of the source\n");
  }
}

}  // namespace

void predict_part(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, const Question& question,
                  Report& report) {
  Asking asking(machine, data, question.targets, question.seed);
  if (asking.has_targets() && question.values.empty() && !question.recorded) note_units(machine.manifest(), report);
  const auto asked = std::min<size_t>(static_cast<size_t>(question.count), rows.size());
  const auto tell = [&](uint32_t row, const std::vector<Shown>& answers, const std::vector<Shown>& truth) {
    const std::string file = data.files.empty() ? "" : data.files[row];
    if (question.file && question.file->takes_columns()) {
      question.file->add({row, file, answers, truth});
      return;
    }
    if (report.json() || question.file) {
      nlohmann::json fields = {{event_fields::answer, json_of(answers)}};
      if (!question.alone) fields[event_fields::example] = row;
      if (!file.empty()) fields[event_fields::file] = file;
      if (!truth.empty()) fields[answer_words::target] = json_of(truth);
      const std::string line = event_line(Event::Predict, std::move(fields));
      question.file ? question.file->add(line) : report.event(line);
      return;
    }
    if (question.alone) {
      report.say(text_of(answers) + "\n");
      return;
    }
    report.say("example " + std::to_string(row) + (file.empty() ? "" : "  " + shown(file)) +
               (question.values.empty() ? "  predicted " : "  ") + text_of(answers) +
               (truth.empty() ? "" : "  target " + text_of(truth)) + "\n");
  };
  asking.each({rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(asked)}, data.names, question.values, tell);
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
