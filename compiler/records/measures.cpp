#include "compiler/records/measures.h"

#include <algorithm>
#include <array>

#include "runtime/program/event_schema.h"
#include "runtime/program/manifest.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
using runtime::DataPart;
namespace fields = runtime::event_fields;
namespace is = runtime::record_members;

/// The name without that of the part before it, which it has where another field is called like it.
std::string without_part(const std::string& name) {
  for (const auto& [part, word] : runtime::words<DataPart>)
    if (const std::string before = runtime::part_number(part, ""); name.starts_with(before))
      return name.substr(before.size());
  return name;
}

template <class Skips>
Json numbers_but(const Json& event, const Skips& skips) {
  Json numbers = Json::object();
  for (const auto& [name, value] : event.items())
    if ((value.is_number() || value.is_null()) && !skips(name)) numbers[without_part(name)] = value;
  return numbers;
}

}  // namespace

Json measures_of(const Json& event, DataPart part) {
  if (part == DataPart::Train)
    return numbers_but(event,
                       [](const std::string& name) { return std::ranges::count(fields::beside_numbers, name) > 0; });
  const auto found = event.find(runtime::word_of(part));
  if (found == event.end() || !found->is_object()) return Json::object();
  Json numbers = Json::object();
  for (const auto& [name, value] : found->items())
    if (value.is_number() || value.is_null()) numbers[name] = value;
  return numbers;
}

Json measures_of_part(const Json& event) {
  return numbers_but(event, [](const std::string& name) { return name == runtime::schema_key; });
}

double number_in(const Json& event, const char* name) {
  const auto found = event.find(name);
  return found != event.end() && found->is_number() ? found->get<double>() : 0;
}

std::optional<BestEpoch> best_of(const TrainingRecord& record) {
  const Json& epoch = record.at(is::best, is::epoch);
  const std::string on = record.text(is::best, is::on);
  if (!epoch.is_number() || on.empty()) return std::nullopt;
  BestEpoch best{.epoch = epoch.get<double>(), .measure = without_part(on)};
  for (const auto& [part, word] : runtime::words<DataPart>)
    if (on.starts_with(runtime::part_number(part, ""))) best.part = part;
  best.goal = runtime::value_named<runtime::Goal>(record.text(is::best, is::goal)).value_or(runtime::Goal::Smallest);
  if (const Json& value = record.at(is::best, is::value); value.is_number()) best.value = value.get<double>();
  return best;
}

std::optional<BestEpoch> best_of(const std::vector<Json>& epochs) {
  for (const DataPart part : {DataPart::Validation, DataPart::Train}) {
    std::optional<BestEpoch> best;
    for (const Json& epoch : epochs) {
      const Json loss = measures_of(epoch, part).value(runtime::loss_name, Json());
      if (loss.is_number() && (!best || loss < best->value))
        best = BestEpoch{number_in(epoch, fields::epoch), part, runtime::loss_name, runtime::Goal::Smallest,
                         loss.get<double>()};
    }
    if (best) return best;
  }
  return std::nullopt;
}

}  // namespace dnnc
