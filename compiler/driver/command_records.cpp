#include <fmt/core.h>

#include <algorithm>

#include "compiler/driver/commands.h"
#include "compiler/driver/drawer.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/records/compare.h"
#include "compiler/records/measures.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/program/shown.h"
#include "runtime/run/events.h"
#include "runtime/run/report.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
using runtime::Event;
namespace is = runtime::record_members;
using Row = std::vector<std::string>;

constexpr size_t between_columns = 2;

/// More records stand below each other, and what differs beside.
constexpr size_t most_beside = 4;

/// Rows as columns.
std::vector<Row> turned(const std::vector<Row>& rows) {
  std::vector<Row> columns(rows.front().size());
  for (const Row& row : rows)
    for (size_t k = 0; k < row.size(); ++k) columns[k].push_back(row[k]);
  return columns;
}

bool letter_begins(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }
size_t letters_of(const std::string& text) { return static_cast<size_t>(std::ranges::count_if(text, letter_begins)); }

/// Columns below their heads; how many letters a cell has is what decides.
std::string table_of(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows)
    for (size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], letters_of(row[k]));
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t k = 0; k < row.size(); ++k)
      line += row[k] + std::string(widths[k] - letters_of(row[k]) + between_columns, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// At most so many letters.
std::string shortened(const std::string& text) {
  constexpr size_t longest = 32, dots = 3;
  if (letters_of(text) <= longest) return text;
  size_t end = 0;
  for (size_t letters = 0; letters <= longest - dots; ++end) letters += letter_begins(text[end]);
  return text.substr(0, end - 1) + std::string(dots, '.');
}

std::string number_text(const Json& json) {
  return json.is_number() ? runtime::short_number(json.get<double>()) : json.is_null() ? "" : runtime::json_text(json);
}

/// "test  loss 0.3127  accuracy 0.8912"
std::string result_text(const TrainingRecord& record) {
  const Json* const result = record.result();
  if (!result) return "";
  std::string text = (*result)[runtime::event_key].get<std::string>();
  const Json measures = measures_of_part(*result);
  for (const auto& [name, value] : measures.items())
    if (value.is_number()) text += "  " + runtime::shown(name) + " " + number_text(value);
  return text;
}

std::string epochs_text(const TrainingRecord& record) {
  const double done = record.epochs.empty() ? 0 : number_in(record.epochs.back(), runtime::event_fields::epoch);
  const Json& planned = record.at(is::settings, is::epochs);
  return fmt::format("{:.0f}", done) + (planned.is_null() ? "" : "/" + runtime::json_text(planned));
}

Row row_of(const TrainingRecord& record) {
  const std::optional<BestEpoch> best = best_of(record);
  std::string best_text, last_text;
  if (best) {
    best_text = fmt::format("{} {} at {:.0f}", runtime::shown(runtime::part_number(best->part, best->measure)),
                            runtime::short_number(best->value), best->epoch);
    if (!record.epochs.empty())
      last_text = number_text(measures_of(record.epochs.back(), best->part).value(best->measure, Json()));
  }
  const Json& seconds = record.at(is::seconds);
  return {runtime::shown(record.folder),
          runtime::shown(record.text(is::program)),
          runtime::shown(record.run()),
          record.text(is::state),
          epochs_text(record),
          best_text,
          last_text,
          result_text(record),
          seconds.is_number() ? runtime::duration(seconds.get<double>()) : ""};
}

/// All that is said of records, in the order in which it is said.
void tell_as_events(const Session& session, const std::vector<TrainingRecord>& records,
                    const std::vector<RecordDifference>& differences, const std::vector<ProgramLine>& lines) {
  for (const TrainingRecord& record : records) {
    Json fields = {{"folder", record.folder}};
    for (const char* name :
         {is::best, is::program, is::state, is::why, is::begun, is::seconds, is::settings, is::ended})
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
        rows.back().push_back(value.empty() ? "-" : shortened(runtime::shown(value)));
    }
    session.print("\n" + table_of(records.size() > most_beside ? turned(rows) : rows));
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
  if (const std::string& picture = session.options().output; !picture.empty()) {
    note_drawer();
    runtime::expect_writable(picture);
  }
  std::vector<TrainingRecord> records;
  int code = runtime::exit_done;
  const auto damaged = [&](const std::string& what, int why) {
    session.tell(fmt::format("dnnc: {}\n", runtime::showable(what)));
    code = why;
  };
  // One that cannot be read hides no others.
  for (const std::string& folder : record_folders(folders)) {
    try {
      records.push_back(read_record(folder));
      for (const std::string& fault : records.back().faults)
        damaged(fault + ": this record is damaged", runtime::exit_wrong);
    } catch (const runtime::Failure& failure) {
      damaged(failure.what(), failure.code());
    }
  }
  if (records.empty()) return code;
  const std::vector<RecordDifference> differences = record_differences(records);
  const std::vector<ProgramLine> lines =
      records.size() == 2 ? other_lines(records[0], records[1]) : std::vector<ProgramLine>();
  if (session.options().running.json) tell_as_events(session, records, differences, lines);
  else tell(session, records, differences, lines);
  if (!session.options().output.empty()) {
    for (TrainingRecord& record : records) record.faults.clear();  // of them it has been told
    write_picture(session, history_of_records(records));
  }
  return code;
}

}  // namespace dnnc
