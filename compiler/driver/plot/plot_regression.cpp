#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/trained_net.h"
#include "compiler/plot/histogram.h"
#include "compiler/support/grouped.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

/// The first output that is numbers which have targets.
const runtime::OutputInfo& real_output(const TrainedNet& net) {
  for (const runtime::OutputInfo& output : net.manifest().outputs)
    if (output.head == runtime::Head::Real) return output;
  throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: the net `{}` answers with no numbers of the head `real`",
                                                          net.file, net.manifest().run.net));
}

}  // namespace

std::optional<chart::Figure> plot_regression(Session& session) {
  std::optional<TrainedNet> net = load_trained_net(session);
  if (!net) return std::nullopt;
  const runtime::OutputInfo& output = real_output(*net);
  chart::Dots dots{"", {}, {}, {}};
  chart::Dots rest{"", {}, {}, {}};
  std::vector<double> residuals;
  double absolute = 0, squares = 0;
  for (const Answer& answer : ask(*net->run, net->data(), net->examples, true)) {
    const runtime::Shown* const target = shown_named(answer.targets, output.name);
    const runtime::Shown* const given = shown_named(answer.answers, output.name);
    if (!target || !given)
      throw runtime::Failure(runtime::exit_wrong,
                             net->file + ": the examples have no target that answers could be compared with");
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
  const std::string name = output.target.empty() ? output.name : output.target;
  chart::Figure figure{
      "Answers of " + net->manifest().run.name,
      fmt::format("{} examples of {}: wrong by {} as a mean, by {} as a root of the mean square",
                  grouped(std::ssize(net->examples)), runtime::word_of(net->part), chart::number_text(absolute / count),
                  chart::number_text(std::sqrt(squares / count))),
      1,
      {}};
  figure.panels.push_back(
      {"Answer against target", chart::Plot{.x = {name + ", target"},
                                            .y = {name + ", answer"},
                                            .marks = {chart::Slope{"right", {chart::Role::Quiet}}, dots},
                                            .square = true}});
  figure.panels.push_back({"Answer less target, over the target",
                           chart::Plot{.x = {name + ", target"},
                                       .y = {"too much"},
                                       .marks = {chart::Rule{"", {chart::Role::Quiet}, 0, false}, rest}}});
  figure.panels.push_back({"Answer less target", chart::distribution(residuals, "too much", examples_title, {})});
  return figure;
}

}  // namespace dnnc
