#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/program/event_schema.h"
#include "runtime/run/means.h"

/// Events: what --json prints and --history keeps, a line of JSON each.
namespace dnnc::runtime {

/// The line of an event: its fields, an object, with `event` and `schema` (event_schema.h). What is no UTF-8 in texts, as
/// names in files may be, becomes U+FFFD.
std::string event_line(Event event, nlohmann::json fields);
/// The event that is called like the part: its loss and metrics.
std::string event_line(DataPart part, nlohmann::json fields);

/// The same of a run's numbers, with the names of classes that its tables have.
std::string part_event(const std::string& run, DataPart part, const Numbers& numbers);

/// Nine digits of a number; null where it is not finite.
nlohmann::json json_number(double value);
/// Names and values as an object: {"accuracy":0.97,"loss":0.21}.
nlohmann::json json_numbers(const Numbers& numbers);
/// The numbers beside other fields of an event. One whose name is taken is called `train.NAME`, by its part.
void add_numbers(nlohmann::json& fields, DataPart part, const Numbers& numbers);

}  // namespace dnnc::runtime
