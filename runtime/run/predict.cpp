#include "runtime/run/predict.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/data/inputs.h"
#include "runtime/program/shown.h"
#include "runtime/run/answers.h"
#include "runtime/run/events.h"
#include "runtime/run/feed.h"
#include "runtime/run/finite_fields.h"
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
  const EntryInfo& entry = machine.entry(EntryKind::Predict);
  Feeder feeder(machine, entry, data);
  SettingPorts ports(machine, entry);
  ports.set({.seed = question.seed});
  Targets targets(machine, data, question.targets);
  if (targets.any() && question.values.empty() && !question.recorded) note_units(machine.manifest(), report);
  const int64_t asked = std::min<int64_t>(question.count, static_cast<int64_t>(rows.size()));
  for (int64_t begin = 0; begin < asked; begin += entry.batch) {
    const int64_t valid = std::min(entry.batch, asked - begin);
    const uint32_t* const batch = rows.data() + begin;
    targets.compute(batch, valid, question.seed, begin);
    feeder.feed(batch, valid);
    ports.set_first(static_cast<size_t>(begin));
    machine.compute(entry);
    expect_finite_fields(machine, entry, data, batch, valid);
    for (int64_t i = 0; i < valid; ++i) {
      const uint32_t row = batch[i];
      const std::string file = data.files.empty() ? "" : data.files[row];
      const std::vector<Shown> answers = answers_to(machine, data.names, i, question.values);
      const std::vector<Shown> truth = targets.of(batch, i);
      if (question.file && question.file->takes_columns()) {
        question.file->add({row, file, answers, truth});
        continue;
      }
      if (report.json() || question.file) {
        nlohmann::json fields = {{"answer", json_of(answers)}};
        if (!question.alone) fields["example"] = row;
        if (!file.empty()) fields["file"] = file;
        if (!truth.empty()) fields[answer_words::target] = json_of(truth);
        const std::string line = event_line(Event::Predict, std::move(fields));
        question.file ? question.file->add(line) : report.event(line);
        continue;
      }
      if (question.alone) {
        report.say(text_of(answers) + "\n");
        continue;
      }
      report.say("example " + std::to_string(row) + (file.empty() ? "" : "  " + shown(file)) +
                 (question.values.empty() ? "  predicted " : "  ") + text_of(answers) +
                 (truth.empty() ? "" : "  target " + text_of(truth)) + "\n");
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
