#include "compiler/report/record_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "compiler/report/answer_view.h"
#include "compiler/report/data_view.h"
#include "compiler/report/highlight.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/roles.h"
#include "runtime/program/setting_names.h"
#include "runtime/run/report.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
using runtime::DataPart;

constexpr size_t most_kernels = 30, most_layers = 200;
/// Numbers of a list that an output gives for each example, beyond which they are no numbers that one looks at.
constexpr size_t most_numbers = 16;

std::string text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}
double number_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}
bool is_event(const Json& line, const char* name) { return text_in(line, runtime::event_key) == name; }

/// Loss and metrics of an event: its numbers, but for those that say what it is of.
Json numbers_in(const Json& event) {
  static const std::set<std::string> others = [] {
    std::set<std::string> names = {runtime::schema_key, "seconds", "step_seconds"};
    for (const auto& [name, word] : runtime::words<runtime::SettingName>)
      if (name == runtime::SettingName::RateScale || std::ranges::count(runtime::loop_settings, name))
        names.insert(word);
    return names;
  }();
  Json numbers = Json::object();
  for (const auto& [name, value] : event.items()) {
    if (!(value.is_number() || value.is_null()) || others.contains(name)) continue;
    const size_t dot = name.find('.');
    numbers[dot == name.npos ? name : name.substr(dot + 1)] = value;
  }
  return numbers;
}

/// The curves of lines of one kind: the numbers of each part by name, with null where a line lacks one.
Json curves_of(const std::vector<const Json*>& lines, const char* counted) {
  Json at = Json::array(), series = Json::array();
  std::vector<std::pair<size_t, std::string>> known;  // by the number of the part
  const auto numbers_of = [](const Json& line, DataPart part) {
    if (part == DataPart::Train) return numbers_in(line);
    const auto found = line.find(runtime::word_of(part));
    return found != line.end() && found->is_object() ? numbers_in(*found) : Json::object();
  };
  constexpr DataPart parts[] = {DataPart::Train, DataPart::Validation};
  std::vector<std::array<Json, std::size(parts)>> numbers;  // of each line
  for (const Json* line : lines) {
    at.push_back(number_in(*line, counted));
    numbers.emplace_back();
    for (size_t part = 0; part < std::size(parts); ++part) {
      const Json& of_part = numbers.back()[part] = numbers_of(*line, parts[part]);
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

std::vector<const Json*> lines_of(const std::vector<Json>& lines, const char* event) {
  std::vector<const Json*> chosen;
  for (const Json& line : lines)
    if (is_event(line, event)) chosen.push_back(&line);
  return chosen;
}

Json history_of(const RecordedRun& run) {
  Json history = curves_of(lines_of(run.history, "epoch"), "epoch");
  const std::string on = run.text("best", "on");
  if (const Json& epoch = run.said("best", "epoch"); epoch.is_number() && !on.empty()) {
    const size_t dot = on.find('.');
    const bool has_part = dot != on.npos;
    history["best"] = {{"epoch", epoch},
                       {"part", has_part ? on.substr(0, dot) : runtime::word_of(DataPart::Train)},
                       {"measure", has_part ? on.substr(dot + 1) : on}};
  }
  return history;
}

/// Of each part, what the trained net comes to.
Json final_numbers(const RecordedRun& run) {
  Json numbers = Json::object();
  const std::vector<const Json*> epochs = lines_of(run.history, "epoch");
  if (!epochs.empty()) {
    numbers[runtime::word_of(DataPart::Train)] = numbers_in(*epochs.back());
    const auto validation = epochs.back()->find(runtime::word_of(DataPart::Validation));
    if (validation != epochs.back()->end()) numbers[runtime::word_of(DataPart::Validation)] = numbers_in(*validation);
  }
  for (const Json& line : run.results)
    for (const DataPart part : {DataPart::Train, DataPart::Validation, DataPart::Test})
      if (is_event(line, runtime::word_of(part))) numbers[runtime::word_of(part)] = numbers_in(line);
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
    of_.name = one ? "" : text_in(output, "name");
    name_ = text_in(output, "name");
    of_.head = runtime::value_named<runtime::Head>(text_in(output, "head")).value_or(runtime::Head::Array);
    const auto classes = output.find("classes");
    if (classes != output.end() && classes->is_array())
      for (const Json& name : *classes)
        if (name.is_string()) of_.classes.push_back(name.get<std::string>());
    if (of_.head == runtime::Head::Probability) of_.classes = {"0", "1"};
    for (size_t label = 0; label < of_.classes.size(); ++label) labels_.emplace(of_.classes[label], label);
  }

  void add(const Json& line) {
    const auto answer = line.find("answer"), target = line.find("target");
    if (answer == line.end() || target == line.end()) return;
    const auto row = static_cast<uint32_t>(number_in(line, "example"));
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
    const auto given = labels_.find(text_in(answer, "label")), right = labels_.find(target.get<std::string>());
    if (given == labels_.end() || right == labels_.end()) return;
    const auto shares = answer.find("probabilities");
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

Json outputs_of(const RecordedRun& run, const KnownRun& known) {
  Json views = Json::array();
  const Json& outputs = run.said("", "outputs");
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

Json facts_of(const RecordedRun& run, std::initializer_list<std::array<const char*, 3>> rows) {
  Json facts = Json::array();
  for (const auto& [object, member, name] : rows)
    if (const std::string text = run.text(object, member); !text.empty()) facts.push_back({name, text});
  return facts;
}

/// `2026-11-30T23:59:53Z` as people read it.
std::string moment(std::string text) {
  if (text.size() != 20 || text[10] != 'T' || text[19] != 'Z') return text;
  text[10] = ' ';
  return text.substr(0, 19) + " UTC";
}

Json training_facts(const RecordedRun& run, bool several) {
  Json facts = facts_of(run, {{"", "state", "How it ended"}, {"", "why", "Why"}});
  if (const std::string begun = run.text("", "begun"); !begun.empty()) facts.push_back({"Begun", moment(begun)});
  if (const std::string ended = run.text("", "ended"); !ended.empty()) facts.push_back({"Ended", moment(ended)});
  if (const Json& seconds = run.said("", "seconds"); seconds.is_number())
    facts.push_back({"Trained for", runtime::duration(seconds.get<double>())});
  if (!several)
    for (const Json& fact : facts_of(run, {{"settings", "run", "Training"}, {"settings", "net", "Net"}}))
      facts.push_back(fact);
  for (const Json& fact : facts_of(run, {{"settings", "epochs", "Epochs"},
                                         {"settings", "batch", "Batch"},
                                         {"settings", "seed", "Seed"},
                                         {"settings", "threads", "Threads"},
                                         {"settings", "device", "Device"},
                                         {"settings", "from", "Started from"}}))
    facts.push_back(fact);
  if (const Json& constants = run.said("settings", "constants"); !constants.empty())
    facts.push_back({"Constants that were set", run.text("settings", "constants")});
  return facts;
}

Json environment_of(const RecordedRun& run) {
  Json facts = facts_of(run, {{"environment", "dnnc", "dnnc"},
                              {"environment", "processor", "Processor"},
                              {"environment", "system", "System"},
                              {"environment", "machine", "Code made for"},
                              {"data", "key", "Data key"}});
  const Json& files = run.said("data", "files");
  if (files.is_array())
    for (const Json& file : files)
      facts.push_back({"File of the data", fmt::format("{}, {:.0f} bytes, SHA-256 {}", text_in(file, "file"),
                                                       number_in(file, "bytes"), text_in(file, "sha256"))});
  for (const char* which : {"best", "last"})
    if (const Json& weights = run.said("weights", which); weights.is_object())
      facts.push_back(
          {fmt::format("Weights, {}", which), fmt::format("{}, of epoch {:.0f}, SHA-256 {}", text_in(weights, "file"),
                                                          number_in(weights, "epoch"), text_in(weights, "sha256"))});
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

Json kernels_of(const RecordedRun& run) {
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

Json memory_of(const RecordedRun& run) {
  Json rows = Json::array();
  const Json& memory = run.said("info", "memory");
  if (!memory.is_object()) return rows;
  if (memory.contains("bytes")) rows.push_back({"For a training step, all of it", memory["bytes"]});
  if (memory.contains("kept"))
    rows.push_back({"Of that, kept from step to step: weights and what the optimizer remembers", memory["kept"]});
  return rows;
}

std::string progress_of(const RecordedRun& run) {
  const std::vector<const Json*> epochs = lines_of(run.history, "epoch");
  const std::string planned = run.text("settings", "epochs");
  if (epochs.empty()) return "the first epoch";
  return fmt::format("epoch {:.0f} of {} is through", number_in(*epochs.back(), "epoch"), planned);
}

}  // namespace

Json record_view(const ReportSource& source, bool live) {
  const RecordedRun& first = source.runs.front();
  const bool several = source.runs.size() > 1;
  Json runs = Json::array(), contracts = Json::array();
  std::string shape, state = first.text("", "state"), progress;
  for (size_t number = 0; number < source.runs.size(); ++number) {
    const RecordedRun& run = source.runs[number];
    Json view = {{"name", run.name()},
                 {"history", history_of(run)},
                 {"numbers", final_numbers(run)},
                 {"facts", training_facts(run, several)}};
    const std::vector<const Json*> steps = lines_of(run.history, "step");
    if (!steps.empty()) view["steps"] = curves_of(steps, "step");
    view["part"] = run.text("answers", "part");
    view["asked"] = run.answers.size();
    view["outputs"] = outputs_of(run, source.known[number]);
    shape += fmt::format("{} {} {} {};", run.text("", "state"), view["history"]["series"].size(),
                         view.contains("steps"), run.results.size());
    if (run.runs()) {
      state = run.text("", "state");
      progress = (several ? view["name"].get<std::string>() + ", " : "") + progress_of(run);
    }
    for (const Json& line : run.results)
      if (is_event(line, "expect"))
        contracts.push_back({{"text", text_in(line, "text")}, {"holds", line.value("holds", false)}});
    runs.push_back(std::move(view));
  }
  const std::string program = first.text("", "program");
  const std::string name = std::filesystem::path(program).stem().string();
  Json report = {{"title", name.empty() ? "a training" : name},
                 {"lead", fmt::format("dnnc {} {}, begun {}", first.text("", "command"), program,
                                      moment(first.text("", "begun")))},
                 {"live", live},
                 {"state", state},
                 {"shape", shape},
                 {"progress", progress},
                 {"notes", source.notes},
                 {"runs", std::move(runs)},
                 {"contracts", std::move(contracts)},
                 {"program", program_of(source)},
                 {"kernels", kernels_of(first)},
                 {"layers", layers_of(source.known.front())},
                 {"memory", memory_of(first)},
                 {"environment", environment_of(first)}};
  Json highlights = Json::array();
  if (const Json& parameters = first.said("info", "parameters"); parameters.is_number())
    highlights.push_back({"parameters", parameters});
  report["highlights"] = std::move(highlights);
  report["seconds"] = first.said("", "seconds");
  for (const KnownRun& known : source.known)
    if (known.data && !report.contains("data")) report["data"] = data_view(*known.data, *known.about);
  return report;
}

}  // namespace dnnc
