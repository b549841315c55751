#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "compiler/driver/manifest.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/program_data.h"
#include "compiler/plot/histogram.h"
#include "compiler/support/grouped.h"
#include "runtime/program/failure.h"
#include "runtime/program/nearest.h"

namespace dnnc {
namespace {

constexpr size_t most_columns = 18, most_dots = 3000, most_counted = 200'000, most_scored = 2000,
                 most_classes_in_colours = 8, most_classes_in_bars = 20;
/// A field of more numbers that have no names is not looked at one by one.
constexpr int64_t most_numbers = 64;

using runtime::Element;
using runtime::RawField;

/// One number of each example, with what it is called.
struct Column {
  std::string name;
  bool counts = false;  ///< labels of a field
  const RawField* field = nullptr;
  size_t place = 0;                 ///< in the numbers of the field
  std::vector<double> values = {};  ///< of the examples that are looked at
};

/// How much of the spread of numbers lies between groups of them, 0 to 1: what a column tells of classes.
double told_of_classes(const std::vector<double>& values, const std::vector<double>& classes) {
  std::map<double, std::pair<double, double>> groups;  // sums and counts
  double sum = 0, squares = 0;
  for (size_t k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k])) return 0;
    auto& [group_sum, count] = groups[classes[k]];
    group_sum += values[k];
    ++count;
    sum += values[k];
    squares += values[k] * values[k];
  }
  const auto all = static_cast<double>(values.size());
  const double whole = squares - sum * sum / all;
  double between = -sum * sum / all;
  for (const auto& [label, group] : groups) between += group.first * group.first / group.second;
  return whole > 1e-12 * squares ? between / whole : 0;
}

/// The square of the correlation of both, 0 to 1: what a column tells of a number.
double told_of_number(const std::vector<double>& values, const std::vector<double>& numbers) {
  const auto all = static_cast<double>(values.size());
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (size_t k = 0; k < values.size(); ++k) {
    x += values[k];
    y += numbers[k];
    xx += values[k] * values[k];
    yy += numbers[k] * numbers[k];
    xy += values[k] * numbers[k];
  }
  const double both = xy - x * y / all, of_x = xx - x * x / all, of_y = yy - y * y / all;
  const double told = both * both / (of_x * of_y);
  return of_x > 1e-12 * xx && of_y > 1e-12 * yy && std::isfinite(told) ? told : 0;
}

class DataPicture {
 public:
  DataPicture(const runtime::DataDescription& description, const runtime::DataSet& data,
              const std::vector<uint32_t>& examples, const std::vector<std::string>& asked)
      : description_(description), data_(data), examples_(examples), asked_(!asked.empty()) {
    for (const RawField& field : description.raw)
      if (field.name == description.target) target_ = &field;
    std::vector<Column> all;
    for (const RawField& field : description.raw)
      if (field.reading == runtime::Reading::Value && picture_shape(field.shape).height == 0) add_columns(field, all);
    if (asked_) choose(asked, all);
    else columns_ = std::move(all);
    for (const Column& column : columns_) inputs_ += column.field != target_;
    choose_two();
    const std::vector<uint32_t> some = spread(examples, most_counted);
    size_t kept = 0;
    std::vector<Column> shown;
    for (size_t k = 0; k < columns_.size(); ++k)
      if (columns_[k].field == target_ || k == two_.first || k == two_.second || kept++ < most_columns) {
        fill(columns_[k], some);
        if (k == two_.first) across_ = shown.size();
        if (k == two_.second) up_ = shown.size();
        shown.push_back(std::move(columns_[k]));
      }
    columns_ = std::move(shown);
  }

  std::vector<chart::Panel> panels(int64_t count) const {
    std::vector<chart::Panel> all;
    const RawField* const pictures = picture_field(description_);
    if (pictures && !asked_) all.push_back(grid(*pictures, count));
    if (up_ < columns_.size() && (!pictures || asked_)) all.push_back(scatter(columns_[across_], columns_[up_]));
    for (const Column& column : columns_) all.push_back(distribution(column));
    return all;
  }

  size_t left_out() const {
    const auto shown = static_cast<size_t>(
        std::ranges::count_if(columns_, [&](const Column& column) { return column.field != target_; }));
    return inputs_ - shown;
  }

 private:
  void add_columns(const RawField& field, std::vector<Column>& all) const {
    const runtime::FieldData& values = data_.field(field.name);
    const bool named = data_.names.features.size() == static_cast<size_t>(values.count) && values.count > 1;
    const bool labels = field.element.kind == Element::Kind::Class;
    if (values.count > most_numbers && !named && !asked_) return;
    for (int64_t k = 0; k < values.count; ++k) {
      const auto place = static_cast<size_t>(k);
      const std::string name = values.count == 1 ? field.column_name()
                               : named           ? data_.names.features[place]
                                                 : fmt::format("{}[{}]", field.name, k);
      all.push_back({name, labels, &field, place});
    }
  }

  void choose(const std::vector<std::string>& asked, const std::vector<Column>& all) {
    std::vector<std::string> names;
    for (const Column& column : all) names.push_back(column.name);
    for (const std::string& name : asked) {
      const auto found = std::ranges::find(all, name, &Column::name);
      if (found == all.end()) {
        const std::optional<std::string> near = runtime::nearest(name, names);
        throw runtime::Failure(
            runtime::exit_usage,
            fmt::format("data `{}` has no column `{}`; {}", description_.name, name,
                        near ? fmt::format("did you mean `{}`?", *near) : fmt::format("there are {}", listed(names))));
      }
      columns_.push_back(*found);
    }
  }

  /// The first of many.
  static std::string listed(std::vector<std::string> names) {
    constexpr size_t most_names = 20;
    const size_t more = names.size() > most_names ? names.size() - most_names : 0;
    names.resize(names.size() - more);
    return fmt::format("{}{}", fmt::join(names, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
  }

  void fill(Column& column, const std::vector<uint32_t>& examples) const {
    column.values.clear();
    const runtime::FieldData& values = data_.field(column.field->name);
    for (const uint32_t example : examples) column.values.push_back(numbers_of(values, example)[column.place]);
  }

  /// The two that are drawn over each other: the first that were asked for, else those that tell most of the target, by some
  /// examples.
  void choose_two() {
    std::vector<size_t> numbers;
    for (size_t k = 0; k < columns_.size(); ++k)
      if (asked_ || (columns_[k].field != target_ && !columns_[k].counts)) numbers.push_back(k);
    if (numbers.size() < 2) return;
    const bool tells = target_ && runtime::element_count(target_->shape) == 1 &&
                       target_->reading == runtime::Reading::Value && numbers.size() > 2 && !asked_;
    if (tells) {
      const std::vector<uint32_t> few = spread(examples_, most_scored);
      Column target{target_->name, target_->element.kind == Element::Kind::Class, target_};
      fill(target, few);
      std::vector<double> told(columns_.size());
      for (const size_t k : numbers) {
        fill(columns_[k], few);
        told[k] = target.counts ? told_of_classes(columns_[k].values, target.values)
                                : told_of_number(columns_[k].values, target.values);
      }
      std::ranges::stable_sort(numbers, std::greater<>(), [&](size_t k) { return told[k]; });
      if (numbers[0] > numbers[1]) std::swap(numbers[0], numbers[1]);
    }
    two_ = {numbers[0], numbers[1]};
  }

  chart::Panel grid(const RawField& field, int64_t count) const {
    const std::vector<uint32_t> chosen = spread(examples_, static_cast<size_t>(count));
    const auto side = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(chosen.size()))));
    chart::Images images{.columns = std::min<int64_t>(side, 10), .images = pictures_of(data_, field, chosen)};
    const bool said = target_ && runtime::element_count(target_->shape) == 1;
    for (size_t k = 0; said && k < chosen.size(); ++k)
      images.images[k].caption =
          value_text(description_, data_.names, *target_, numbers_of(data_.field(target_->name), chosen[k]).front());
    return {some_examples(chosen, examples_), images, true};
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
    std::string more;
    if (column.counts) {
      const std::vector<std::string> names = class_texts(description_, data_.names, *column.field);
      std::vector<double> counts(names.size());
      for (const double value : column.values)
        if (value >= 0 && value < static_cast<double>(counts.size())) ++counts[static_cast<size_t>(value)];
      std::vector<size_t> order(names.size());
      std::iota(order.begin(), order.end(), size_t{0});
      if (order.size() > most_classes_in_bars) {  // the largest
        std::ranges::stable_sort(order, std::greater<>(), [&](size_t k) { return counts[k]; });
        order.resize(most_classes_in_bars);
        more = fmt::format(", the largest {} of {} classes", order.size(), grouped(std::ssize(names)));
      }
      chart::Bars bars{"", colour, {}, {}, {}};
      for (size_t k = 0; k < order.size(); ++k) {
        plot.x.names.push_back(names[order[k]]);
        bars.low.push_back(static_cast<double>(k) - 0.4);
        bars.high.push_back(static_cast<double>(k) + 0.4);
        bars.y.push_back(counts[order[k]]);
      }
      plot.marks.push_back(bars);
    } else {
      plot = chart::distribution(column.values, column.name, plot.y.title, colour);
    }
    return {(is_target ? column.name + " (target)" : column.name) + more, plot, !more.empty()};
  }

  const runtime::DataDescription& description_;
  const runtime::DataSet& data_;
  const std::vector<uint32_t>& examples_;
  bool asked_;
  std::vector<Column> columns_;
  size_t inputs_ = 0;                                     ///< columns that are not the target
  std::pair<size_t, size_t> two_ = {SIZE_MAX, SIZE_MAX};  ///< of all columns, those drawn over each other
  size_t across_ = SIZE_MAX, up_ = SIZE_MAX;              ///< the same of those that are kept
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
  const DataPicture picture(description, data, examples, session.options().columns);
  chart::Figure figure{"Data " + training.data.name, "", 2, picture.panels(session.options().shown_examples)};
  for (const auto& [part, word] : runtime::words<runtime::DataPart>)
    if (!data.part(part).empty())
      figure.subtitle += fmt::format("{}{} {}", figure.subtitle.empty() ? "" : ", ",
                                     grouped(static_cast<int64_t>(data.part(part).size())), word);
  figure.subtitle = fmt::format("{} examples: {}", grouped(data.examples), figure.subtitle);
  if (picture.left_out() > 0)
    figure.subtitle += fmt::format("; {} columns are left out: --columns chooses", picture.left_out());
  if (figure.panels.empty())
    throw runtime::Failure(runtime::exit_wrong,
                           fmt::format("{}: no field of data `{}` is a picture, or one of at most 64 numbers",
                                       session.options().file, training.data.name));
  return figure;
}

}  // namespace dnnc
