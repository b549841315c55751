#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/program_data.h"
#include "compiler/driver/plot/trained_net.h"
#include "compiler/support/grouped.h"
#include "runtime/data/inputs.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

constexpr int64_t cells_along = 160;
constexpr size_t most_points = 3000, most_classes = 16;

/// Two numbers of each example, by the field that holds them.
struct TwoInputs {
  std::vector<runtime::RawField> fields;  ///< one of two numbers, or two of one
  std::vector<std::string> names;
};

std::optional<TwoInputs> two_inputs(const TrainedNet& net) {
  TwoInputs inputs{runtime::input_fields(net.manifest().data), {}};
  int64_t count = 0;
  for (const runtime::RawField& field : inputs.fields) {
    const bool plain = field.element.kind == runtime::Element::Kind::Real && !field.precise &&
                       field.reading == runtime::Reading::Value;
    count += plain ? field.count() : 3;
    const std::vector<std::string>& columns = net.data().names.features;
    for (int64_t k = 0; k < field.count(); ++k)
      inputs.names.push_back(field.count() == 1 ? field.column_name()
                             : columns.size() == static_cast<size_t>(field.count())
                                 ? columns[static_cast<size_t>(k)]
                                 : fmt::format("{}[{}]", field.name, k));
  }
  return count == 2 ? std::optional(inputs) : std::nullopt;
}

/// "`features` (13)", "`image` (28 x 28)"
std::string taken_by(const TrainedNet& net) {
  std::string text;
  for (const runtime::RawField& field : runtime::input_fields(net.manifest().data)) {
    const bool numbers = field.element.kind == runtime::Element::Kind::Real;
    text += fmt::format("{}`{}` ({})", text.empty() ? "" : ", ", field.column_name(),
                        numbers ? fmt::format("{}", fmt::join(field.shape, " x ")) : "a label");
  }
  return text;
}

/// Both numbers of an example.
std::pair<double, double> point_of(const runtime::DataSet& data, const TwoInputs& inputs, uint32_t example) {
  std::vector<double> numbers;
  for (const runtime::RawField& field : inputs.fields)
    for (const double number : numbers_of(data.field(field.name), example)) numbers.push_back(number);
  return {numbers[0], numbers[1]};
}

/// Examples on a grid, row by row.
runtime::DataSet grid_of(const TwoInputs& inputs, chart::Span x, chart::Span y, std::vector<uint32_t>& rows) {
  const auto at = [](chart::Span span, int64_t k) {
    return static_cast<float>(span.low + (span.high - span.low) * (static_cast<double>(k) + 0.5) / cells_along);
  };
  runtime::DataSet data;
  data.examples = cells_along * cells_along;
  size_t before = 0;
  for (const runtime::RawField& field : inputs.fields) {
    auto values = std::make_shared<std::vector<float>>();
    for (int64_t row = 0; row < cells_along; ++row)
      for (int64_t column = 0; column < cells_along; ++column) {
        const float both[] = {at(x, column), at(y, row)};
        for (int64_t k = 0; k < field.count(); ++k) values->push_back(both[before + static_cast<size_t>(k)]);
      }
    before += static_cast<size_t>(field.count());
    runtime::FieldData made;
    made.name = field.name;
    made.shape = field.shape;
    made.count = field.count();
    made.segments.push_back({0, reinterpret_cast<const char*>(values->data()), values});
    data.fields.push_back(std::move(made));
  }
  rows.clear();
  for (int64_t k = 0; k < data.examples; ++k) rows.push_back(static_cast<uint32_t>(k));
  return data;
}

/// The span of the points with room around them.
chart::Span around(const std::vector<double>& values) {
  const auto [low, high] = std::ranges::minmax(values);
  const double room = high > low ? (high - low) * 0.12 : std::max(1.0, std::abs(low) * 0.1);
  return {low - room, high + room};
}

bool answers_with_class(const TrainedNet& net) {
  const runtime::OutputInfo& output = net.manifest().outputs.front();
  return output.head == runtime::Head::Class || output.head == runtime::Head::Probability;
}

}  // namespace

std::optional<chart::Figure> plot_boundary(Session& session) {
  std::optional<TrainedNet> net = load_trained_net(session);
  if (!net) return std::nullopt;
  const std::optional<TwoInputs> inputs = two_inputs(*net);
  if (!inputs)
    throw runtime::Failure(runtime::exit_wrong,
                           fmt::format("{}: a boundary is drawn over two numbers; the net `{}` takes {}", net->file,
                                       net->manifest().run.net, taken_by(*net)));
  std::vector<uint32_t> points = net->examples;
  if (points.size() > most_points) points.resize(most_points);
  std::vector<double> xs, ys;
  for (const uint32_t example : points) {
    const auto [x, y] = point_of(net->data(), *inputs, example);
    xs.push_back(x);
    ys.push_back(y);
  }
  const chart::Span across = around(xs), up = around(ys);
  std::vector<uint32_t> rows;
  const runtime::DataSet grid = grid_of(*inputs, across, up, rows);
  chart::Field field{.title = "",
                     .left = across.low,
                     .right = across.high,
                     .bottom = up.low,
                     .top = up.high,
                     .columns = cells_along,
                     .rows = cells_along,
                     .values = {}};
  chart::Plot plot{.x = {.title = inputs->names[0], .low = across.low, .high = across.high},
                   .y = {.title = inputs->names[1], .low = up.low, .high = up.high},
                   .marks = {}};
  const std::vector<Answer> answers = ask(*net->run, net->data(), points, true);
  chart::Figure figure{"What " + net->manifest().run.name + " answers where",
                       fmt::format("with {} examples of {}", grouped(std::ssize(points)), runtime::word_of(net->part)),
                       1,
                       {}};
  if (answers_with_class(*net)) {
    const ClassOutput output(*net);
    const double least = 1.0 / static_cast<double>(output.names().size());
    field.classes = true;
    for (const Answer& answer : ask(*net->run, grid, rows, false)) {
      const ClassAnswer given = output.answer(answer);
      field.values.push_back(static_cast<double>(given.label));
      field.strength.push_back((given.probabilities[given.label] - least) / (1 - least));
    }
    plot.marks.push_back(field);
    // More classes are not told apart by colours.
    const bool one_look = output.names().size() > most_classes;
    if (one_look) plot.marks.push_back(chart::Dots{examples_title, {chart::Role::Ink}, xs, ys, true});
    for (size_t label = 0; !one_look && label < output.names().size(); ++label) {
      chart::Dots dots{output.names()[label], {chart::Role::Series, static_cast<int>(label)}, {}, {}};
      for (size_t k = 0; k < answers.size(); ++k) {
        if (output.target(answers[k]) != label) continue;
        dots.x.push_back(xs[k]);
        dots.y.push_back(ys[k]);
      }
      if (!dots.x.empty()) plot.marks.push_back(std::move(dots));
    }
    figure.subtitle += "; the surer the net, the stronger the colour";
  } else {
    const runtime::OutputInfo& output = net->manifest().outputs.front();
    field.title = output.name;
    for (const Answer& answer : ask(*net->run, grid, rows, false))
      field.values.push_back(answer.answers.front().values.values.front());
    chart::Dots dots{examples_title, {chart::Role::Ink}, xs, ys};
    for (const Answer& answer : answers)
      if (const runtime::Shown* target = shown_named(answer.targets, output.name);
          target && !target->values.values.empty())
        dots.values.push_back(target->values.values.front());
    if (dots.values.size() != xs.size()) dots.values.clear();
    std::vector<double> all = field.values;
    all.insert(all.end(), dots.values.begin(), dots.values.end());
    const auto [low, high] = std::ranges::minmax(all);
    field.low = low;
    field.high = high > low ? high : low + 1;
    if (!dots.values.empty()) figure.subtitle += ", coloured by their targets";
    plot.marks.push_back(field);
    plot.marks.push_back(std::move(dots));
  }
  figure.panels.push_back({"", std::move(plot)});
  return figure;
}

}  // namespace dnnc
