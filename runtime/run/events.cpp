#include "runtime/run/events.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

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

namespace {

/// Lists of the rows.
nlohmann::json table_json(const MetricTable& table) {
  nlohmann::json rows = nlohmann::json::array(), row = nlohmann::json::array();
  const bool flat = table.shape.size() == 1;
  for (const double value : table.values) {
    row.push_back(json_number(value));
    if (!flat && static_cast<int64_t>(row.size()) == table.shape.back())
      rows.push_back(std::exchange(row, nlohmann::json::array()));
  }
  return flat ? row : rows;
}

}  // namespace

nlohmann::json json_numbers(const Numbers& numbers) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : numbers) object[name] = json_number(value);
  for (const MetricTable& table : numbers.tables) object[table.name] = table_json(table);
  return object;
}

void add_numbers(nlohmann::json& fields, DataPart part, const Numbers& numbers) {
  const auto add = [&](const std::string& name, nlohmann::json value) {
    const bool taken =
        fields.contains(name) || name == event_key || name == schema_key || name == word_of(DataPart::Validation);
    fields[taken ? part_number(part, name) : name] = std::move(value);
  };
  for (const auto& [name, value] : numbers) add(name, json_number(value));
  for (const MetricTable& table : numbers.tables) add(table.name, table_json(table));
}

std::string part_event(const std::string& run, DataPart part, const Numbers& numbers) {
  nlohmann::json fields = {{event_fields::run, run}};
  add_numbers(fields, part, numbers);
  for (const MetricTable& table : numbers.tables)
    for (const std::vector<std::string>& names : table.names)
      if (!names.empty()) fields["classes"] = names;
  return event_line(part, std::move(fields));
}

}  // namespace dnnc::runtime
