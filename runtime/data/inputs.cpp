#include "runtime/data/inputs.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <string_view>

#include "runtime/data/arrays.h"
#include "runtime/data/cell_column.h"
#include "runtime/data/series.h"
#include "runtime/data/table_text.h"
#include "runtime/files/csv.h"
#include "runtime/files/image.h"
#include "runtime/program/failure.h"

// Null in a trainer that was linked without it.
extern "C" __attribute__((weak)) const dnnc::runtime::PictureReader dnnc_inputs_pictures;
extern "C" __attribute__((weak)) const dnnc::runtime::SeriesReader dnnc_series_inputs;

namespace dnnc::runtime {
namespace {

LoadedSource read_pictures(const InputRequest& request, const std::string& path, FileBytes bytes) {
  const PictureReader* reader = &dnnc_inputs_pictures;
  if (!reader)
    refuse(path, "",
           "this program reads no pictures, as its own data are in another form; `dnnc predict` does, and both "
           "read .csv and .npz");
  return reader->read(request, path, std::move(bytes));
}

LoadedSource read_table(const InputRequest& request, const std::string& path, FileBytes bytes) {
  const TableFile table = table_file(path, std::move(bytes), request.source);
  const SeriesReader* series = &dnnc_series_inputs;
  const bool in_time = series && request.source.text == series->source;
  return in_time ? series->read(request, table.text()) : load_table_inputs(request, table.text());
}

LoadedSource read_arrays(const InputRequest& request, const std::string& path, FileBytes bytes) {
  if (is_npy(*bytes)) refuse(path, "", "is one array: --input takes it as a file that ends in .npy");
  return load_arrays({request.fields, request.source, request.target, &request.names},
                     {{path, open_zip(path, std::move(bytes))}});
}

/// A file .npy is the array of the only field.
LoadedSource read_array(const InputRequest& request, const std::string& path, FileBytes bytes) {
  for (const RawField& field : request.fields)
    if (field.column_name() != request.fields.front().column_name())
      refuse(path, "",
             "is one array; the program takes `" + request.fields.front().column_name() + "` and `" +
                 field.column_name() + "`, which an .npz has by their names");
  return load_arrays({request.fields, request.source, request.target, &request.names},
                     {{path, {}, {{"", std::move(bytes)}}}});
}

using Reader = LoadedSource (*)(const InputRequest& request, const std::string& path, FileBytes bytes);

/// A kind of file beside pictures, by the end of its name, and by its first bytes where it has no name.
struct InputKind {
  const char* ending;
  Reader read;
  std::string_view begins = {};
};
constexpr InputKind kinds[] = {{csv_ending, read_table},
                               {".csv.gz", read_table, "\x1f\x8b"},
                               {npz_ending, read_arrays, zip_begins},
                               {npy_ending, read_array, npy_begins}};

/// What reads a file of that name; null for a name that ends in none of those known.
Reader reader_of(const std::string& path) {
  std::string name = path;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const InputKind& kind : kinds)
    if (name.ends_with(kind.ending)) return kind.read;
  return is_picture_name(path) ? read_pictures : nullptr;
}

/// What reads these bytes. A table begins with anything.
Reader reader_of_bytes(const std::vector<char>& bytes) {
  const std::string_view text(bytes.data(), bytes.size());
  for (const InputKind& kind : kinds)
    if (!kind.begins.empty() && text.starts_with(kind.begins)) return kind.read;
  return picture_kind(text) ? read_pictures : read_table;
}

LoadedSource read_inputs(const std::string& path, const InputRequest& request) {
  if (path == standard_input) {
    FileBytes bytes = share_input();
    const Reader read = reader_of_bytes(*bytes);
    return read(request, "the standard input", std::move(bytes));
  }
  if (is_folder(path)) return read_pictures(request, path, nullptr);
  if (const Reader read = reader_of(path)) return read(request, path, share_file(path));
  refuse(
      path, "",
      "new examples are read from files .csv .csv.gz .npz .npy " + picture_endings() + " and from folders of pictures");
}

DataSet all_of(LoadedSource source) {
  DataSet set;
  set.fields = std::move(source.fields);
  set.examples = source.examples;
  set.first_row = source.first_row;
  set.files = std::move(source.files);
  set.notes = std::move(source.notes);
  set.file = std::move(source.file);
  set.test.resize(static_cast<size_t>(set.examples));
  std::iota(set.test.begin(), set.test.end(), 0u);
  return set;
}

}  // namespace

std::vector<RawField> input_fields(const DataDescription& data) {
  std::vector<RawField> fields;
  for (const std::string& input : data.inputs)
    for (const RawField& field : data.raw)
      if (field.name == input) fields.push_back(field);
  return fields;
}

DataSet example_of(const std::vector<double>& numbers, const std::vector<RawField>& fields, const std::string& net) {
  // Several fields may be read of one column: that is given once.
  std::map<std::string, int64_t> places;
  int64_t needed = 0;
  for (const RawField& field : fields)
    if (places.emplace(field.column_name(), needed).second) needed += field.count();
  if (needed != static_cast<int64_t>(numbers.size()))
    throw Failure(exit_wrong, net + " takes " + std::to_string(needed) + " numbers an example, not " +
                                  std::to_string(numbers.size()));
  LoadedSource source;
  source.examples = 1;
  source.file = net;
  for (const RawField& field : fields) {
    CellColumn column(field, {}, 1, nullptr);
    for (int64_t element = 0; element < field.count(); ++element) {
      const auto place = static_cast<size_t>(places[field.column_name()] + element);
      const std::string fault = column.put_number(0, element, numbers[place]);
      if (!fault.empty())
        refuse(net, "number " + std::to_string(place + 1) + " (`" + field.column_name() + "`)", fault);
    }
    source.fields.push_back(column.finish());
  }
  return all_of(std::move(source));
}

bool names_inputs(const std::string& text) {
  if (text == standard_input) return true;
  const bool numbers = text.find_first_not_of("+-.,0123456789eE ") == std::string::npos;
  return !numbers && (reader_of(text) || file_exists(text));
}

DataSet load_inputs(const std::string& path, const InputRequest& request) {
  DataSet set = all_of(read_inputs(path, request));
  set.names = request.names;
  return set;
}

}  // namespace dnnc::runtime
