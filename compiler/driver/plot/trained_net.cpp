#include "compiler/driver/plot/trained_net.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/records/record.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/run/asking.h"
#include "runtime/run/questions.h"

namespace dnnc {
namespace {

using runtime::Failure;

std::vector<uint32_t> chosen_part(const Options& options, const runtime::DataSet& data, runtime::DataPart& part) {
  using runtime::DataPart;
  part = options.running.part.value_or(!data.test.empty()         ? DataPart::Test
                                       : !data.validation.empty() ? DataPart::Validation
                                                                  : DataPart::Train);
  if (data.part(part).empty())
    throw Failure(runtime::exit_wrong,
                  fmt::format("{}: the data have no part `{}`", options.file, runtime::word_of(part)));
  return data.part(part);
}

/// What was asked of a record: its program as it was, with its run and constants, and its weights, where nothing else was given.
Options of_record(Options options) {
  const TrainingRecord record = read_one_record(options.file, options.run);
  options.texts = record.sources();
  options.file = record.text(runtime::record_members::program);
  if (options.texts.empty() || options.file.empty())
    throw Failure(runtime::exit_wrong, record.folder + ": this record has no program so far");
  if (options.running.weights.empty()) options.running.weights = record.weights();
  options.run = record.run();
  if (options.running.data.empty())
    options.running.data = record.text(runtime::record_members::settings, runtime::record_members::data);
  for (const auto& [name, value] : record.constants()) options.constants.emplace(name, value);
  return options;
}

}  // namespace

std::optional<TrainedNet> load_trained_net(Session& session) {
  if (runtime::is_folder(session.options().file)) {
    Session of_its_program(of_record(session.options()));
    return load_trained_net(of_its_program);
  }
  const Options& options = session.options();
  if (options.running.weights.empty())
    throw Failure(runtime::exit_usage, fmt::format("a trained net is drawn: {} needs --weights FILE", options.file));
  TrainedNet net;
  net.file = options.file;
  std::optional<LoadedRuns> loaded = load_runs(session, false);
  if (!loaded) return std::nullopt;
  net.loaded = std::move(*loaded);
  const runtime::ProgramRun& program = net.loaded.runs.front();
  net.run = std::make_unique<runtime::Run>();
  net.run->manifest = program.manifest;
  net.run->seed = options.running.seed.value_or(program.manifest.run.seed);
  net.run->machine = std::make_unique<runtime::Machine>(*program.program, net.run->manifest);
  if (!options.running.data.empty() && !runtime::is_folder(options.running.data))
    throw Failure(runtime::exit_input_output, options.running.data + ": is no folder in which data could be");
  runtime::Report report(options.running);
  if (!net.loaded.note.empty()) report.note(net.loaded.note);
  runtime::load_weights(*net.run, options.running.weights, report);
  net.examples = chosen_part(options, runtime::data_of(*net.run, options.running, report), net.part);
  return net;
}

std::vector<Answer> ask(runtime::Run& run, const runtime::DataSet& data, const std::vector<uint32_t>& rows,
                        bool with_targets) {
  std::vector<Answer> answers;
  runtime::Asking(*run.machine, data, with_targets, run.seed)
      .each(rows, run.names, {},
            [&](uint32_t row, std::vector<runtime::Shown> given, std::vector<runtime::Shown> targets) {
              answers.push_back({row, std::move(given), std::move(targets)});
            });
  return answers;
}

const runtime::Shown* shown_named(const std::vector<runtime::Shown>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &runtime::Shown::name);
  return found != all.end() ? &*found : all.size() == 1 ? &all.front() : nullptr;
}

ClassOutput::ClassOutput(const TrainedNet& net) {
  for (const runtime::OutputInfo& output : net.manifest().outputs) {
    const int64_t places = runtime::element_count(output.shape);
    two_ = output.head == runtime::Head::Probability && places == 1;
    if (!two_ && !(output.head == runtime::Head::Class && places == output.classes)) continue;
    output_ = output.name;
    names_ = runtime::class_names(net.manifest(), output, net.run->names);
    const size_t count = two_ ? 2 : static_cast<size_t>(output.classes);
    for (size_t k = names_.size(); k < count; ++k) names_.push_back(std::to_string(k));
    return;
  }
  throw Failure(
      runtime::exit_wrong,
      fmt::format("{}: the net `{}` answers with no class and no probability; `plot regression` draws numbers",
                  net.file, net.manifest().run.net));
}

ClassAnswer ClassOutput::answer(const Answer& answer) const {
  const runtime::Shown& shown = *shown_named(answer.answers, output_);
  ClassAnswer result{0, shown.values.values};
  if (two_) result.probabilities = {1 - shown.values.values.front(), shown.values.values.front()};
  const auto largest = std::ranges::max_element(result.probabilities);
  result.label = static_cast<size_t>(largest - result.probabilities.begin());
  return result;
}

std::optional<size_t> ClassOutput::target(const Answer& answer) const {
  const runtime::Shown* const shown = shown_named(answer.targets, output_);
  if (!shown) return std::nullopt;
  const runtime::Items& items = shown->labels ? *shown->labels : shown->values;
  const double value = items.values.front();
  const size_t label = two_ ? value >= 0.5 : static_cast<size_t>(value);
  return label < names_.size() ? std::optional(label) : std::nullopt;
}

}  // namespace dnnc
