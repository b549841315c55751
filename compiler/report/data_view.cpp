#include "compiler/report/data_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/report/picture_text.h"
#include "runtime/run/events.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
using runtime::DataPart;
using runtime::FieldData;
using runtime::RawField;

constexpr size_t most_columns = 60, most_examples = 20, most_values = 16, most_places = 1500;
constexpr int64_t bars_of_column = 24;

const FieldData* field_of(const runtime::DataSet& data, const std::string& name) {
  const auto found = std::ranges::find(data.fields, name, &FieldData::name);
  return found == data.fields.end() ? nullptr : &*found;
}

/// Of all numbers at a place of a field, or at all its places.
struct Range {
  double least = std::numeric_limits<double>::infinity(), most = -least, sum = 0, squares = 0;
  int64_t numbers = 0;
  void add(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
    sum += value;
    squares += value * value;
    ++numbers;
  }
  /// Of equal bars from the least to the most, the number of the one in which a value lies.
  size_t bar_of(double value) const {
    const double share = most > least ? (value - least) / (most - least) : 0;
    return static_cast<size_t>(
        std::clamp<int64_t>(static_cast<int64_t>(share * bars_of_column), 0, bars_of_column - 1));
  }
  double mean() const { return sum / static_cast<double>(numbers); }
  double deviation() const {
    return std::sqrt(std::max(0.0, squares / static_cast<double>(numbers) - mean() * mean()));
  }
};

Json json_of(const Range& range, const std::string& name) {
  return {{"name", name},
          {"least", runtime::json_number(range.least)},
          {"most", runtime::json_number(range.most)},
          {"mean", runtime::json_number(range.mean())},
          {"deviation", runtime::json_number(range.deviation())}};
}

bool is_marked_missing(const RawField& field) { return field.reading == runtime::Reading::Missing; }

/// How many cells of a column say nothing, where another field tells.
int64_t missing_of(const runtime::DataSet& data, const runtime::DataDescription& about, const RawField& field) {
  int64_t missing = 0;
  for (const RawField& mark : about.raw) {
    const FieldData* const marks = field_of(data, mark.name);
    if (!is_marked_missing(mark) || mark.column_name() != field.column_name() || !marks) continue;
    for (int64_t row = 0; row < data.examples; ++row) missing += element_of(*marks, row, 0) != 0;
  }
  return missing;
}

/// The name of an element of a field that has several.
std::string element_name(const runtime::DataSet& data, const FieldData& field, int64_t element) {
  const std::vector<std::string>& features = data.names.features;
  if (features.size() == static_cast<size_t>(field.count)) return features[static_cast<size_t>(element)];
  return fmt::format("{}[{}]", field.name, element);
}

Json parts_of(const runtime::DataSet& data) {
  Json facts = Json::array();
  for (const DataPart part : {DataPart::Train, DataPart::Validation, DataPart::Test})
    if (const size_t examples = data.part(part).size())
      facts.push_back({fmt::format("Examples to {}", part == DataPart::Train        ? "train on"
                                                     : part == DataPart::Validation ? "look at meanwhile (validation)"
                                                                                    : "judge by (test)"),
                       examples});
  return facts;
}

/// Rows of [name, {part: examples}].
Json classes_of(const runtime::DataSet& data, const FieldData& labels, const std::vector<std::string>& names) {
  Json rows = Json::array();
  std::map<DataPart, std::vector<int64_t>> counts;
  for (const DataPart part : {DataPart::Train, DataPart::Validation, DataPart::Test}) {
    std::vector<int64_t>& of_part = counts[part];
    of_part.resize(names.size());
    for (const uint32_t row : data.part(part)) {
      const double label = element_of(labels, row, 0);
      if (label >= 0 && label < static_cast<double>(names.size())) ++of_part[static_cast<size_t>(label)];
    }
  }
  for (size_t at = 0; at < names.size(); ++at) {
    Json row = Json::object();
    for (const auto& [part, of_part] : counts) row[runtime::word_of(part)] = of_part[at];
    rows.push_back({names[at], std::move(row)});
  }
  return rows;
}

/// Where examples are of which two numbers are known, and the class or number of each: [x, y, target]. Nothing of others.
Json points_of(const runtime::DataSet& data, const runtime::DataDescription& about, const FieldData* target,
               const std::vector<std::string>& names) {
  struct Number {
    const FieldData* field;
    int64_t element;
  };
  std::vector<Number> numbers;
  for (const RawField& raw : about.raw) {
    const FieldData* const field = field_of(data, raw.name);
    if (!field || raw.name == about.target) continue;
    if (raw.element.kind == runtime::Element::Kind::Class || numbers.size() + static_cast<size_t>(field->count) > 2)
      return {};
    for (int64_t element = 0; element < field->count; ++element) numbers.push_back({field, element});
  }
  if (numbers.size() != 2 || !target || target->count != 1) return {};
  const auto name_of = [&](const Number& number) {
    return number.field->count == 1 ? number.field->name : element_name(data, *number.field, number.element);
  };
  Json points = Json::array();
  const size_t all = data.train.size(), most = std::min(most_places, all);
  for (size_t number = 0; number < most; ++number) {
    const uint32_t row = data.train[number * all / most];
    const double value = element_of(*target, row, 0);
    const auto label = static_cast<size_t>(value);
    points.push_back({runtime::json_number(element_of(*numbers[0].field, row, numbers[0].element)),
                      runtime::json_number(element_of(*numbers[1].field, row, numbers[1].element)),
                      label < names.size() ? Json(names[label]) : runtime::json_number(value)});
  }
  return {{"x", name_of(numbers[0])}, {"y", name_of(numbers[1])}, {"points", std::move(points)}};
}

/// Whether all numbers of a field are 0 or 1.
bool is_yes_or_no(const runtime::DataSet& data, const FieldData& field) {
  if (field.count != 1) return false;
  for (int64_t row = 0; row < data.examples; ++row)
    if (const double value = element_of(field, row, 0); value != 0 && value != 1) return false;
  return true;
}

}  // namespace

double element_of(const FieldData& field, int64_t row, int64_t element) {
  const char* const place = field.row(row) + element * runtime::bytes_of(field.storage);
  const auto read = [&]<class T>(T value) {
    std::memcpy(&value, place, sizeof(T));
    return static_cast<double>(value);
  };
  switch (field.storage) {
    case runtime::Storage::UInt8:
      return read(uint8_t{});
    case runtime::Storage::Int32:
      return read(int32_t{});
    case runtime::Storage::Float64:
      return read(double{});
    case runtime::Storage::Float32:
      break;
  }
  return read(float{});
}

std::vector<std::string> label_names(const runtime::DataSet& data, const runtime::DataDescription& about,
                                     const RawField& field) {
  const auto words = data.names.words.find(field.name);
  const std::vector<std::string> known = field.name == about.target        ? data.names.classes
                                         : words == data.names.words.end() ? std::vector<std::string>()
                                                                           : words->second;
  if (!known.empty()) return known;
  std::vector<std::string> numbers;
  for (int64_t label = 0; label < std::max<int64_t>(2, field.element.classes); ++label)
    numbers.push_back(std::to_string(label));
  return numbers;
}

ExampleView::ExampleView(const runtime::DataSet& data, const runtime::DataDescription& about)
    : data_(data), about_(about) {
  for (size_t field = 0; field < data.fields.size(); ++field) {
    const FieldData& of_data = data.fields[field];
    const PictureForm form = picture_form(of_data.shape);
    if (!form.is_picture() || data.examples == 0) continue;
    Range range;
    const int64_t rows = std::min<int64_t>(data.examples, 200);
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t element = 0; element < of_data.count; ++element) range.add(element_of(of_data, row, element));
    const bool bytes = of_data.storage == runtime::Storage::UInt8;
    pictures_.push_back(
        {field, form.height, form.width, form.channels, bytes ? 0 : range.least, bytes ? 255 : range.most});
  }
}

std::string ExampleView::picture_of(uint32_t row) const {
  const Pictured& form = pictures_.front();
  const FieldData& field = data_.fields[form.field];
  std::vector<uint8_t> points(static_cast<size_t>(field.count));
  const double scale = form.most > form.least ? 255 / (form.most - form.least) : 0;
  for (int64_t element = 0; element < field.count; ++element)
    points[static_cast<size_t>(element)] =
        static_cast<uint8_t>(std::clamp((element_of(field, row, element) - form.least) * scale, 0.0, 255.0));
  return picture_address(points, form.height, form.width, form.channels);
}

Json ExampleView::of(uint32_t row) const {
  // The folder of a picture is often its class; all else of a path says nothing about an example.
  const std::filesystem::path file = data_.files.empty() ? "" : data_.files[row];
  const std::string place = data_.place_of(row),
                    name = data_.file.empty() ? "" : std::filesystem::path(data_.file).filename();
  Json json = {{"row", row},
               {"place", !file.empty() ? (file.parent_path().filename() / file.filename()).string()
                         : !name.empty() && place.starts_with(data_.file) ? name + place.substr(data_.file.size())
                                                                          : place}};
  if (!pictures_.empty()) {
    json["picture"] = picture_of(row);
    return json;
  }
  Json values = Json::array();
  for (const RawField& raw : about_.raw) {
    const FieldData* const field = field_of(data_, raw.name);
    if (!field || raw.name == about_.target) continue;
    const bool labels = raw.element.kind == runtime::Element::Kind::Class;
    const std::vector<std::string> names = labels ? label_names(data_, about_, raw) : std::vector<std::string>();
    for (int64_t element = 0; element < field->count && values.size() < most_values; ++element) {
      const double value = element_of(*field, row, element);
      const std::string name = field->count == 1 ? raw.name : element_name(data_, *field, element);
      if (labels && value < static_cast<double>(names.size()))
        values.push_back({name, names[static_cast<size_t>(value)]});
      else values.push_back({name, runtime::json_number(value)});
    }
  }
  json["values"] = std::move(values);
  return json;
}

Json data_view(const runtime::DataSet& data, const runtime::DataDescription& about) {
  Json json = {{"name", about.name}, {"target", about.target}, {"facts", parts_of(data)}};
  json["parts"] = {runtime::word_of(DataPart::Train), runtime::word_of(DataPart::Validation),
                   runtime::word_of(DataPart::Test)};
  Json columns = Json::array();
  size_t left_out = 0;
  for (const RawField& raw : about.raw) {
    const FieldData* const field = field_of(data, raw.name);
    if (!field || data.examples == 0 || is_marked_missing(raw)) continue;
    const bool labels = raw.element.kind == runtime::Element::Kind::Class;
    if (raw.name == about.target && field->count == 1 && (labels || is_yes_or_no(data, *field))) {
      const std::vector<std::string> names = label_names(data, about, raw);
      json["classes"] = classes_of(data, *field, names);
      if (Json points = points_of(data, about, field, names); !points.is_null()) json["places"] = std::move(points);
    }
    if (labels) continue;
    const bool whole = picture_form(field->shape).is_picture() || field->shape.size() > 1;
    std::vector<Range> ranges(whole ? 1 : static_cast<size_t>(field->count));
    const auto each = [&](auto use) {
      for (int64_t row = 0; row < data.examples; ++row)
        for (int64_t element = 0; element < field->count; ++element)
          use(whole ? 0 : static_cast<size_t>(element), element_of(*field, row, element));
    };
    each([&](size_t column, double value) { ranges[column].add(value); });
    std::vector<std::vector<int64_t>> bars(ranges.size(), std::vector<int64_t>(bars_of_column));
    each([&](size_t column, double value) { ++bars[column][ranges[column].bar_of(value)]; });
    const int64_t missing = missing_of(data, about, raw);
    for (size_t element = 0; element < ranges.size(); ++element) {
      if (columns.size() == most_columns) {
        ++left_out;
        continue;
      }
      const bool one = ranges.size() == 1;
      columns.push_back(
          json_of(ranges[element], one ? raw.name : element_name(data, *field, static_cast<int64_t>(element))));
      columns.back()["missing"] = missing;
      columns.back()["bars"] = bars[element];
    }
  }
  json["columns"] = std::move(columns);
  if (left_out) json["more_columns"] = left_out;
  const ExampleView view(data, about);
  const RawField* target = nullptr;
  for (const RawField& raw : about.raw)
    if (raw.name == about.target && raw.count() == 1) target = &raw;
  Json examples = Json::array();
  const std::vector<uint32_t>& rows = data.train;
  for (size_t number = 0; number < std::min(most_examples, rows.size()); ++number) {
    // Spread over the part: sets are often sorted.
    const uint32_t row = rows[number * rows.size() / std::min(most_examples, rows.size())];
    Json example = view.of(row);
    const FieldData* const field = target ? field_of(data, target->name) : nullptr;
    if (field) {
      const double value = element_of(*field, row, 0);
      if (target->element.kind == runtime::Element::Kind::Class)
        example["truth"] = label_names(data, about, *target).at(static_cast<size_t>(value));
      else example["truth"] = runtime::json_number(value);
    }
    examples.push_back(std::move(example));
  }
  json["examples"] = std::move(examples);
  return json;
}

}  // namespace dnnc
