#include "compiler/report/record_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "compiler/records/measures.h"
#include "compiler/report/answer_view.h"
#include "compiler/report/data_view.h"
#include "compiler/report/highlight.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/json.h"
#include "runtime/run/answers.h"
#include "runtime/run/report.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
using runtime::DataPart;
namespace is = runtime::record_members;
namespace fields = runtime::event_fields;

constexpr size_t most_kernels = 30, most_layers = 200;
/// Numbers of a list that an output gives for each example, beyond which they are no numbers that one looks at.
constexpr size_t most_numbers = 16;

std::string text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}
bool is_event(const Json& line, const char* name) { return text_in(line, runtime::event_key) == name; }

/// The curves of lines of one kind: the numbers of each part by name, with null where a line lacks one.
Json curves_of(const std::vector<Json>& lines, const char* counted) {
  Json at = Json::array(), series = Json::array();
  std::vector<std::pair<size_t, std::string>> known;  // by the number of the part
  constexpr DataPart parts[] = {DataPart::Train, DataPart::Validation};
  std::vector<std::array<Json, std::size(parts)>> numbers;  // of each line
  for (const Json& line : lines) {
    at.push_back(number_in(line, counted));
    numbers.emplace_back();
    for (size_t part = 0; part < std::size(parts); ++part) {
      const Json& of_part = numbers.back()[part] = measures_of(line, parts[part]);
      for (const auto& [name, value] : of_part.items())
        if (std::ranges::find(known, std::pair(part, name)) == known.end()) known.emplace_back(part, name);
    }
  }
  // The loss first: of it all else follows.
  std::ranges::stable_sort(known, {},
                           [](const auto& row) { return std::pair(row.second != runtime::loss_name, row.first); });
  for (const auto& [part, name] : known) {
    Json values = Json::array();
    for (const auto& line : numbers) values.push_back(line[part].contains(name) ? line[part][name] : Json());
    series.push_back({{"part", runtime::word_of(parts[part])}, {"name", name}, {"values", std::move(values)}});
  }
  return {{"epochs", std::move(at)}, {"unit", counted}, {"series", std::move(series)}};
}

Json history_of(const TrainingRecord& run) {
  Json history = curves_of(run.epochs, fields::epoch);
  if (const std::optional<BestEpoch> best = best_of(run))
    history["best"] = {{"epoch", best->epoch}, {"part", runtime::word_of(best->part)}, {"measure", best->measure}};
  return history;
}

/// Of each part, what the trained net comes to.
Json final_numbers(const TrainingRecord& run) {
  Json numbers = Json::object();
  if (!run.epochs.empty()) {
    numbers[runtime::word_of(DataPart::Train)] = measures_of(run.epochs.back(), DataPart::Train);
    if (Json validation = measures_of(run.epochs.back(), DataPart::Validation); !validation.empty())
      numbers[runtime::word_of(DataPart::Validation)] = std::move(validation);
  }
  for (const Json& line : run.results)
    for (const auto& [part, word] : runtime::words<DataPart>)
      if (is_event(line, word)) numbers[word] = measures_of_part(line);
  return numbers;
}

/// What an answer or target says for one output.
const Json& value_for(const Json& value, const std::string& output, bool one) {
  static const Json nothing;
  if (one) return value;
  const auto found = value.is_object() ? value.find(output) : value.end();
  return value.is_object() && found != value.end() ? *found : nothing;
}

class AnswerReader {
 public:
  AnswerReader(const Json& output, bool one) : one_(one) {
    of_.name = one ? "" : text_in(output, is::name);
    name_ = text_in(output, is::name);
    of_.head = runtime::value_named<runtime::Head>(text_in(output, is::head)).value_or(runtime::Head::Array);
    const auto classes = output.find(is::classes);
    if (classes != output.end() && classes->is_array())
      for (const Json& name : *classes)
        if (name.is_string()) of_.classes.push_back(name.get<std::string>());
    if (of_.head == runtime::Head::Probability) of_.classes = {"0", "1"};
    for (size_t label = 0; label < of_.classes.size(); ++label) labels_.emplace(of_.classes[label], label);
  }

  void add(const Json& line) {
    const auto answer = line.find(fields::answer), target = line.find(runtime::answer_words::target);
    if (answer == line.end() || target == line.end()) return;
    const auto row = static_cast<uint32_t>(number_in(line, fields::example));
    add(row, value_for(*answer, name_, one_), value_for(*target, name_, one_));
  }

  /// Whether there is something that can be shown.
  bool any() const { return !of_.answers.empty(); }
  const OutputAnswers& answers() const { return of_; }

 private:
  void add(uint32_t row, const Json& answer, const Json& target) {
    if (of_.head == runtime::Head::Class) return add_label(row, answer, target);
    if (of_.head == runtime::Head::Array) return;
    if (answer.is_number() && target.is_number())
      of_.answers.push_back({row, target.get<double>(), answer.get<double>()});
    const bool lists = answer.is_array() && target.is_array() && answer.size() == target.size();
    if (!lists || answer.size() > most_numbers) return;
    for (size_t at = 0; at < answer.size(); ++at) add(row, answer[at], target[at]);
  }

  void add_label(uint32_t row, const Json& answer, const Json& target) {
    if (!answer.is_object() || !target.is_string()) return;
    const auto given = labels_.find(text_in(answer, runtime::answer_words::label)),
               right = labels_.find(target.get<std::string>());
    if (given == labels_.end() || right == labels_.end()) return;
    const auto shares = answer.find(runtime::answer_words::probabilities);
    const bool has_share = shares != answer.end() && shares->is_array() && given->second < shares->size() &&
                           (*shares)[given->second].is_number();
    of_.answers.push_back({row, static_cast<double>(right->second), static_cast<double>(given->second),
                           has_share ? (*shares)[given->second].get<double>() : 1});
  }

  bool one_;
  std::string name_;
  OutputAnswers of_;
  std::map<std::string, size_t> labels_;
};

Json outputs_of(const TrainingRecord& run, const KnownRun& known) {
  Json views = Json::array();
  const Json& outputs = run.at(is::outputs);
  if (!outputs.is_array()) return views;
  std::optional<ExampleView> examples;
  if (known.data) examples.emplace(*known.data, *known.about);
  for (const Json& output : outputs) {
    AnswerReader reader(output, outputs.size() == 1);
    for (const Json& line : run.answers) reader.add(line);
    if (reader.any()) views.push_back(answer_view(reader.answers(), examples ? &*examples : nullptr));
  }
  return views;
}

std::string fact_text(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.is_null() ? "" : runtime::json_text(json);
}

/// Members of the record, or of one of its objects, and what they are called here.
Json facts_of(const Json& object, std::initializer_list<std::pair<const char*, const char*>> rows) {
  Json facts = Json::array();
  if (!object.is_object()) return facts;
  for (const auto& [member, name] : rows)
    if (const std::string text = fact_text(object.value(member, Json())); !text.empty()) facts.push_back({name, text});
  return facts;
}

void append(Json& facts, Json more) {
  for (Json& fact : more) facts.push_back(std::move(fact));
}

/// `2026-11-30T23:59:53Z` as people read it.
std::string moment(std::string text) {
  if (text.size() != 20 || text[10] != 'T' || text[19] != 'Z') return text;
  text[10] = ' ';
  return text.substr(0, 19) + " UTC";
}

Json training_facts(const TrainingRecord& run, bool several) {
  Json facts = facts_of(run.about, {{is::state, "How it ended"}, {is::why, "Why"}});
  if (const std::string begun = run.text(is::begun); !begun.empty()) facts.push_back({"Begun", moment(begun)});
  if (const std::string ended = run.text(is::ended); !ended.empty()) facts.push_back({"Ended", moment(ended)});
  if (const Json& seconds = run.at(is::seconds); seconds.is_number())
    facts.push_back({"Trained for", runtime::duration(seconds.get<double>())});
  const Json& settings = run.at(is::settings);
  if (!several) append(facts, facts_of(settings, {{is::run, "Training"}, {is::net, "Net"}}));
  append(facts, facts_of(settings, {{is::epochs, "Epochs"},
                                    {is::batch, "Batch"},
                                    {is::seed, "Seed"},
                                    {is::threads, "Threads"},
                                    {is::device, "Device"},
                                    {is::from, "Started from"}}));
  std::string constants;
  for (const auto& [name, value] : run.constants())
    constants += fmt::format("{}{} = {}", constants.empty() ? "" : ", ", name, value);
  if (!constants.empty()) facts.push_back({"Constants that were set", constants});
  return facts;
}

Json environment_of(const TrainingRecord& run) {
  Json facts = facts_of(run.at(is::environment), {{is::dnnc, "dnnc"},
                                                  {is::processor, "Processor"},
                                                  {is::device, "Device"},
                                                  {is::driver, "Driver of the device"},
                                                  {is::system, "System"},
                                                  {is::machine, "Code made for"}});
  append(facts, facts_of(run.at(is::data), {{is::key, "Data key"}}));
  if (const Json& files = run.at(is::data, is::files); files.is_array())
    for (const Json& file : files)
      facts.push_back({"File of the data", fmt::format("{}, {:.0f} bytes, SHA-256 {}", text_in(file, is::file),
                                                       number_in(file, is::bytes), text_in(file, is::sha256))});
  for (const char* which : {is::best, is::last})
    if (const Json& weights = run.at(is::weights, which); weights.is_object())
      facts.push_back({fmt::format("Weights, {}", which),
                       fmt::format("{}, of epoch {:.0f}, SHA-256 {}", text_in(weights, is::file),
                                   number_in(weights, is::epoch), text_in(weights, is::sha256))});
  return facts;
}

Json program_of(const ReportSource& source) {
  static constexpr std::pair<TextKind, const char*> looks[] = {
      {TextKind::Plain, ""},      {TextKind::Keyword, "keyword"}, {TextKind::Number, "number-literal"},
      {TextKind::Text, "string"}, {TextKind::Comment, "comment"}, {TextKind::Defined, "defined"},
      {TextKind::Key, "key"},     {TextKind::Called, "called"}};
  Json files = Json::array();
  for (const SourceId text : source.texts) {
    Json pieces = Json::array();
    for (const TextPiece& piece : highlight(text, *source.sources))
      pieces.push_back(
          {std::ranges::find(looks, piece.kind, &std::pair<TextKind, const char*>::first)->second, piece.text});
    files.push_back({{"name", source.sources->name(text)}, {"pieces", std::move(pieces)}});
  }
  return files;
}

Json kernels_of(const TrainingRecord& run) {
  Json rows = Json::array();
  const auto kernels = run.bench.is_object() ? run.bench.find("kernels") : run.bench.end();
  if (!run.bench.is_object() || kernels == run.bench.end() || !kernels->is_array()) return rows;
  for (const Json& kernel : *kernels)
    if (rows.size() < most_kernels)
      rows.push_back({{"name", text_in(kernel, "name")},
                      {"kind", text_in(kernel, "kind")},
                      {"place", text_in(kernel, "place")},
                      {"seconds", number_in(kernel, "seconds")},
                      {"share", number_in(kernel, "share")}});
  return rows;
}

Json layers_of(const KnownRun& known) {
  Json rows = Json::array();
  for (const runtime::LayerInfo& layer : known.layers)
    if (rows.size() < most_layers)
      rows.push_back({{"path", layer.path},
                      {"definition", layer.definition},
                      {"shape", layer.shape},
                      {"parameters", layer.parameters}});
  return rows;
}

Json memory_of(const TrainingRecord& run) {
  Json rows = Json::array();
  const Json& memory = run.at(is::info, "memory");
  if (!memory.is_object()) return rows;
  if (memory.contains("bytes")) rows.push_back({"For a training step, all of it", memory["bytes"]});
  if (memory.contains("kept"))
    rows.push_back({"Of that, kept from step to step: weights and what the optimizer remembers", memory["kept"]});
  return rows;
}

std::string progress_of(const TrainingRecord& run) {
  if (run.epochs.empty()) return "the first epoch";
  return fmt::format("epoch {:.0f} of {} is through", number_in(run.epochs.back(), fields::epoch),
                     fact_text(run.at(is::settings, is::epochs)));
}

}  // namespace

Json record_view(const ReportSource& source, bool live) {
  const TrainingRecord& first = source.runs.front();
  const bool several = source.runs.size() > 1;
  Json runs = Json::array(), contracts = Json::array();
  std::string shape, state = first.text(is::state), progress;
  for (size_t number = 0; number < source.runs.size(); ++number) {
    const TrainingRecord& run = source.runs[number];
    Json view = {{"name", run.run()},
                 {"history", history_of(run)},
                 {"numbers", final_numbers(run)},
                 {"facts", training_facts(run, several)}};
    if (!run.steps.empty()) view["steps"] = curves_of(run.steps, fields::step);
    view["part"] = run.text(is::answers, is::part);
    view["asked"] = run.answers.size();
    view["outputs"] = outputs_of(run, source.known[number]);
    shape += fmt::format("{} {} {} {};", run.text(is::state), view["history"]["series"].size(), view.contains("steps"),
                         run.results.size());
    if (run.runs()) {
      state = run.text(is::state);
      progress = (several ? view["name"].get<std::string>() + ", " : "") + progress_of(run);
    }
    for (const Json& line : run.results)
      if (is_event(line, runtime::word_of(runtime::Event::Expect)))
        contracts.push_back({{"text", text_in(line, fields::text)}, {"holds", line.value(fields::holds, false)}});
    runs.push_back(std::move(view));
  }
  const auto timed = std::ranges::find_if(source.runs, [](const TrainingRecord& run) { return run.bench.is_object(); });
  const std::string program = first.text(is::program);
  const std::string name = std::filesystem::path(program).stem().string();
  Json report = {
      {"title", name.empty() ? "a training" : name},
      {"lead", fmt::format("dnnc {} {}, begun {}", first.text(is::command), program, moment(first.text(is::begun)))},
      {"live", live},
      {"state", state},
      {"shape", shape},
      {"progress", progress},
      {"notes", source.notes},
      {"runs", std::move(runs)},
      {"contracts", std::move(contracts)},
      {"program", program_of(source)},
      {"kernels", timed == source.runs.end() ? Json::array() : kernels_of(*timed)},
      {"layers", layers_of(source.known.front())},
      {"memory", memory_of(first)},
      {"environment", environment_of(first)}};
  Json highlights = Json::array();
  if (const Json& parameters = first.at(is::info, "parameters"); parameters.is_number())
    highlights.push_back({"parameters", parameters});
  report["highlights"] = std::move(highlights);
  report["seconds"] = first.at(is::seconds);
  for (const KnownRun& known : source.known)
    if (known.data && !report.contains("data")) report["data"] = data_view(*known.data, *known.about);
  return report;
}

}  // namespace dnnc
