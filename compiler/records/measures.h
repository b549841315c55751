#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compiler/records/record.h"
#include "runtime/program/roles.h"

/// Loss and metrics that events tell.
namespace dnnc {

/// What an event of an epoch or step says of a part: an object of numbers by name, null of those that are not finite. Tables are
/// left out.
nlohmann::json measures_of(const nlohmann::json& event, runtime::DataPart part);

/// The same of an event that is about one part alone: `test`, `validation` or `train`.
nlohmann::json measures_of_part(const nlohmann::json& event);

/// A number of an event of that name, 0 where there is none.
double number_in(const nlohmann::json& event, const char* name);

/// The epoch whose weights are kept as the best, and why.
struct BestEpoch {
  double epoch = 0;
  runtime::DataPart part = runtime::DataPart::Train;
  std::string measure;
  runtime::Goal goal = runtime::Goal::Smallest;
  double value = 0;
};
/// As the record says; nothing while it says nothing.
std::optional<BestEpoch> best_of(const TrainingRecord& record);

/// That of a mere history, which says nothing of it: that of the smallest loss, of validation where there is one.
std::optional<BestEpoch> best_of(const std::vector<nlohmann::json>& epochs);

}  // namespace dnnc
