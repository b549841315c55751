#include "runtime/data/table.h"

#include <algorithm>
#include <map>
#include <set>

#include "runtime/data/column_names.h"
#include "runtime/data/source_table.h"
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

/// The header of a table and the number of its rows.
struct Header {
  ColumnNames names;
  int64_t rows = 0;
};

Header read_header(const TableText& table) {
  CsvReader reader(table.text, table.file);
  Header header;
  Cells cells;
  if (!reader.next(cells)) refuse(table.file, "", "is empty: its first row must name the columns");
  size_t numbers = 0;
  for (std::string_view cell : cells) {
    double number;
    numbers += read_number(cell, number);
  }
  header.names = ColumnNames({cells.begin(), cells.end()});
  if (numbers == cells.size()) refuse(table.file, "row 1", "holds numbers: the first row must name the columns");
  while (reader.next(cells)) {
    if (cells.size() != header.names.size())
      refuse(
          table.file, "row " + std::to_string(reader.row()),
          "has " + std::to_string(cells.size()) + " cells where the header has " + std::to_string(header.names.size()));
    ++header.rows;
  }
  if (header.rows == 0) refuse(table.file, "", "has no rows below the names of its columns");
  return header;
}

size_t column_named(const std::string& name, const Header& header, const std::string& file) {
  const std::vector<size_t>& found = header.names.called(name);
  if (found.empty()) refuse(file, "", "has no column `" + name + "`; its columns are " + listed(header.names.names()));
  if (found.size() > 1) refuse(file, "", "has " + std::to_string(found.size()) + " columns `" + name + "`");
  return found.front();
}

/// A declared field and the columns of its elements.
struct Column {
  RawField field;
  std::vector<size_t> places;
  FieldWriter writer;
  std::vector<std::string> classes;  ///< names of its classes, if it holds words
};

/// Whether the field is made of all columns but the target, rather than of the column of its name.
bool is_features(const RawField& field, const Header& header) {
  return field.name == source_words::features && !header.names.holds(source_words::features);
}

std::vector<size_t> places_of(const RawField& field, size_t target, const Header& header, const std::string& file) {
  if (!is_features(field, header)) {
    if (field.count() != 1)
      refuse(file, "", "column `" + field.name + "` is one number; the program takes " + shape_text(field.shape));
    return {column_named(field.name, header, file)};
  }
  std::vector<size_t> places;
  for (size_t k = 0; k < header.names.size(); ++k)
    if (k != target) places.push_back(k);
  if (static_cast<int64_t>(places.size()) != field.count())
    refuse(file, "",
           "has " + std::to_string(places.size()) + " columns besides the target `" + header.names[target] +
               "`; the program takes `features` as " + shape_text(field.shape));
  return places;
}

/// How many fields, the target among them, a column may be of which this is the word.
using FieldWords = std::map<std::string, int>;

FieldWords words_of_fields(const InputRequest& request) {
  FieldWords words;
  if (!request.target.empty()) ++words[header_word(request.target)];
  for (const RawField& field : request.fields)
    if (field.name != request.target) ++words[header_word(field.name)];
  return words;
}

/// Whether a column of a table of new examples is something else than a part of `field`.
bool is_other(const std::string& word, const RawField& field, const InputRequest& request, const FieldWords& words) {
  const auto found = words.find(word);
  const bool is_own = word == header_word(field.name) && field.name != request.target;
  return found != words.end() && found->second > is_own;
}

std::vector<size_t> input_places(const RawField& field, const InputRequest& request, const FieldWords& words,
                                 const Header& header, const std::string& file) {
  std::vector<size_t> places;
  if (field.name == source_words::features && !request.names.features.empty()) {
    for (const std::string& name : request.names.features) places.push_back(column_named(name, header, file));
  } else if (field.count() == 1) {
    places = {column_named(field.name, header, file)};
  } else {
    for (size_t k = 0; k < header.names.size(); ++k)
      if (!is_other(header.names.word(k), field, request, words)) places.push_back(k);
  }
  if (static_cast<int64_t>(places.size()) != field.count())
    refuse(file, "",
           "has " + std::to_string(places.size()) + " columns for `" + field.name + "`; the program takes " +
               shape_text(field.shape));
  return places;
}

bool is_blank(std::string_view cell) { return cell.find_first_not_of(" \t") == std::string_view::npos; }

/// The words of a class column in alphabetical order; empty if all its cells are numbers.
std::vector<std::string> words_of(const TableText& table, size_t place, const std::string& name) {
  CsvReader reader(table.text, table.file);
  Cells cells;
  reader.next(cells);
  std::set<std::string> words;
  int64_t word_row = 0, number_row = 0;
  while (reader.next(cells)) {
    double number;
    if (is_blank(cells[place])) continue;
    (read_number(cells[place], number) ? number_row : word_row) = reader.row();
    words.emplace(cells[place]);
  }
  if (word_row == 0) return {};
  if (number_row != 0)
    refuse(table.file, "row " + std::to_string(word_row) + ", column `" + name + "`",
           "holds a word where row " + std::to_string(number_row) + " holds a number: classes are numbers or words");
  return {words.begin(), words.end()};
}

void name_classes(Column& column, const TableText& table) {
  if (column.field.element.kind != Element::Kind::Class) return;
  column.classes = words_of(table, column.places.front(), column.field.name);
  if (static_cast<int64_t>(column.classes.size()) > column.field.element.classes)
    refuse(table.file, "column `" + column.field.name + "`",
           "has " + std::to_string(column.classes.size()) + " different words where the program takes " +
               std::to_string(column.field.element.classes) + " classes: " + listed(column.classes));
}

/// The number that a cell stands for, or what is wrong with it.
std::string read_cell(const Column& column, std::string_view cell, double& number) {
  if (is_blank(cell)) return "is empty";
  if (!column.classes.empty()) {
    const auto found = std::lower_bound(column.classes.begin(), column.classes.end(), cell);
    if (found == column.classes.end() || *found != cell)
      return "`" + std::string(cell) + "` is no class of the training rows";
    number = static_cast<double>(found - column.classes.begin());
    return "";
  }
  return read_number(cell, number) ? "" : "`" + std::string(cell.substr(0, 40)) + "` is no number";
}

void fill(std::vector<Column>& columns, const TableText& table, const Header& header, int64_t example) {
  CsvReader reader(table.text, table.file);
  Cells cells;
  reader.next(cells);
  for (; reader.next(cells); ++example)
    for (Column& column : columns)
      for (size_t k = 0; k < column.places.size(); ++k) {
        double number = 0;
        std::string fault = read_cell(column, cells[column.places[k]], number);
        if (fault.empty()) fault = column.writer.put(example, static_cast<int64_t>(k), number);
        if (!fault.empty())
          refuse(table.file,
                 "row " + std::to_string(reader.row()) + ", column `" + header.names[column.places[k]] + "`", fault);
      }
}

}  // namespace

LoadedSource load_table(const SourceRequest& request, const std::string& target, const TableText& table,
                        const TableText* test) {
  const Header header = read_header(table);
  const Header test_header = test ? read_header(*test) : Header{header.names, 0};
  if (test_header.names.names() != header.names.names())
    refuse(test->file, "", "has other columns than " + table.file + ": " + listed(test_header.names.names()));
  LoadedSource loaded;
  loaded.first_row = first_row;
  loaded.test = test_header.rows;
  loaded.examples = header.rows + test_header.rows;
  const size_t target_place = column_named(target, header, table.file);
  std::vector<Column> columns;
  for (const RawField& field : request.data.raw)
    columns.push_back(
        {field, places_of(field, target_place, header, table.file), FieldWriter(field, loaded.examples), {}});
  for (Column& column : columns) name_classes(column, table);
  fill(columns, table, header, 0);
  if (test) fill(columns, *test, header, header.rows);
  for (Column& column : columns) {
    loaded.fields.push_back(column.writer.finish());
    if (is_features(column.field, header))
      for (size_t place : column.places) loaded.names.features.push_back(header.names[place]);
    if (column.field.name == request.data.target) loaded.names.classes = column.classes;
    else if (!column.classes.empty()) loaded.names.words[column.field.name] = column.classes;
  }
  return loaded;
}

LoadedSource load_table_inputs(const InputRequest& request, const TableText& table) {
  const Header header = read_header(table);
  const FieldWords field_words = words_of_fields(request);
  LoadedSource loaded;
  loaded.first_row = first_row;
  loaded.examples = header.rows;
  std::vector<Column> columns;
  for (const RawField& field : request.fields) {
    const auto words = request.names.words.find(field.name);
    columns.push_back({field, input_places(field, request, field_words, header, table.file),
                       FieldWriter(field, header.rows),
                       words == request.names.words.end() ? std::vector<std::string>() : words->second});
  }
  fill(columns, table, header, 0);
  for (Column& column : columns) loaded.fields.push_back(column.writer.finish());
  return loaded;
}

}  // namespace dnnc::runtime
