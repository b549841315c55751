#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/driver/plot/plots.h"
#include "compiler/records/measures.h"
#include "runtime/files/files.h"
#include "runtime/files/identity.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;
using runtime::Failure;

constexpr const char *training_word = "training", *validation_word = runtime::word_of(runtime::DataPart::Validation);

struct Quantity {
  std::vector<double> epochs, values;
};
/// What a run was from epoch to epoch.
struct History {
  std::string name;        ///< its run, or where several are shown what tells it from them
  std::string place = {};  ///< the file or folder
  std::map<std::string, Quantity> training, validation;
  std::vector<std::string> order = {};  ///< of the quantities, as the lines have them
  std::optional<BestEpoch> best = std::nullopt;
};

void add(std::map<std::string, Quantity>& quantities, double epoch, const nlohmann::json& measures) {
  for (const auto& [name, value] : measures.items()) {
    quantities[name].epochs.push_back(epoch);
    quantities[name].values.push_back(value.is_number() ? value.get<double>() : std::nan(""));
  }
}

History history_of(const std::string& name, const std::vector<nlohmann::json>& epochs) {
  History history{.name = name, .training = {}, .validation = {}};
  for (const nlohmann::json& event : epochs) {
    const double epoch = number_in(event, runtime::event_fields::epoch);
    add(history.training, epoch, measures_of(event, runtime::DataPart::Train));
    add(history.validation, epoch, measures_of(event, runtime::DataPart::Validation));
  }
  for (const auto* quantities : {&history.training, &history.validation})
    for (const auto& [quantity, values] : *quantities)
      if (std::ranges::count(history.order, quantity) == 0) history.order.push_back(quantity);
  return history;
}

/// All runs of a file, each by itself.
std::vector<History> histories_in(const std::string& file) {
  const EventFile read = read_events(file);
  if (!read.faults.empty())
    throw Failure(runtime::exit_wrong, read.faults.front() + ", as `--history FILE` writes them");
  std::vector<std::pair<std::string, std::vector<nlohmann::json>>> runs;
  for (const nlohmann::json& event : read.events) {
    if (event[runtime::event_key] != runtime::word_of(runtime::Event::Epoch)) continue;
    const nlohmann::json run = event.value(runtime::event_fields::run, nlohmann::json());
    const std::string name = run.is_string() ? run.get<std::string>() : "";
    auto place = std::ranges::find(runs, name, &decltype(runs)::value_type::first);
    if (place == runs.end()) place = runs.insert(runs.end(), {name, {}});
    place->second.push_back(event);
  }
  if (runs.empty()) throw Failure(runtime::exit_wrong, file + ": there is no epoch in it");
  std::vector<History> histories;
  for (const auto& [name, epochs] : runs) {
    histories.push_back(history_of(name, epochs));
    histories.back().best = best_of(epochs);
    histories.back().place = file;
  }
  return histories;
}

History history_of_record(const TrainingRecord& record) {
  if (!record.faults.empty()) throw Failure(runtime::exit_wrong, record.faults.front() + ": this record is damaged");
  History history = history_of(record.run(), record.epochs);
  history.place = record.folder;
  history.best = best_of(record);
  return history;
}

/// What a file or folder is called, without where it lies.
std::string short_name(const std::string& path) {
  const fs::path place = fs::absolute(path).lexically_normal();
  const fs::path name = place.has_filename() ? place.filename() : place.parent_path().filename();
  return (runtime::is_folder(path) ? name : name.stem()).string();
}

/// Several get names by which they are told apart: what their file or folder is called, else the whole path. Of a file of several
/// runs the run stands behind that.
void name_apart(std::vector<History>& all) {
  if (all.size() < 2) return;
  std::vector<std::string> names, paths;
  for (const History& history : all) {
    const bool one = runtime::is_folder(history.place) || std::ranges::count(all, history.place, &History::place) == 1;
    const std::string run = one ? "" : " " + history.name;
    names.push_back(short_name(history.place) + run);
    paths.push_back(history.place + run);
  }
  for (size_t k = 0; k < all.size(); ++k) all[k].name = std::ranges::count(names, names[k]) > 1 ? paths[k] : names[k];
}

const std::map<std::string, Quantity>& of_part(const History& history, runtime::DataPart part) {
  return part == runtime::DataPart::Train ? history.training : history.validation;
}

/// "smallest validation loss 0.3"
std::string text_of_best(const BestEpoch& best) {
  return fmt::format("{} {} {} {}", runtime::word_of(best.goal),
                     best.part == runtime::DataPart::Train ? training_word : runtime::word_of(best.part), best.measure,
                     chart::number_text(best.value));
}
std::string in_epoch(const BestEpoch& best) { return fmt::format(" in epoch {:.0f}", best.epoch); }

/// Losses fall over several powers of ten; then each of them is seen.
chart::Scale scale_of(const std::vector<History>& histories, const std::string& quantity) {
  double least = INFINITY, most = 0;
  for (const History& history : histories)
    for (const auto* quantities : {&history.training, &history.validation})
      if (const auto found = quantities->find(quantity); found != quantities->end())
        for (const double value : found->second.values) {
          if (!std::isfinite(value)) continue;
          least = std::min(least, value);
          most = std::max(most, value);
        }
  return least > 0 && most / least > 50 ? chart::Scale::Log : chart::Scale::Linear;
}

/// How the trainings of a figure are drawn.
struct Looks {
  size_t coloured = SIZE_MAX;  ///< so many of the first have colours of their own
  bool sorted = false;         ///< the best are the first
  bool one_part = false;       ///< of each training the curve of validation, where there is one
};

/// Of so many trainings each curve is seen. Of more the best come first and have colours, and all have one curve.
Looks looks_of(std::vector<History>& all) {
  constexpr size_t most_told_apart = 8, most_coloured = 6;
  if (all.size() <= most_told_apart) return {};
  const auto& first = all.front().best;
  const bool one_goal = std::ranges::all_of(all, [&](const History& history) {
    const auto& best = history.best;
    return first && best && best->goal == first->goal && best->part == first->part && best->measure == first->measure;
  });
  if (one_goal)
    std::ranges::stable_sort(all, [&](const History& a, const History& b) {
      return first->goal == runtime::Goal::Smallest ? a.best->value < b.best->value : a.best->value > b.best->value;
    });
  return {most_coloured, one_goal, true};
}

chart::Panel panel_of_quantity(const std::vector<History>& histories, const std::string& quantity, const Looks& looks) {
  chart::Plot plot{.x = {.title = "epoch", .whole = true}, .y = {.title = quantity}, .marks = {}};
  plot.y.scale = scale_of(histories, quantity);
  const bool several = histories.size() > 1;
  // Those with colours lie over the others.
  for (size_t back = histories.size(); back-- > 0;) {
    const size_t k = several && looks.one_part ? back : histories.size() - 1 - back;
    const History& history = histories[k];
    const bool quiet = k >= looks.coloured;
    const auto colour_of = [&](bool validation) {
      if (quiet) return chart::Colour{chart::Role::Quiet};
      return chart::Colour{chart::Role::Series, several ? static_cast<int>(k) : validation ? 1 : 0};
    };
    const bool validates = history.validation.contains(quantity);
    for (const bool validation : {false, true}) {
      const auto& quantities = validation ? history.validation : history.training;
      const auto found = quantities.find(quantity);
      if (found == quantities.end() || (looks.one_part && validation != validates)) continue;
      const std::string part = validation ? validation_word : training_word;
      const std::string name = quiet                       ? (k == looks.coloured ? "the others" : "")
                               : several && looks.one_part ? history.name
                               : several                   ? history.name + " " + part
                                                           : part;
      plot.marks.push_back(
          chart::Line{name, colour_of(validation), found->second.epochs, found->second.values,
                      several && validation && !looks.one_part ? chart::Stroke::Dashed : chart::Stroke::Solid});
    }
    const std::optional<BestEpoch>& best = history.best;
    if (!best || quiet) continue;
    if (!several)
      plot.marks.push_back(
          chart::Rule{fmt::format("best epoch {:.0f}", best->epoch), {chart::Role::Quiet}, best->epoch});
    const auto& of_best = of_part(history, best->part);
    const auto shown = of_best.find(quantity);
    if (shown == of_best.end()) continue;
    const auto at = std::ranges::find(shown->second.epochs, best->epoch);
    if (at == shown->second.epochs.end()) continue;
    const double value = shown->second.values[static_cast<size_t>(at - shown->second.epochs.begin())];
    plot.marks.push_back(
        chart::Dots{"", colour_of(best->part != runtime::DataPart::Train), {best->epoch}, {value}, true});
  }
  return {quantity, plot};
}

/// What each of several came to.
chart::Panel table_of_best(const std::vector<History>& all) {
  chart::Table table{
      {training_word, runtime::record_members::best, runtime::event_fields::epoch, runtime::event_fields::epochs}, {}};
  for (const History& history : all) {
    size_t epochs = 0;
    for (const auto& [name, values] : history.training) epochs = std::max(epochs, values.epochs.size());
    table.rows.push_back({history.name, history.best ? text_of_best(*history.best) : "",
                          history.best ? fmt::format("{:.0f}", history.best->epoch) : "", std::to_string(epochs)});
  }
  return {"Best epochs", std::move(table)};
}

chart::Figure figure_of(std::vector<History> all) {
  name_apart(all);
  std::vector<std::string> quantities;
  for (const History& history : all)
    for (const std::string& name : history.order)
      if (std::ranges::count(quantities, name) == 0) quantities.push_back(name);
  if (quantities.empty())
    throw Failure(runtime::exit_wrong, all.front().place + ": no epoch of its training is through");
  std::ranges::stable_partition(quantities, [](const std::string& name) { return name == runtime::loss_name; });
  chart::Figure figure{all.size() > 1 ? "Trainings side by side" : "Training of " + all.front().name, "", 1, {}};
  const Looks looks = looks_of(all);
  const bool marked = std::ranges::any_of(all, [](const History& history) { return history.best.has_value(); });
  if (all.size() == 1 && marked) figure.subtitle = text_of_best(*all.front().best) + in_epoch(*all.front().best);
  if (all.size() > 1 && marked) figure.subtitle = "hollow marks are the best epochs";
  if (looks.one_part)
    figure.subtitle += fmt::format("{}{} {} of {} have colours", marked ? "; " : "",
                                   looks.sorted ? "the best" : "the first", looks.coloured, all.size());
  for (const std::string& quantity : quantities) figure.panels.push_back(panel_of_quantity(all, quantity, looks));
  if (all.size() > 1) figure.panels.push_back(table_of_best(all));
  return figure;
}

}  // namespace

chart::Figure history_of_records(const std::vector<TrainingRecord>& records) {
  std::vector<History> all;
  for (const TrainingRecord& record : records) all.push_back(history_of_record(record));
  return figure_of(std::move(all));
}

std::optional<chart::Figure> plot_history(Session& session) {
  const std::vector<std::string>& words = session.options().words;
  std::vector<History> all;
  std::set<runtime::FileIdentity> known;
  for (size_t k = 1; k < words.size(); ++k) {
    if (!runtime::is_folder(words[k])) {
      if (!known.insert(runtime::identity_of(words[k])).second) continue;
      for (History& history : histories_in(words[k])) all.push_back(std::move(history));
      continue;
    }
    for (const std::string& folder : record_folders({words[k]}))
      if (known.insert(runtime::identity_of(folder)).second) all.push_back(history_of_record(read_record(folder)));
  }
  return figure_of(std::move(all));
}

}  // namespace dnnc
