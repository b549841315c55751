#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/driver/plot/plots.h"
#include "runtime/files/files.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/program/roles.h"
#include "runtime/program/setting_names.h"
#include "runtime/program/shown.h"
#include "runtime/run/record_files.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;
using runtime::Failure;

/// Of an event of an epoch all but these are loss and metrics.
const std::set<std::string> other_fields = {runtime::event_key,
                                            runtime::schema_key,
                                            "run",
                                            "seconds",
                                            "step_seconds",
                                            "rate_scale",
                                            runtime::word_of(runtime::SettingName::Epoch),
                                            runtime::word_of(runtime::SettingName::Epochs),
                                            runtime::word_of(runtime::DataPart::Validation)};
constexpr const char *record_history = runtime::record_files::history, *training_word = "training",
                     *validation_word = runtime::word_of(runtime::DataPart::Validation);

struct Quantity {
  std::vector<double> epochs, values;
};
/// What a run was from epoch to epoch.
struct History {
  std::string name;
  std::map<std::string, Quantity> training, validation;
  std::vector<std::string> order;  ///< of the quantities, as the lines have them
};

void add(std::map<std::string, Quantity>& quantities, const std::string& name, double epoch,
         const nlohmann::json& value) {
  if (!value.is_number() && !value.is_null()) return;  // tables are no curves
  quantities[name].epochs.push_back(epoch);
  quantities[name].values.push_back(value.is_number() ? value.get<double>() : std::nan(""));
}

void add_epoch(History& history, const nlohmann::json& line) {
  const double epoch = line["epoch"].get<double>();
  for (const auto& [name, value] : line.items()) {
    if (other_fields.contains(name)) continue;
    // A metric that is called like another field has its part before its name.
    const std::string part = std::string(runtime::word_of(runtime::DataPart::Train)) + ".";
    const std::string quantity = name.starts_with(part) ? name.substr(part.size()) : name;
    if (value.is_number() && !history.training.contains(quantity)) history.order.push_back(quantity);
    add(history.training, quantity, epoch, value);
  }
  const auto validation = line.find(validation_word);
  if (validation == line.end() || !validation->is_object()) return;
  for (const auto& [name, value] : validation->items()) add(history.validation, name, epoch, value);
}

/// The file of a history: itself, or that of a record.
std::string history_file(const std::string& path) {
  if (!runtime::is_folder(path)) return path;
  const std::string file = (fs::path(path) / record_history).string();
  if (!runtime::file_exists(file))
    throw Failure(runtime::exit_input_output,
                  path + ": no record of a training: it has no " + record_history + "; --record FOLDER makes one");
  return file;
}

/// All runs of a file, each by itself.
std::vector<History> read_histories(const std::string& path) {
  const std::string file = history_file(path);
  const std::vector<char> bytes = runtime::read_file(file);
  const std::string text(bytes.begin(), bytes.end());
  std::vector<History> histories;
  std::map<std::string, size_t> places;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    // A training that is killed leaves a part of its last line.
    const bool whole = end < text.size();
    begin = end + 1;
    const nlohmann::json json = runtime::parse_json(line);
    const bool event = json.is_object() && json.value(runtime::event_key, nlohmann::json()).is_string();
    if (!event && !whole && number > 0) break;
    if (!event)
      throw Failure(
          runtime::exit_wrong,
          fmt::format("{}, line {}: no line of a history, as `--history FILE` writes them", file, number + 1));
    if (json[runtime::event_key] != runtime::word_of(runtime::Event::Epoch)) continue;
    if (!json.value("epoch", nlohmann::json()).is_number())
      throw Failure(runtime::exit_wrong, fmt::format("{}, line {}: an epoch without its number", file, number + 1));
    const nlohmann::json run = json.value("run", nlohmann::json(std::string()));
    const std::string name = run.is_string() ? run.get<std::string>() : "";
    const auto [place, fresh] = places.try_emplace(name, histories.size());
    if (fresh) histories.push_back({name, {}, {}, {}});
    add_epoch(histories[place->second], json);
  }
  if (histories.empty()) throw Failure(runtime::exit_wrong, file + ": there is no epoch in it");
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

/// The epoch with the smallest loss, of validation where there is one; nothing where no loss is a number.
std::optional<size_t> best_place(const Quantity& loss) {
  std::optional<size_t> best;
  for (size_t k = 0; k < loss.values.size(); ++k)
    if (std::isfinite(loss.values[k]) && (!best || loss.values[k] < loss.values[*best])) best = k;
  return best;
}

struct Best {
  std::string part;
  double epoch = 0, loss = 0;
};

std::optional<Best> best_of(const History& history) {
  for (const auto& [quantities, part] :
       {std::pair{&history.validation, validation_word}, {&history.training, training_word}})
    if (const auto loss = quantities->find("loss"); loss != quantities->end())
      if (const std::optional<size_t> best = best_place(loss->second))
        return Best{part, loss->second.epochs[*best], loss->second.values[*best]};
  return std::nullopt;
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
    const std::optional<Best> best = best_of(history);
    if (best && !several)
      plot.marks.push_back(
          chart::Rule{fmt::format("best epoch {:.0f}", best->epoch), {chart::Role::Quiet}, best->epoch});
    const auto& of_best = best && best->part != training_word ? history.validation : history.training;
    const auto shown = of_best.find(quantity);
    if (!best || shown == of_best.end()) continue;
    const auto at = std::ranges::find(shown->second.epochs, best->epoch);
    if (at == shown->second.epochs.end()) continue;
    const double value = shown->second.values[static_cast<size_t>(at - shown->second.epochs.begin())];
    const int colour = several ? number : best->part == training_word ? 0 : 1;
    plot.marks.push_back(chart::Dots{"", {chart::Role::Series, colour}, {best->epoch}, {value}, true});
  }
  return {quantity, plot};
}

}  // namespace

std::optional<chart::Figure> plot_history(Session& session) {
  const std::vector<std::string>& words = session.options().words;
  std::vector<History> all;
  for (size_t k = 1; k < words.size(); ++k) {
    std::vector<History> histories = read_histories(words[k]);
    for (History& history : histories) {
      if (words.size() > 2 || histories.size() > 1) history.name = name_of(words[k], history, histories.size());
      all.push_back(history);
    }
  }
  for (size_t k = 0; k < all.size(); ++k)  // two of one name are told apart by their number
    if (std::ranges::count(all, all[k].name, &History::name) > 1) all[k].name += fmt::format(" ({})", k + 1);
  std::vector<std::string> quantities;
  for (const History& history : all)
    for (const std::string& name : history.order)
      if (std::ranges::count(quantities, name) == 0) quantities.push_back(name);
  std::ranges::stable_partition(quantities, [](const std::string& name) { return name == "loss"; });
  chart::Figure figure{all.size() > 1 ? "Trainings side by side" : "Training of " + all.front().name, "", 1, {}};
  for (const History& history : all) {
    const std::optional<Best> best = best_of(history);
    if (!best) continue;
    figure.subtitle +=
        fmt::format("{}{}smallest {} loss {} in epoch {:.0f}", figure.subtitle.empty() ? "" : " · ",
                    all.size() > 1 ? history.name + ": " : "", best->part, chart::number_text(best->loss), best->epoch);
  }
  for (const std::string& quantity : quantities) figure.panels.push_back(panel_of_quantity(all, quantity));
  return figure;
}

}  // namespace dnnc
