#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/driver/plot/program_data.h"
#include "compiler/interpret/interpret.h"
#include "compiler/sema/training/rates.h"
#include "runtime/program/failure.h"
#include "runtime/program/setting_names.h"

namespace dnnc {
namespace {

constexpr int64_t most_places = 2000;

using runtime::SettingName;

/// A number for each setting of the loop at a step, counted from 1.
Inputs settings_at(int64_t step, int64_t steps, int64_t epochs) {
  const double epoch = std::floor(static_cast<double>(step - 1) / static_cast<double>(steps)) + 1;
  return {{runtime::word_of(SettingName::Step), {static_cast<double>(step)}},
          {runtime::word_of(SettingName::Steps), {static_cast<double>(steps * epochs)}},
          {runtime::word_of(SettingName::Epoch), {epoch}},
          {runtime::word_of(SettingName::Epochs), {static_cast<double>(epochs)}},
          {runtime::word_of(SettingName::RateScale), {1.0}}};
}

}  // namespace

std::optional<chart::Figure> plot_schedule(Session& session) {
  const std::optional<Model> model = read_model(session);
  if (!model) return std::nullopt;
  const Training& training = chosen_run(session, *model);
  tell_of_other_runs(session, *model);
  const std::optional<Graph> built = build_rates(*model, training);
  if (!built || built->outputs.empty())
    throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: no optimizer of `{}` has a `rate` that could be drawn",
                                                            session.options().file, training.name));
  Graph graph = *built;
  for (const Pass& pass : graph_passes()) graph = session.run(pass, std::move(graph));
  const int64_t examples = static_cast<int64_t>(load_program_data(session, training).train.size());
  const int64_t steps = (examples + training.batch - 1) / training.batch;
  const int64_t epochs = session.options().running.epochs.value_or(training.epochs), all = steps * epochs;
  std::vector<chart::Line> lines;
  for (const Output& output : graph.outputs)
    lines.push_back({.name = output.name,
                     .colour = {chart::Role::Series, static_cast<int>(lines.size())},
                     .x = {},
                     .y = {},
                     .stairs = all <= most_places});
  const Interpreter interpreter(graph);
  const int64_t places = std::min(all, most_places);
  for (int64_t k = 0; k < places; ++k) {
    const int64_t step =
        places == 1 ? 1
                    : 1 + static_cast<int64_t>(std::llround(static_cast<double>(k) * static_cast<double>(all - 1) /
                                                            static_cast<double>(places - 1)));
    const auto values = interpreter.run(settings_at(step, steps, epochs));
    for (size_t n = 0; n < lines.size(); ++n) {
      lines[n].x.push_back(static_cast<double>(step));
      lines[n].y.push_back(values[graph.outputs[n].node].front());
    }
  }
  chart::Plot plot{.x = {.title = "step", .whole = true}, .y = {.title = "rate"}, .marks = {}};
  if (lines.size() == 1) lines.front().name.clear();
  for (chart::Line& line : lines) plot.marks.push_back(std::move(line));
  chart::Figure figure{"Rate of " + training.name,
                       fmt::format("{} epochs of {} steps{}", chart::number_text(static_cast<double>(epochs), 15),
                                   chart::number_text(static_cast<double>(steps), 15),
                                   training.anneal ? "; `anneal` may lower it further" : ""),
                       1,
                       {}};
  figure.panels.push_back({"", plot});
  return figure;
}

}  // namespace dnnc
