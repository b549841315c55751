#include "runtime/run/questions.h"

#include <algorithm>
#include <optional>

#include "runtime/data/inputs.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"
#include "runtime/run/answers.h"
#include "runtime/run/model_file.h"
#include "runtime/run/predict.h"

namespace dnnc::runtime {

void load_weights(Run& run, const std::string& path, Report& report) {
  run.weights = read_weights(run, path, Missing::Nothing, report);
  run.names = run.weights->names;
}

namespace {

constexpr int64_t shown_examples = 5;  ///< of a part, unless --count says otherwise

void need_weights(const RunOptions& options) {
  if (options.weights.empty()) throw Failure(exit_usage, options.command + " needs --weights FILE");
}

/// "train, validation": for messages.
std::string parts_of(const DataSet& data) {
  std::string parts;
  for (const auto& [part, word] : words<DataPart>)
    if (!data.part(part).empty()) parts += (parts.empty() ? "" : ", ") + std::string(word);
  return parts;
}

void expect_part(const Run& run, const DataSet& data, DataPart part) {
  if (data.part(part).empty())
    throw Failure(exit_wrong, run.manifest.file + ": the data has no part `" + word_of(part) +
                                  "`; it has: " + parts_of(data) + "\nhelp: --part " + word_of(DataPart::Train) +
                                  " takes the examples of training; `" + word_of(part) +
                                  " = random(20%)` in the data makes such a part");
}

}  // namespace

int command_evaluate(std::vector<Run>& runs, const RunOptions& options, Report& report) {
  need_weights(options);
  Run& run = runs.front();
  load_weights(run, options.weights, report);
  const DataSet& data = data_of(run, options, report);
  const DataPart part = options.part.value_or(DataPart::Test);
  expect_part(run, data, part);
  report.part(run.manifest.run.name, part, numbers_of(run, data, part));
  return exit_done;
}

namespace {

/// Of a net that is asked alone: what no data have.
std::vector<RawField> own_fields(const Manifest& manifest) {
  for (const NetInfo& net : manifest.nets)
    if (net.path == manifest.run.net) return net.own_fields;
  return {};
}

/// The examples of --input.
DataSet new_examples(Run& run, const RunOptions& options, Report& report) {
  std::vector<RawField> fields = own_fields(run.manifest);
  for (RawField& field : input_fields(run.manifest.data)) fields.push_back(std::move(field));
  DataSet data;
  if (!options.input.empty()) {
    data = example_of(options.input, fields, run.manifest.run.net);
  } else {
    const LoadOptions load = load_options(run.manifest, options, report);
    data =
        load_inputs(options.input_path, {fields, run.manifest.data.target, run.names, load, run.manifest.data.source});
  }
  data.names = run.names;
  for (const std::string& note : data.notes) report.note(note + "\n");
  return data;
}

/// Asks what is asked, of all examples where none are counted and the answers need no place on a screen.
void ask(Run& run, const DataSet& data, const std::vector<uint32_t>& rows, const RunOptions& options, Question question,
         Report& report) {
  question.seed = run.seed;
  question.values = values_asked(*run.machine, options.values);
  std::optional<AnswerFile> file;
  if (!options.answers.empty()) question.file = &file.emplace(options.answers);
  if (file) question.count = INT64_MAX;
  question.count = options.count.value_or(question.count);
  predict_part(*run.machine, data, rows, question, report);
  if (!file) return;
  file->write();
  report.note("wrote " + std::to_string(file->examples()) + (file->examples() == 1 ? " answer to " : " answers to ") +
              shown(options.answers) + "\n");
}

}  // namespace

int command_predict(std::vector<Run>& runs, const RunOptions& options, Report& report) {
  need_weights(options);
  Run& run = runs.front();
  load_weights(run, options.weights, report);
  const bool from_file = !options.input_path.empty(), is_new = from_file || !options.input.empty();
  if (options.part && is_new)
    throw Failure(exit_usage, "--input gives other examples than those of --part: leave one of them out");
  if (is_new) {
    const DataSet data = new_examples(run, options, report);
    ask(run, data, data.test, options, {.targets = false, .alone = !from_file}, report);
    return exit_done;
  }
  for (const RawField& field : own_fields(run.manifest))
    throw Failure(exit_usage, std::string(net_option) + ": `" + run.manifest.run.net + "` takes `" + field.column +
                                  "`, which the data do not have: give it by --input");
  const DataSet& data = data_of(run, options, report);
  const DataPart part = options.part.value_or(data.test.empty() ? DataPart::Train : DataPart::Test);
  expect_part(run, data, part);
  ask(run, data, data.part(part), options, {.count = shown_examples}, report);
  return exit_done;
}

void ask_net(Manifest& manifest, const std::string& name) {
  const NetInfo* asked = nullptr;
  std::string known;
  for (const NetInfo& net : manifest.nets) {
    known += (known.empty() ? "; it has " : ", ") + net.path;
    if (!asked && (net.path == name || net.net == name || net.path == manifest.run.net + "/" + name)) asked = &net;
  }
  if (!asked)
    throw Failure(exit_usage, std::string(net_option) + ": inside of `" + manifest.run.net + "` no net `" + name +
                                  "` can be asked" + known);
  for (EntryInfo& entry : manifest.entries)
    if (entry.kind == EntryKind::Predict) entry.kind = EntryKind::Net;
  manifest.entries[asked->entry].kind = EntryKind::Predict;
  manifest.outputs = asked->outputs;
  manifest.data.inputs = asked->inputs;
  manifest.run.net = asked->path;
}

}  // namespace dnnc::runtime
