#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/manifest.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/program_data.h"
#include "compiler/plot/histogram.h"
#include "compiler/support/grouped.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

constexpr size_t most_columns = 18, most_dots = 3000, most_counted = 200'000, most_classes_in_colours = 8;

using runtime::Element;
using runtime::RawField;

/// One number of each example, with what it is called.
struct Column {
  std::string name;
  std::vector<double> values;
  bool counts = false;  ///< labels of a field
  const RawField* field = nullptr;
};

/// Examples that are as far from each other as so many can be, in their order.
std::vector<uint32_t> spread(const std::vector<uint32_t>& examples, size_t most) {
  if (examples.size() <= most) return examples;
  std::vector<uint32_t> chosen;
  for (size_t k = 0; k < most; ++k) chosen.push_back(examples[k * examples.size() / most]);
  return chosen;
}

class DataPicture {
 public:
  DataPicture(const runtime::DataDescription& description, const runtime::DataSet& data,
              const std::vector<uint32_t>& examples)
      : description_(description), data_(data), examples_(examples), some_(spread(examples, most_counted)) {
    for (const RawField& field : description.raw)
      if (field.name == description.target) target_ = &field;
    for (const RawField& field : description.raw)
      if (field.reading == runtime::Reading::Value && picture_shape(field.shape).height == 0) add_columns(field);
  }

  std::vector<chart::Panel> panels(int64_t count) const {
    std::vector<chart::Panel> all;
    if (const RawField* field = picture_field(description_)) all.push_back(grid(*field, count));
    const std::vector<const Column*> numbers = columns_of_inputs();
    if (numbers.size() >= 2 && !picture_field(description_)) all.push_back(scatter(*numbers[0], *numbers[1]));
    size_t shown = 0;
    for (const Column& column : columns_)
      if (column.field == target_ || shown++ < most_columns) all.push_back(distribution(column));
    return all;
  }

  size_t left_out() const {
    size_t inputs = 0;
    for (const Column& column : columns_) inputs += column.field != target_;
    return inputs > most_columns ? inputs - most_columns : 0;
  }

 private:
  void add_columns(const RawField& field) {
    const runtime::FieldData& values = data_.field(field.name);
    const bool named = data_.names.features.size() == static_cast<size_t>(values.count) && values.count > 1;
    const bool labels = field.element.kind == Element::Kind::Class;
    if (values.count > 64) return;
    const size_t first = columns_.size();
    for (int64_t k = 0; k < values.count; ++k) {
      const std::string name = values.count == 1 ? field.column_name()
                               : named           ? data_.names.features[static_cast<size_t>(k)]
                                                 : fmt::format("{}[{}]", field.name, k);
      columns_.push_back({name, {}, labels, &field});
    }
    for (const uint32_t example : some_) {
      const std::vector<double> numbers = numbers_of(values, example);
      for (size_t k = 0; k < numbers.size(); ++k) columns_[first + k].values.push_back(numbers[k]);
    }
  }

  std::vector<const Column*> columns_of_inputs() const {
    std::vector<const Column*> columns;
    for (const Column& column : columns_)
      if (column.field != target_ && !column.counts) columns.push_back(&column);
    return columns;
  }

  chart::Panel grid(const RawField& field, int64_t count) const {
    const std::vector<uint32_t> chosen(examples_.begin(),
                                       examples_.begin() + std::min<ptrdiff_t>(std::ssize(examples_), count));
    const auto side = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(chosen.size()))));
    chart::Images images{.columns = std::min<int64_t>(side, 10), .images = pictures_of(data_, field, chosen)};
    const bool said = target_ && runtime::element_count(target_->shape) == 1;
    for (size_t k = 0; said && k < chosen.size(); ++k)
      images.images[k].caption =
          value_text(description_, data_.names, *target_, numbers_of(data_.field(target_->name), chosen[k]).front());
    return {fmt::format("The first {} examples", chosen.size()), images, true};
  }

  /// Numbers of two columns over each other, coloured by the class of the target.
  chart::Panel scatter(const Column& x, const Column& y) const {
    chart::Plot plot{.x = {x.name}, .y = {y.name}, .marks = {}};
    const Column* classes = nullptr;
    for (const Column& column : columns_)
      if (column.field == target_ && (column.counts || target_->probability || two_valued(column))) classes = &column;
    std::vector<std::string> names = {""};
    if (classes)
      names = classes->counts ? class_texts(description_, data_.names, *target_) : std::vector<std::string>{"0", "1"};
    if (names.size() > most_classes_in_colours) names = {""};
    const size_t stride = std::max<size_t>(1, x.values.size() / most_dots);
    for (size_t label = 0; label < names.size(); ++label) {
      chart::Dots dots{names.size() > 1 ? (classes->counts ? names[label] : classes->name + " " + names[label]) : "",
                       {chart::Role::Series, static_cast<int>(label)},
                       {},
                       {}};
      for (size_t k = 0; k < x.values.size(); k += stride) {
        if (names.size() > 1 && classes->values[k] != static_cast<double>(label)) continue;
        dots.x.push_back(x.values[k]);
        dots.y.push_back(y.values[k]);
      }
      plot.marks.push_back(std::move(dots));
    }
    return {fmt::format("{} over {}", y.name, x.name), plot, true};
  }

  static bool two_valued(const Column& column) {
    return std::ranges::all_of(column.values, [](double value) { return value == 0 || value == 1; });
  }

  chart::Panel distribution(const Column& column) const {
    const bool is_target = column.field == target_;
    const chart::Colour colour = {chart::Role::Series, is_target ? 1 : 0};
    chart::Plot plot{.x = {column.name}, .y = {.title = examples_title, .low = 0}, .marks = {}};
    if (column.counts) {
      plot.x.names = class_texts(description_, data_.names, *column.field);
      chart::Bars bars{"", colour, {}, {}, {}};
      for (size_t k = 0; k < plot.x.names.size(); ++k) {
        bars.low.push_back(static_cast<double>(k) - 0.4);
        bars.high.push_back(static_cast<double>(k) + 0.4);
        bars.y.push_back(static_cast<double>(std::ranges::count(column.values, static_cast<double>(k))));
      }
      plot.marks.push_back(bars);
    } else {
      plot = chart::distribution(column.values, column.name, plot.y.title, colour);
    }
    return {is_target ? column.name + " (target)" : column.name, plot};
  }

  const runtime::DataDescription& description_;
  const runtime::DataSet& data_;
  const std::vector<uint32_t>& examples_;
  std::vector<uint32_t> some_;
  std::vector<Column> columns_;
  const RawField* target_ = nullptr;
};

}  // namespace

std::optional<chart::Figure> plot_data(Session& session) {
  const std::optional<Model> model = read_model(session);
  if (!model) return std::nullopt;
  const Training& training = chosen_run(session, *model);
  tell_of_other_runs(session, *model);
  const runtime::DataDescription description = data_description(training.data, session.sources());
  const runtime::DataSet data = load_program_data(session, training);
  const std::vector<uint32_t>& examples = shown_part(session, data);
  const DataPicture picture(description, data, examples);
  chart::Figure figure{"Data " + training.data.name, "", 2, picture.panels(session.options().shown_examples)};
  for (const auto& [part, word] : runtime::words<runtime::DataPart>)
    if (!data.part(part).empty())
      figure.subtitle += fmt::format("{}{} {}", figure.subtitle.empty() ? "" : ", ",
                                     grouped(static_cast<int64_t>(data.part(part).size())), word);
  figure.subtitle = fmt::format("{} examples: {}", grouped(data.examples), figure.subtitle);
  if (picture.left_out() > 0) figure.subtitle += fmt::format("; {} columns are left out", picture.left_out());
  if (figure.panels.empty())
    throw runtime::Failure(runtime::exit_wrong,
                           fmt::format("{}: no field of data `{}` is a picture, or one of at most 64 numbers",
                                       session.options().file, training.data.name));
  return figure;
}

}  // namespace dnnc
