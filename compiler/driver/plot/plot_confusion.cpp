#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/trained_net.h"
#include "compiler/plot/series.h"
#include "compiler/support/grouped.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

constexpr size_t most_curves = 10, most_rows = 40;

[[noreturn]] void no_targets(const TrainedNet& net) {
  throw runtime::Failure(runtime::exit_wrong,
                         net.file + ": the examples have no target that answers could be compared with");
}

/// The places of the largest numbers, at most so many, in their order.
std::vector<size_t> the_most(const std::vector<double>& numbers, size_t most) {
  std::vector<size_t> places(numbers.size());
  std::iota(places.begin(), places.end(), size_t{0});
  if (places.size() <= most) return places;
  std::ranges::stable_sort(places, std::greater<>(), [&](size_t k) { return numbers[k]; });
  places.resize(most);
  std::ranges::sort(places);
  return places;
}

/// How many of those that are no members are taken for some, and how many members, as fewer and fewer must be sure.
struct Roc {
  std::vector<double> wrong, right;
  double area = 0;
};

/// Examples of one probability are taken together: their order says nothing.
std::optional<Roc> roc_of(std::vector<std::pair<double, bool>> examples) {
  std::ranges::stable_sort(examples, std::greater<>(), [](const auto& example) { return example.first; });
  const auto members = static_cast<double>(std::ranges::count(examples, true, &std::pair<double, bool>::second));
  const double others = static_cast<double>(examples.size()) - members;
  if (members == 0 || others == 0) return std::nullopt;
  Roc roc{{0}, {0}, 0};
  double right = 0, wrong = 0;
  for (size_t k = 0; k < examples.size(); ++k) {
    (examples[k].second ? right : wrong) += 1;
    if (k + 1 < examples.size() && examples[k + 1].first == examples[k].first) continue;
    roc.area += (wrong / others - roc.wrong.back()) * (right / members + roc.right.back()) / 2;
    roc.wrong.push_back(wrong / others);
    roc.right.push_back(right / members);
  }
  return roc;
}

}  // namespace

std::optional<chart::Figure> plot_confusion(Session& session) {
  std::optional<TrainedNet> net = load_trained_net(session);
  if (!net) return std::nullopt;
  const ClassOutput output(*net);
  const size_t count = output.names().size();
  std::map<std::pair<size_t, size_t>, double> taken;
  std::vector<double> mistakes(count);
  double right = 0, all = 0;
  for (const Answer& answer : ask(*net->run, net->data(), net->examples, true)) {
    const std::optional<size_t> target = output.target(answer);
    if (!target) no_targets(*net);
    const size_t label = output.answer(answer).label;
    ++taken[{*target, label}];
    ++all;
    if (label == *target) ++right;
    else ++mistakes[*target], ++mistakes[label];
  }
  chart::Figure figure{fmt::format("What {} takes for what", net->manifest().run.name),
                       fmt::format("{} of {} examples of {} right, {:.4g} %", grouped(static_cast<int64_t>(right)),
                                   grouped(static_cast<int64_t>(all)), runtime::word_of(net->part), 100 * right / all),
                       1,
                       {}};
  const std::vector<size_t> shown = the_most(mistakes, most_rows);
  if (shown.size() < count)
    figure.subtitle +=
        fmt::format("; the {} of {} classes with most mistakes", shown.size(), grouped(static_cast<int64_t>(count)));
  chart::Matrix matrix{runtime::answer_words::target, answer_title, {}, {}, {}};
  for (const size_t row : shown) {
    matrix.rows.push_back(output.names()[row]);
    matrix.columns.push_back(output.names()[row]);
    for (const size_t column : shown) {
      const auto found = taken.find({row, column});
      matrix.values.push_back(found == taken.end() ? 0 : found->second);
    }
  }
  figure.panels.push_back({"", std::move(matrix)});
  return figure;
}

std::optional<chart::Figure> plot_roc(Session& session) {
  std::optional<TrainedNet> net = load_trained_net(session);
  if (!net) return std::nullopt;
  const ClassOutput output(*net);
  const std::vector<Answer> answers = ask(*net->run, net->data(), net->examples, true);
  chart::Plot plot{.x = {.title = "of all others, taken for it (false positives)", .low = 0, .high = 1},
                   .y = {.title = "of its own, found (true positives)", .low = 0, .high = 1},
                   .marks = {},
                   .square = true};
  const bool two = output.names().size() == 2;
  std::vector<double> members(output.names().size());
  for (const Answer& answer : answers) {
    const std::optional<size_t> target = output.target(answer);
    if (!target) no_targets(*net);
    ++members[*target];
  }
  const std::vector<size_t> drawn = two ? std::vector<size_t>{1} : the_most(members, most_curves);
  for (const size_t label : drawn) {
    std::vector<std::pair<double, bool>> examples;
    for (const Answer& answer : answers) {
      examples.emplace_back(output.answer(answer).probabilities[label], output.target(answer) == label);
    }
    const std::optional<Roc> roc = roc_of(std::move(examples));
    if (!roc) continue;
    const auto number = static_cast<int>(plot.marks.size());
    plot.marks.push_back(chart::Line{fmt::format("{}: area {:.4f}", output.names()[label], roc->area),
                                     {chart::Role::Series, number},
                                     roc->wrong,
                                     roc->right,
                                     chart::stroke_of_series(number)});
  }
  if (plot.marks.empty())
    throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: all examples of {} are of one class", net->file,
                                                            runtime::word_of(net->part)));
  plot.marks.push_back(chart::Slope{"guessing", {chart::Role::Quiet}});
  chart::Figure figure{"ROC of " + net->manifest().run.name,
                       fmt::format("{} examples of {}", grouped(std::ssize(answers)), runtime::word_of(net->part)),
                       1,
                       {}};
  if (!two && drawn.size() < members.size())
    figure.subtitle +=
        fmt::format("; the {} of {} classes with most examples", drawn.size(), grouped(std::ssize(members)));
  figure.panels.push_back({"", std::move(plot)});
  return figure;
}

}  // namespace dnnc
