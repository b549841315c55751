#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/trained_net.h"
#include "compiler/plot/histogram.h"
#include "compiler/support/grouped.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

/// Those outputs that are numbers which have targets.
std::vector<const runtime::OutputInfo*> real_outputs(const TrainedNet& net) {
  std::vector<const runtime::OutputInfo*> outputs;
  for (const runtime::OutputInfo& output : net.manifest().outputs)
    if (output.head == runtime::Head::Real) outputs.push_back(&output);
  if (outputs.empty())
    throw runtime::Failure(runtime::exit_wrong,
                           fmt::format("{}: the net `{}` answers with no numbers of the head `real`; `plot confusion` "
                                       "draws classes",
                                       net.file, net.manifest().run.net));
  return outputs;
}

/// Where there are several, all that is said of one has its name.
void add_panels(const TrainedNet& net, const std::vector<Answer>& answers, const runtime::OutputInfo& output,
                bool several, chart::Figure& figure) {
  chart::Dots dots{"", {}, {}, {}};
  chart::Dots rest{"", {}, {}, {}};
  std::vector<double> residuals;
  double absolute = 0, squares = 0;
  for (const Answer& answer : answers) {
    const runtime::Shown* const target = shown_named(answer.targets, output.name);
    const runtime::Shown* const given = shown_named(answer.answers, output.name);
    if (!target || !given)
      throw runtime::Failure(runtime::exit_wrong,
                             net.file + ": the examples have no target that answers could be compared with");
    for (size_t k = 0; k < given->values.values.size() && k < target->values.values.size(); ++k) {
      const double x = target->values.values[k], y = given->values.values[k];
      dots.x.push_back(x);
      dots.y.push_back(y);
      rest.x.push_back(x);
      rest.y.push_back(y - x);
      residuals.push_back(y - x);
      absolute += std::abs(y - x);
      squares += (y - x) * (y - x);
    }
  }
  const auto count = static_cast<double>(residuals.size());
  figure.subtitle += fmt::format("{}wrong by {} as a mean, by {} as a root of the mean square",
                                 several ? "; " + output.name + ": " : ": ", chart::number_text(absolute / count),
                                 chart::number_text(std::sqrt(squares / count)));
  const std::string name = output.target.empty() ? output.name : output.target,
                    before = several ? output.name + ": " : "";
  const auto titled = [&](const char* title) {
    std::string text = before + title;
    if (before.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
  };
  figure.panels.push_back(
      {titled("answer against target"), chart::Plot{.x = {name + ", target"},
                                                    .y = {name + ", answer"},
                                                    .marks = {chart::Slope{"right", {chart::Role::Quiet}}, dots},
                                                    .square = true}});
  figure.panels.push_back(
      {titled("error over the target"), chart::Plot{.x = {name + ", target"},
                                                    .y = {"answer \u2212 target"},
                                                    .marks = {chart::Rule{"", {chart::Role::Quiet}, 0, false}, rest}}});
  figure.panels.push_back({titled("how often which error is there"),
                           chart::distribution(residuals, "answer \u2212 target", examples_title, {})});
}

}  // namespace

std::optional<chart::Figure> plot_regression(Session& session) {
  std::optional<TrainedNet> net = load_trained_net(session);
  if (!net) return std::nullopt;
  const std::vector<const runtime::OutputInfo*> outputs = real_outputs(*net);
  const std::vector<Answer> answers = ask(*net->run, net->data(), net->examples, true);
  chart::Figure figure{
      "Answers of " + net->manifest().run.name,
      fmt::format("{} examples of {}", grouped(std::ssize(net->examples)), runtime::word_of(net->part)),
      1,
      {}};
  for (const runtime::OutputInfo* output : outputs) add_panels(*net, answers, *output, outputs.size() > 1, figure);
  return figure;
}

}  // namespace dnnc
