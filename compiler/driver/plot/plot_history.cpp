#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/driver/plot/plots.h"
#include "compiler/records/measures.h"
#include "runtime/files/files.h"
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
  std::string name;
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
  History history{name, {}, {}};
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
  }
  return histories;
}

/// Of all records that a folder is or holds.
std::vector<History> histories_of_records(const std::string& folder) {
  std::vector<History> histories;
  for (const std::string& one : record_folders({folder})) {
    const TrainingRecord record = read_record(one);
    if (!record.faults.empty()) throw Failure(runtime::exit_wrong, record.faults.front() + ": this record is damaged");
    if (record.epochs.empty()) throw Failure(runtime::exit_wrong, one + ": no epoch of its training is through");
    histories.push_back(history_of(record.run(), record.epochs));
    histories.back().best = best_of(record);
  }
  return histories;
}

/// What a training is called where several are: its folder or file, and its run where the file has several.
std::string name_of(const std::string& path, const History& history, size_t runs) {
  const fs::path place = fs::path(path).lexically_normal();
  std::string name = runtime::is_folder(path) ? place.filename().string() : place.stem().string();
  if (name.empty() || name == ".")
    name = place.has_parent_path() ? place.parent_path().filename().string() : history.name;
  return runs > 1 ? name + " " + history.name : name;
}

const std::map<std::string, Quantity>& of_part(const History& history, runtime::DataPart part) {
  return part == runtime::DataPart::Train ? history.training : history.validation;
}

/// "smallest validation loss 0.3 in epoch 2"
std::string text_of_best(const BestEpoch& best) {
  return fmt::format("{} {} {} {} in epoch {:.0f}", runtime::word_of(best.goal),
                     best.part == runtime::DataPart::Train ? training_word : runtime::word_of(best.part), best.measure,
                     chart::number_text(best.value), best.epoch);
}

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

chart::Panel panel_of_quantity(const std::vector<History>& histories, const std::string& quantity) {
  chart::Plot plot{.x = {.title = "epoch", .whole = true}, .y = {.title = quantity}, .marks = {}};
  plot.y.scale = scale_of(histories, quantity);
  const bool several = histories.size() > 1;
  for (size_t k = 0; k < histories.size(); ++k) {
    const History& history = histories[k];
    const auto number = static_cast<int>(k);
    const std::string before = several ? history.name + " " : "";
    const auto add_line = [&](const std::map<std::string, Quantity>& quantities, const std::string& part, bool dashed) {
      const auto found = quantities.find(quantity);
      if (found == quantities.end()) return;
      const chart::Colour colour = {chart::Role::Series, several ? number : dashed ? 1 : 0};
      plot.marks.push_back(chart::Line{before + part, colour, found->second.epochs, found->second.values,
                                       several && dashed ? chart::Stroke::Dashed : chart::Stroke::Solid});
    };
    add_line(history.training, training_word, false);
    add_line(history.validation, validation_word, true);
    const std::optional<BestEpoch>& best = history.best;
    if (!best) continue;
    if (!several)
      plot.marks.push_back(
          chart::Rule{fmt::format("best epoch {:.0f}", best->epoch), {chart::Role::Quiet}, best->epoch});
    const auto& of_best = of_part(history, best->part);
    const auto shown = of_best.find(quantity);
    if (shown == of_best.end()) continue;
    const auto at = std::ranges::find(shown->second.epochs, best->epoch);
    if (at == shown->second.epochs.end()) continue;
    const double value = shown->second.values[static_cast<size_t>(at - shown->second.epochs.begin())];
    const int colour = several ? number : best->part == runtime::DataPart::Train ? 0 : 1;
    plot.marks.push_back(chart::Dots{"", {chart::Role::Series, colour}, {best->epoch}, {value}, true});
  }
  return {quantity, plot};
}

}  // namespace

std::optional<chart::Figure> plot_history(Session& session) {
  const std::vector<std::string>& words = session.options().words;
  std::vector<History> all;
  const auto take = [&](const std::string& path, std::vector<History> histories) {
    for (History& history : histories) {
      if (words.size() > 2 || histories.size() > 1) history.name = name_of(path, history, histories.size());
      all.push_back(history);
    }
  };
  for (size_t k = 1; k < words.size(); ++k)
    if (runtime::is_folder(words[k])) take(words[k], histories_of_records(words[k]));
    else take(words[k], histories_in(words[k]));
  for (size_t k = 0; k < all.size(); ++k)  // two of one name are told apart by their number
    if (std::ranges::count(all, all[k].name, &History::name) > 1) all[k].name += fmt::format(" ({})", k + 1);
  std::vector<std::string> quantities;
  for (const History& history : all)
    for (const std::string& name : history.order)
      if (std::ranges::count(quantities, name) == 0) quantities.push_back(name);
  std::ranges::stable_partition(quantities, [](const std::string& name) { return name == "loss"; });
  chart::Figure figure{all.size() > 1 ? "Trainings side by side" : "Training of " + all.front().name, "", 1, {}};
  for (const History& history : all)
    if (history.best)
      figure.subtitle += fmt::format("{}{}{}", figure.subtitle.empty() ? "" : " · ",
                                     all.size() > 1 ? history.name + ": " : "", text_of_best(*history.best));
  for (const std::string& quantity : quantities) figure.panels.push_back(panel_of_quantity(all, quantity));
  return figure;
}

}  // namespace dnnc
