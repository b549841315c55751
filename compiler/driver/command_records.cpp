#include <fmt/core.h>

#include <algorithm>

#include "compiler/driver/commands.h"
#include "compiler/records/compare.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/run/events.h"
#include "runtime/run/report.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
using runtime::Event;
using Row = std::vector<std::string>;

constexpr size_t between_columns = 2;

/// Columns below their heads; how many letters a cell has is what decides.
std::string table_of(const std::vector<Row>& rows) {
  const auto letters = [](const std::string& text) {
    return static_cast<size_t>(std::ranges::count_if(text, [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
  };
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows)
    for (size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], letters(row[k]));
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t k = 0; k < row.size(); ++k)
      line += row[k] + std::string(widths[k] - letters(row[k]) + between_columns, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

const Json& member(const Json& json, const std::string& name) {
  static const Json none;
  const auto found = json.is_object() ? json.find(name) : json.end();
  return json.is_object() && found != json.end() ? *found : none;
}

std::string number_text(const Json& json) {
  return json.is_number() ? runtime::short_number(json.get<double>()) : json.is_null() ? "" : runtime::json_text(json);
}

/// The number of an epoch that is called "validation.loss" or "train.loss".
const Json& number_of(const Json& epoch, const std::string& name) {
  const size_t dot = name.find('.');
  const std::string part = name.substr(0, dot), measure = name.substr(dot + 1);
  if (part == runtime::word_of(runtime::DataPart::Validation)) return member(member(epoch, part), measure);
  const Json& plain = member(epoch, measure);
  return plain.is_null() ? member(epoch, name) : plain;
}

bool is_figure(const std::string& name, const Json& value) { return name != runtime::schema_key && value.is_number(); }

/// "test  loss 0.3127  accuracy 0.8912"
std::string result_text(const TrainingRecord& record) {
  const Json* const result = record.result();
  if (!result) return "";
  std::string text = member(*result, runtime::event_key).get<std::string>();
  for (const auto& [name, value] : result->items())
    if (is_figure(name, value)) text += "  " + name + " " + number_text(value);
  return text;
}

std::string epochs_text(const TrainingRecord& record) {
  const Json done = record.epochs.empty() ? Json(0) : member(record.epochs.back(), "epoch");
  return runtime::json_text(done) + "/" + runtime::json_text(record.at("settings", "epochs"));
}

Row row_of(const TrainingRecord& record) {
  const std::string on = record.text("best", "on");
  const Json& seconds = record.at("seconds");
  return {runtime::shown(record.folder),
          runtime::shown(record.text("program")),
          record.text("settings", "run"),
          record.text("state"),
          epochs_text(record),
          on.empty() ? ""
                     : fmt::format("{} {} at {}", on, number_text(record.at("best", "value")),
                                   runtime::json_text(record.at("best", "epoch"))),
          on.empty() || record.epochs.empty() ? "" : number_text(number_of(record.epochs.back(), on)),
          result_text(record),
          seconds.is_number() ? runtime::duration(seconds.get<double>()) : ""};
}

/// All that is said of records, in the order in which it is said.
void tell_as_events(const Session& session, const std::vector<TrainingRecord>& records,
                    const std::vector<RecordDifference>& differences, const std::vector<ProgramLine>& lines) {
  for (const TrainingRecord& record : records) {
    Json fields = {{"folder", record.folder}};
    for (const char* name : {"best", "program", "state", "why", "begun", "seconds", "settings", "ended"})
      if (const Json& value = record.at(name); !value.is_null()) fields[name] = value;
    if (!record.epochs.empty()) fields["last"] = record.epochs.back();
    if (const Json* const result = record.result()) fields["result"] = *result;
    session.print(runtime::event_line(Event::Record, std::move(fields)));
  }
  for (const RecordDifference& difference : differences)
    session.print(runtime::event_line(Event::Difference, {{"name", difference.name}, {"values", difference.values}}));
  for (const ProgramLine& line : lines)
    session.print(runtime::event_line(Event::Difference, {{"folder", records[line.first ? 0 : 1].folder},
                                                          {"file", line.file},
                                                          {"line", line.number},
                                                          {"text", line.text}}));
}

void tell(const Session& session, const std::vector<TrainingRecord>& records,
          const std::vector<RecordDifference>& differences, const std::vector<ProgramLine>& lines) {
  std::vector<Row> rows = {{"record", "program", "run", "state", "epochs", "best", "last", "result", "time"}};
  for (const TrainingRecord& record : records) rows.push_back(row_of(record));
  session.print(table_of(rows));
  if (!differences.empty()) {
    rows = {{"differs"}};
    for (const TrainingRecord& record : records) rows.front().push_back(runtime::shown(record.folder));
    for (const RecordDifference& difference : differences) {
      rows.push_back({difference.name});
      for (const std::string& value : difference.values)
        rows.back().push_back(value.empty() ? "-" : runtime::shown(value));
    }
    session.print("\n" + table_of(rows));
  }
  if (!lines.empty()) session.print("\n");
  for (const ProgramLine& line : lines)
    session.print(fmt::format("{} {}:{} | {}\n", line.first ? '-' : '+', runtime::shown(line.file), line.number,
                              runtime::shown(line.text)));
}

}  // namespace

int command_records(Session& session) {
  const std::vector<std::string>& folders = session.options().words;
  if (folders.empty()) {
    session.tell(fmt::format("dnnc: {0} is missing: dnnc {1} {0}...\n", runtime::placeholders::folder,
                             session.options().command));
    return runtime::exit_usage;
  }
  const std::vector<TrainingRecord> records = read_records(folders);
  const std::vector<RecordDifference> differences = record_differences(records);
  const std::vector<ProgramLine> lines =
      records.size() == 2 ? other_lines(records[0], records[1]) : std::vector<ProgramLine>();
  if (session.options().running.json) tell_as_events(session, records, differences, lines);
  else tell(session, records, differences, lines);
  return runtime::exit_done;
}

}  // namespace dnnc
