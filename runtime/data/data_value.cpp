#include "runtime/data/data_value.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

DataValue read_value(const Json& json) {
  DataValue value;
  if (json.is_number()) {
    value.number = json;
  } else if (json.is_string()) {
    value.kind = DataValue::Kind::Text;
    value.text = json;
  } else if (json.is_array()) {
    value.kind = DataValue::Kind::List;
    for (const Json& item : json) value.items.push_back(read_value(item));
  } else {
    value.kind = DataValue::Kind::Call;
    value.text = json.at("call");
    value.place = json.value("place", "");
    if (json.contains("items"))
      for (const Json& item : json.at("items")) value.items.push_back(read_value(item));
    if (json.contains("named"))
      for (const auto& [name, item] : json.at("named").items()) {
        value.named.push_back(read_value(item));
        value.named.back().name = name;
      }
  }
  return value;
}

RawField::Kind element_named(const std::string& word) {
  if (word == "real") return RawField::Kind::Real;
  if (word == "class") return RawField::Kind::Class;
  if (word == "integer") return RawField::Kind::Integer;
  throw std::logic_error("manifest: unknown element " + word);
}

RawField read_field(const Json& json) {
  RawField field;
  field.kind = element_named(json.at("element"));
  field.name = json.at("name");
  field.shape = json.at("shape").get<std::vector<int64_t>>();
  for (int64_t extent : field.shape) field.count *= extent;
  field.classes = json.value("classes", int64_t{0});
  field.probability = json.value("probability", false);
  field.bytes = json.value("bytes", false);
  return field;
}

}  // namespace

const DataValue* DataValue::argument(const std::string& name) const {
  for (const DataValue& value : named)
    if (value.name == name) return &value;
  return nullptr;
}

std::string DataValue::word(const std::string& name) const {
  const DataValue* value = argument(name);
  return value ? value->text : "";
}

double DataValue::value(const std::string& name, double standard) const {
  const DataValue* value = argument(name);
  return value ? value->number : standard;
}

DataDescription read_description(const std::string& data) {
  const Json json = Json::parse(data);
  DataDescription description;
  description.name = json.at("name");
  description.source = read_value(json.at("source"));
  description.target = json.at("target");
  description.inputs = json.value("inputs", std::vector<std::string>());
  for (const Json& field : json.at("raw")) description.raw.push_back(read_field(field));
  for (const Json& split : json.at("splits"))
    description.splits.push_back({split.at("part"), split.at("method"), split.at("share"), split.at("seed")});
  if (json.contains("augment"))
    for (const Json& call : json.at("augment")) description.augment.push_back(read_value(call));
  return description;
}

}  // namespace dnnc::runtime
