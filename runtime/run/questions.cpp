#include "runtime/run/questions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/data/inputs.h"
#include "runtime/program/failure.h"
#include "runtime/run/events.h"
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

/// The answers to all examples of --input FILE.
void predict_file(Run& run, const RunOptions& options, const std::vector<std::string>& values, Report& report) {
  const LoadOptions load = load_options(run.manifest, options, report);
  const DataSet data = load_inputs(options.input_path, {input_fields(run.manifest.data), run.manifest.data.target,
                                                        run.names, load, run.manifest.data.source});
  for (const std::string& note : data.notes) report.note(note + "\n");
  predict_part(*run.machine, data, data.test, options.count.value_or(data.examples), run.seed, report, values);
}

}  // namespace

int command_predict(std::vector<Run>& runs, const RunOptions& options, Report& report) {
  need_weights(options);
  Run& run = runs.front();
  load_weights(run, options.weights, report);
  const std::vector<std::string> values = values_asked(*run.machine, options.values);
  const bool from_file = !options.input_path.empty();
  if (options.part && (from_file || !options.input.empty()))
    throw Failure(exit_usage, "--input gives other examples than those of --part: leave one of them out");
  if (from_file) {
    predict_file(run, options, values, report);
    return exit_done;
  }
  if (!options.input.empty()) {
    predict_one(*run.machine, options.input, run.seed);
    if (options.json)
      report.event(event_line(Event::Predict, {{"answer", predict_json(*run.machine, run.names.classes, 0, values)}}));
    else report.say(predict_text(*run.machine, run.names.classes, 0, values) + "\n");
    return exit_done;
  }
  const DataSet& data = data_of(run, options, report);
  const DataPart part = options.part.value_or(data.test.empty() ? DataPart::Train : DataPart::Test);
  expect_part(run, data, part);
  predict_part(*run.machine, data, data.part(part), options.count.value_or(shown_examples), run.seed, report, values);
  return exit_done;
}

}  // namespace dnnc::runtime
