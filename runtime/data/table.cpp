#include "runtime/data/table.h"

#include <algorithm>
#include <map>
#include <set>

#include "runtime/data/column_names.h"
#include "runtime/data/source_table.h"
#include "runtime/data/table_fill.h"
#include "runtime/data/table_look.h"
#include "runtime/files/csv.h"

namespace dnnc::runtime {
namespace {

using Cells = std::vector<std::string_view>;

constexpr size_t most_names = 12;
constexpr int64_t first_row = 2;  // behind the names of the columns

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t k = 0; k < names.size() && k < most_names; ++k) text += (k ? ", " : "") + names[k];
  if (names.size() > most_names) text += ", ... (" + std::to_string(names.size()) + ")";
  return text;
}

void check_separator(const Table& table) {
  if (table.names.size() != 1) return;
  for (const char* other : {",", ";", "\t", "|"})
    if (table.rules.separator != *other && table.names[0].find(other) != std::string::npos)
      refuse(table.text.file, "row 1",
             "has one column, `" + table.names[0] + "`\n  help: csv(..., separator: \"" +
                 (*other == '\t' ? "\\t" : other) + "\") reads cells that are parted so");
}

/// The same name twice would leave open which is meant.
void check_duplicates(const Table& table) {
  for (const std::string& name : table.names.names())
    if (const size_t count = table.names.called(name).size(); !name.empty() && count > 1)
      refuse(table.text.file, "row 1", std::to_string(count) + " columns are called `" + name + "`");
}

Table open_table(const TableText& text, const CellRules& rules) {
  Table table{text, rules, {}, 0};
  CsvReader reader(text.text, text.file, rules.separator);
  Cells cells;
  if (!reader.next(cells)) refuse(text.file, "", "is empty: its first row must name the columns");
  double number;
  const auto numbers = std::ranges::count_if(
      cells, [&](std::string_view cell) { return kind_of_cell(cell, rules, number) == CellKind::Number; });
  for (std::string_view& cell : cells) cell = trimmed(cell);
  table.names = ColumnNames({cells.begin(), cells.end()});
  if (numbers == static_cast<int64_t>(cells.size()))
    refuse(text.file, "row 1", "holds numbers: the first row must name the columns");
  check_separator(table);
  check_duplicates(table);
  if (!reader.next(cells)) refuse(text.file, "", "has no rows below the names of its columns");
  table.most_rows = lines_of(text.text) - 1;
  return table;
}

size_t column_named(const std::string& name, const Table& table) {
  const Places& found = table.names.called(name);
  const std::string& file = table.text.file;
  if (found.empty()) refuse(file, "", "has no column `" + name + "`; its columns are " + listed(table.names.names()));
  if (found.size() > 1) refuse(file, "", "has " + std::to_string(found.size()) + " columns `" + name + "`");
  return found.front();
}

/// That of the field. column("2nd flr") names exactly one, and has its own name as a field.
size_t column_of(const RawField& field, const Table& table) {
  const bool exact = field.reading == Reading::Value && !field.column.empty() && field.column != field.name;
  if (exact && !table.names.holds(field.column))
    refuse(
        table.text.file, "",
        "has no column that is called `" + field.column + "` exactly; its columns are " + listed(table.names.names()));
  return column_named(field.column_name(), table);
}

/// Columns that are numbers, and what is said of those that are not.
struct NumberColumns {
  Places places;
  std::string others;  ///< a line for each that was left out
};

/// Of the columns at `candidates` those of numbers: words, and what has no name, as an index has none, are left out.
NumberColumns numbers_of(const Table& table, const Places& candidates, int64_t rows) {
  const TableLook look = look_at(table.text, table.rules, table.names.size(), rows);
  const CellAdviser* adviser = table.of_training ? cell_adviser() : nullptr;
  NumberColumns numbers;
  for (const size_t place : candidates) {
    const std::string& name = table.names[place];
    if (!is_index_name(name) && !look.columns[place].holds_words()) numbers.places.push_back(place);
    else
      numbers.others +=
          "\n  left out: " + (adviser ? adviser->left_out(name, look.columns[place], look.all, table.rules) : name);
  }
  return numbers;
}

/// So many columns of numbers as the field has elements. The first rows tell them, or all where these do not.
NumberColumns numbers_for(const RawField& field, const Table& table, const Places& candidates,
                          const std::string& besides) {
  NumberColumns numbers;
  for (const int64_t rows : {rows_of_a_look, INT64_MAX}) {
    numbers = numbers_of(table, candidates, rows);
    if (static_cast<int64_t>(numbers.places.size()) == field.count()) return numbers;
    if (table.most_rows <= rows_of_a_look) break;
  }
  refuse(table.text.file, "",
         "has " + std::to_string(numbers.places.size()) + (numbers.places.size() == 1 ? " column " : " columns ") +
             (numbers.others.empty() ? "" : "of numbers ") + besides + "; the program takes `" + field.column_name() +
             "` as " + shape_text(field.shape) + numbers.others);
}

/// Whether the field is all columns of numbers together.
bool is_features(const RawField& field, const Table& table) {
  return field.column_name() == source_words::features && !table.names.holds(source_words::features);
}

/// The columns of the training data that `features` is made of, and what is said of the others.
struct Features {
  Places places;
  std::string note;
};

Features find_features(const SourceRequest& request, size_t target, const Table& table) {
  const auto field =
      std::ranges::find_if(request.data.raw, [&](const RawField& raw) { return is_features(raw, table); });
  if (field == request.data.raw.end()) return {};
  // The target is none, and neither are weights and groups of examples.
  std::set<size_t> others = {target};
  std::string note;
  for (const RawField& raw : request.data.raw) {
    if (raw.reading != Reading::Group && !raw.positive) continue;
    const size_t place = column_of(raw, table);
    if (others.insert(place).second)
      note += "\n  left out: " + table.names[place] +
              (raw.positive ? ", the weight of an example" : ", which tells groups");
  }
  Places candidates;
  for (size_t place = 0; place < table.names.size(); ++place)
    if (!others.contains(place)) candidates.push_back(place);
  const NumberColumns numbers =
      numbers_for(*field, table, candidates, "besides the target `" + table.names[target] + "`");
  note += numbers.others;
  if (note.empty()) return {numbers.places, ""};
  return {numbers.places, table.text.file + ": `features` are its columns of numbers" + note};
}

Places places_of(const RawField& field, const Features& features, const Table& table) {
  if (is_features(field, table)) return features.places;
  if (field.count() != 1)
    refuse(table.text.file, "",
           "column `" + field.column_name() + "` is one number; the program takes " + shape_text(field.shape));
  return {column_of(field, table)};
}

/// How many fields, the target among them, a column may be of which this is the word.
using FieldWords = std::map<std::string, int>;

FieldWords words_of_fields(const InputRequest& request) {
  FieldWords words;
  if (!request.target.empty()) ++words[header_word(request.target)];
  std::set<std::string> seen = {request.target};
  for (const RawField& field : request.fields)
    if (seen.insert(field.column_name()).second) ++words[header_word(field.column_name())];
  return words;
}

/// Whether a column of a table of new examples is something else than a part of `field`.
bool is_other(const std::string& word, const RawField& field, const InputRequest& request, const FieldWords& words) {
  const auto found = words.find(word);
  const bool is_own = word == header_word(field.column_name()) && field.column_name() != request.target;
  return found != words.end() && found->second > is_own;
}

Places input_places(const RawField& field, const InputRequest& request, const FieldWords& words, const Table& table,
                    std::string& note) {
  if (field.column_name() == source_words::features && !request.names.features.empty()) {
    Places places;
    for (const std::string& name : request.names.features) places.push_back(column_named(name, table));
    if (static_cast<int64_t>(places.size()) != field.count())
      refuse(table.text.file, "",
             "has " + std::to_string(places.size()) + " columns for `features`; the program takes " +
                 shape_text(field.shape));
    return places;
  }
  if (field.count() == 1) return {column_of(field, table)};
  Places candidates;
  for (size_t k = 0; k < table.names.size(); ++k)
    if (!is_other(table.names.word(k), field, request, words)) candidates.push_back(k);
  NumberColumns numbers = numbers_for(field, table, candidates, "for `" + field.column_name() + "`");
  if (!numbers.others.empty())
    note = table.text.file + ": `" + field.column_name() + "` is its columns of numbers" + numbers.others;
  return numbers.places;
}

}  // namespace

Filler::Filler(const Table& table, std::vector<Column>& columns, const std::string& target, const LoadOptions& options)
    : table_(table), target_(target), options_(options) {
  for (Column& column : columns) {
    const RawField& field = column.cells.field();
    const int64_t row_bytes = field.count() * bytes_of(storage_of(field));
    for (size_t k = 0; k < column.places.size(); ++k) {
      const auto element = static_cast<int64_t>(k);
      takers_.push_back({&column, column.places[k], element, column.cells.plain(element), row_bytes,
                         bytes_of(storage_of(field)), field.precise,
                         field.reading == Reading::Missing && table.rules.missing_numbers.empty()});
    }
  }
}

void Filler::take(const Taker& taker, const TableText& text, std::string_view cell, int64_t example,
                  int64_t row) const {
  std::string fault = taker.column->cells.put(example, taker.element, cell, row);
  if (fault.empty()) return;
  const std::string& column = table_.names[taker.place];
  if (const CellAdviser* adviser = cell_adviser()) {
    const TableLook look = look_at(text, table_.rules, table_.names.size(), INT64_MAX);
    double number = 0;
    const CellKind kind = kind_of_cell(cell, table_.rules, number);
    fault +=
        adviser->advice_for({taker.column->cells.field(), column, kind, std::string(trimmed(cell)), table_.of_training},
                            target_, look.columns[taker.place], table_.rules);
  }
  refuse(text.file, "row " + std::to_string(row) + ", column `" + column + "`", fault);
}

LoadedSource load_table(const SourceRequest& request, const std::string& target, const TableText& text,
                        const TableText* test) {
  const Table table = open_table(text, cell_rules(request.data.source));
  int64_t most_rows = table.most_rows;
  if (test) {
    const Table second = open_table(*test, table.rules);
    if (second.names.names() != table.names.names())
      refuse(test->file, "", "has other columns than " + text.file + ": " + listed(second.names.names()));
    most_rows += second.most_rows;
  }
  LoadedSource loaded;
  loaded.first_row = first_row;
  loaded.file = text.file;
  if (test) loaded.test_file = test->file;
  const Features features = find_features(request, column_named(target, table), table);
  std::vector<Column> columns;
  for (const RawField& field : request.data.raw)
    columns.push_back({CellColumn(field, rules_for(field, request.data.target, table.rules), most_rows, nullptr),
                       places_of(field, features, table)});
  const Filler filler(table, columns, target, request.options);
  const int64_t rows = filler.fill(text, 0);
  for (Column& column : columns)
    if (const std::string fault = column.cells.end_words(rows); !fault.empty())
      refuse(text.file, "column `" + column.cells.field().column_name() + "`", fault);
  if (test) loaded.test = filler.fill(*test, rows);
  loaded.examples = rows + loaded.test;
  for (const Column& column : columns) {
    if (column.cells.matches()) continue;
    const size_t place = column.places.front();
    const TableLook look = look_at(text, table.rules, table.names.size(), INT64_MAX);
    loaded.notes.push_back(
        text.file + ": " +
        cell_adviser()->note_of_no_match(column.cells.field(), table.names[place], look.columns[place]));
  }
  for (Column& column : columns) {
    const RawField& field = column.cells.field();
    loaded.fields.push_back(column.cells.finish());
    if (field.name == request.data.target) loaded.names.classes = column.cells.words();
    else if (field.reading == Reading::Value && !column.cells.words().empty())
      loaded.names.words[field.name] = column.cells.words();
  }
  for (const size_t place : features.places) loaded.names.features.push_back(table.names[place]);
  if (!features.note.empty()) loaded.notes.push_back(features.note);
  return loaded;
}

LoadedSource load_table_inputs(const InputRequest& request, const TableText& text) {
  Table table = open_table(text, cell_rules(request.source));
  table.of_training = false;
  const FieldWords field_words = words_of_fields(request);
  static const std::vector<std::string> none;
  LoadedSource loaded;
  loaded.first_row = first_row;
  loaded.file = text.file;
  std::string note;
  std::vector<Column> columns;
  for (const RawField& field : request.fields) {
    const auto words = request.names.words.find(field.name);
    columns.push_back(
        {CellColumn(field, table.rules, table.most_rows, words == request.names.words.end() ? &none : &words->second),
         input_places(field, request, field_words, table, note)});
  }
  loaded.examples = Filler(table, columns, request.target, request.options).fill(text, 0);
  for (Column& column : columns) loaded.fields.push_back(column.cells.finish());
  if (!note.empty()) loaded.notes.push_back(note);
  return loaded;
}

}  // namespace dnnc::runtime
