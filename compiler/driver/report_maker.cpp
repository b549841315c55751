#include "compiler/driver/report_maker.h"

#include <fmt/core.h>

#include <algorithm>
#include <list>
#include <nlohmann/json.hpp>

#include "compiler/driver/manifest.h"
#include "compiler/driver/read_program.h"
#include "compiler/report/record_view.h"
#include "compiler/sema/model.h"
#include "compiler/support/diagnostics.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"
#include "runtime/run/checkpoint.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
namespace is = runtime::record_members;

std::string data_key(const TrainingRecord& run) { return run.text(is::data, is::key); }

/// What decides about a program and its data: it is checked again only if this changes.
std::string key_of_records(const std::vector<TrainingRecord>& runs) {
  std::string key;
  for (const TrainingRecord& run : runs) {
    key += run.run() + "\n" + run.data_folder() + "\n" + data_key(run) + "\n";
    for (const runtime::SourceText& source : run.sources()) key += source.text;
    for (const auto& [name, value] : run.constants()) key += name + "=" + value + "\n";
  }
  return key;
}

}  // namespace

/// The program of the records, from their own texts, and its data.
struct ReportMaker::Program {
  explicit Program(const std::vector<TrainingRecord>& runs) : key(key_of_records(runs)) {}

  void check(const TrainingRecord& run) {
    const std::vector<runtime::SourceText> written = run.sources();
    if (written.empty()) return;
    Diagnostics faults(sources);
    const std::vector<ast::File> files = parse_program(written, sources, faults);
    for (uint32_t k = 0; k < written.size(); ++k) texts.push_back(SourceId{k});
    if (files.size() == written.size() && !faults.has_errors())
      model = dnnc::check(files, {run.constants()}, sources, faults);
    if (!model) notes.push_back("This dnnc does not take the recorded program: what its data are is left out.");
  }

  /// Loads the data of a run, unless one before it has the same.
  void load(const TrainingRecord& run, const std::string& given_folder, const Training& training) {
    const runtime::DataDescription wanted = data_description(training.data, sources);
    for (const Loaded& loaded : data)
      if (loaded.about == wanted) return use(loaded);
    const std::string folder = given_folder.empty() ? run.data_folder() : given_folder;
    const auto fetched = runtime::data_folder();
    try {
      Loaded loaded{wanted, runtime::load_data(wanted, {folder, fetched.path, nullptr, fetched.why_not})};
      const std::string now = runtime::key_of({.data = wanted}, loaded.data).data;
      if (const std::string then = data_key(run); !then.empty() && then != now) {
        notes.push_back(
            fmt::format("The data {} are not those that it was trained on: they have changed since, and are left out.",
                        wanted.name));
        known.emplace_back();
        return;
      }
      data.push_back(std::move(loaded));
      use(data.back());
    } catch (const runtime::Failure& failure) {
      notes.push_back(
          fmt::format("The data are left out, as they cannot be read here: {}", runtime::showable(failure.what())));
      known.emplace_back();
    }
  }

  struct Loaded {
    runtime::DataDescription about;
    runtime::DataSet data;
  };
  void use(const Loaded& loaded) { known.push_back({{}, &loaded.about, &loaded.data}); }

  std::string key;
  Sources sources;
  std::vector<SourceId> texts;
  std::optional<Model> model;
  std::list<Loaded> data;  ///< which stay where they are
  std::vector<KnownRun> known;
  std::vector<std::string> notes;
};

ReportMaker::ReportMaker(Session& session, std::string folder) : session_(session), folder_(std::move(folder)) {}
ReportMaker::~ReportMaker() = default;

Json ReportMaker::view(bool live) {
  ReportSource source;
  source.folder = folder_;
  std::vector<std::string> faults;
  for (const std::string& one : record_folders({folder_})) {
    source.runs.push_back(read_record(one));
    read_answers(source.runs.back());
    for (const std::string& fault : source.runs.back().faults) faults.push_back(fault + ": it is left out");
  }
  // Runs of one command begin one after the other.
  std::ranges::stable_sort(source.runs, {}, [](const TrainingRecord& run) { return run.text(is::begun); });
  if (!program_ || program_->key != key_of_records(source.runs)) {
    program_ = std::make_unique<Program>(source.runs);
    program_->check(source.runs.front());
    for (const TrainingRecord& run : source.runs) {
      const std::vector<Training> none;
      const auto& trainings = program_->model ? program_->model->trainings : none;
      const auto training = std::ranges::find(trainings, run.run(), &Training::name);
      if (training == trainings.end()) {
        program_->known.emplace_back();
        continue;
      }
      program_->load(run, session_.options().running.data, *training);
      program_->known.back().layers = {training->layers.begin(), training->layers.end()};
    }
  }
  source.known = program_->known;
  source.sources = &program_->sources;
  source.texts = program_->texts;
  source.notes = program_->notes;
  source.notes.insert(source.notes.end(), faults.begin(), faults.end());
  return record_view(source, live);
}

}  // namespace dnnc
