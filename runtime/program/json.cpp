#include "runtime/program/json.h"

#include <nlohmann/json.hpp>

namespace dnnc::runtime {

using nlohmann::json;

json parse_json(std::string_view text, int most_depth) {
  bool shallow = true;
  const auto look = [&](int depth, json::parse_event_t, json&) {
    shallow = shallow && depth <= most_depth;
    return depth <= most_depth;
  };
  json value = json::parse(text.begin(), text.end(), look, false);
  return shallow ? value : json(json::value_t::discarded);
}

std::string json_text(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string json_quoted(std::string_view text) { return json_text(json(text)); }
std::string json_exact(double number) { return json_text(json(number)); }

std::string text_from_json(const std::string& text) { return parse_json(json_text(text)).get<std::string>(); }

}  // namespace dnnc::runtime
