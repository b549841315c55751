#include "runtime/run/events.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "runtime/program/json.h"

namespace dnnc::runtime {

namespace {

std::string line_of(const char* event, nlohmann::json fields) {
  fields[event_key] = event;
  fields[schema_key] = event_schema;
  return json_text(fields) + "\n";
}

}  // namespace

std::string event_line(Event event, nlohmann::json fields) { return line_of(word_of(event), std::move(fields)); }
std::string event_line(DataPart part, nlohmann::json fields) { return line_of(word_of(part), std::move(fields)); }

nlohmann::json json_number(double value) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return parse_json(text);
}

nlohmann::json json_numbers(const Numbers& numbers) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : numbers) object[name] = json_number(value);
  return object;
}

void add_numbers(nlohmann::json& fields, DataPart part, const Numbers& numbers) {
  for (const auto& [name, value] : numbers) {
    const bool taken =
        fields.contains(name) || name == event_key || name == schema_key || name == word_of(DataPart::Validation);
    fields[taken ? part_number(part, name) : name] = json_number(value);
  }
}

}  // namespace dnnc::runtime
