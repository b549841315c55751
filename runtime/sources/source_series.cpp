#include <cstring>

#include "runtime/data/inputs.h"
#include "runtime/data/series.h"
#include "runtime/data/source_table.h"
#include "runtime/data/table_text.h"
#include "runtime/program/available_memory.h"

/// `series("power.csv", target: load, window: 48, horizon: 1, columns: [load, heat])`: the rows of a table are steps of time. An
/// example is a window of rows, x, and what comes behind it, y. Neighbouring windows overlap, in memory too.
namespace dnnc::runtime {
namespace {

struct Series {
  std::string target;
  std::vector<std::string> columns;  ///< of x
  int64_t window = 1, horizon = 1;
};

Series series_of(const DataValue& source) {
  Series series{source.word(source_words::target),
                {},
                static_cast<int64_t>(source.value(source_words::window, 1)),
                static_cast<int64_t>(source.value(source_words::horizon, 1))};
  if (const DataValue* columns = source.argument(source_words::columns))
    for (const DataValue& column : columns->items) series.columns.push_back(column.text);
  if (series.columns.empty()) series.columns.push_back(series.target);
  return series;
}

bool is_window(const RawField& field) { return field.name == source_words::x; }

/// The columns that a field is made of, each a field of one number.
std::vector<RawField> columns_of(const RawField& field, const Series& series) {
  std::vector<RawField> columns;
  for (const std::string& column : is_window(field) ? series.columns : std::vector<std::string>{series.target}) {
    columns.push_back(field);
    columns.back().shape = {};
    columns.back().column = column;
    if (is_window(field)) columns.back().name = field.name + " of " + column;
  }
  return columns;
}
std::vector<RawField> columns_of(const std::vector<RawField>& fields, const Series& series) {
  std::vector<RawField> all;
  for (const RawField& field : fields)
    for (RawField& column : columns_of(field, series)) all.push_back(std::move(column));
  return all;
}

void check_shape(const RawField& field, const Series& series, const std::string& file) {
  const auto columns = static_cast<int64_t>(series.columns.size());
  const bool window = is_window(field);
  if (field.count() == (window ? series.window * columns : series.horizon)) return;
  refuse(file, "",
         "`" + field.name + "` is " +
             (window ? "windows of " + shape_text({series.window, columns}) : shape_text({series.horizon})) +
             "; the program takes " + shape_text(field.shape));
}

/// The columns side by side, row by row; a row of the field begins at each row of them from `first` on.
FieldData overlapping(const RawField& field, const FieldData* columns, size_t count, int64_t rows, int64_t first) {
  const Storage storage = columns->storage;
  const int64_t bytes = bytes_of(storage), distance = static_cast<int64_t>(count) * bytes;
  expect_memory(distance, rows, std::to_string(rows) + " rows of `" + field.name + "`");
  const auto memory = std::make_shared<std::vector<char>>(static_cast<size_t>(rows * distance));
  for (int64_t row = 0; row < rows; ++row)
    for (size_t column = 0; column < count; ++column)
      std::memcpy(memory->data() + row * distance + static_cast<int64_t>(column) * bytes, columns[column].row(row),
                  static_cast<size_t>(bytes));
  FieldData data = field_over(field, storage, memory->data() + first * distance, memory);
  data.distance = distance;
  return data;
}

/// Makes windows of rows: of what columns_of() has asked for, what `fields` are.
void make_windows(LoadedSource& loaded, const std::vector<RawField>& fields, const Series& series, int64_t behind,
                  const std::string& file) {
  const int64_t rows = loaded.examples;
  loaded.examples = rows - series.window - behind + 1;
  if (loaded.examples < 1)
    refuse(file, "",
           "has " + std::to_string(rows) + (rows == 1 ? " row" : " rows") + "; a window" +
               (behind > 0 ? " and what comes behind it need " : " needs ") + std::to_string(series.window + behind));
  const std::vector<FieldData> columns = std::move(loaded.fields);
  loaded.fields.clear();
  const FieldData* next = columns.data();
  for (const RawField& field : fields) {
    check_shape(field, series, file);
    const size_t count = is_window(field) ? series.columns.size() : 1;
    loaded.fields.push_back(overlapping(field, next, count, rows, is_window(field) ? 0 : series.window));
    next += count;
  }
}

LoadedSource load(const SourceRequest& request) {
  const Series series = series_of(request.data.source);
  const TableFile table =
      read_table_file(resolved(request, request.data.source.word(source_words::file)), request.data.source);
  DataDescription rows = request.data;
  rows.raw = columns_of(request.data.raw, series);
  LoadedSource loaded = load_table({rows, request.options}, series.target, table.text(), nullptr);
  make_windows(loaded, request.data.raw, series, series.horizon, table.path);
  loaded.shared = series.horizon - 1;
  return loaded;
}

LoadedSource load_inputs_of_series(const InputRequest& request, const TableText& table) {
  const Series series = series_of(request.source);
  InputRequest rows{columns_of(request.fields, series), request.target, request.names, request.options, request.source};
  LoadedSource loaded = load_table_inputs(rows, table);
  make_windows(loaded, request.fields, series, 0, table.file);
  return loaded;
}

}  // namespace
}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(series, dnnc::runtime::load)
extern "C" {
extern const dnnc::runtime::SeriesReader dnnc_series_inputs;
const dnnc::runtime::SeriesReader dnnc_series_inputs = {dnnc::runtime::source_row("series").name,
                                                        dnnc::runtime::load_inputs_of_series};
}
