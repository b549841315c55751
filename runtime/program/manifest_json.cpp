#include "runtime/program/manifest_json.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "runtime/program/json.h"
#include "runtime/program/manifest_members.h"

// Each type has its members once (manifest_members.h). A visitor that writes puts each member under its name, one that reads
// takes it from there; a member that is not there keeps its default.
namespace dnnc::runtime {
namespace {

// The only kind of JSON value in the runtime: each kind is a hundred kilobytes of code in every trainer.
using Json = nlohmann::json;

template <class T>
void put(Json& json, const T& value);
template <class T>
void take(const Json& json, T& value);

struct Writer {
  Json& json;
  template <class T>
  void operator()(const char* name, T& member) const {
    put(json[name], member);
  }
};
struct Reader {
  const Json& json;
  template <class T>
  void operator()(const char* name, T& member) const {
    if (const auto found = json.find(name); found != json.end()) take(*found, member);
  }
};

// ---- values that are not written member by member: a number as a number, a call as a call

void put_value(Json& json, const DataValue& value) {
  switch (value.kind) {
    case DataValue::Kind::Number:
      if (value.whole) json = *value.whole;
      else json = value.number;
      return;
    case DataValue::Kind::Text:
      json = value.text;
      return;
    case DataValue::Kind::List:
      put(json, value.items);
      return;
    case DataValue::Kind::Call:
      break;
  }
  put(json["call"], value.text);
  put(json["items"], value.items);
  json["named"] = Json::object();
  for (const DataValue& item : value.named) put(json["named"][item.name], item);
  put(json["place"], value.place);
}

void take_value(const Json& json, DataValue& value) {
  if (json.is_number()) {
    take(json, value.number);
    if (json.is_number_unsigned()) value.whole = json.get<uint64_t>();
  } else if (json.is_string()) {
    value.kind = DataValue::Kind::Text;
    take(json, value.text);
  } else if (json.is_array()) {
    value.kind = DataValue::Kind::List;
    take(json, value.items);
  } else {
    value.kind = DataValue::Kind::Call;
    const Reader read{json};
    read("call", value.text);
    read("items", value.items);
    read("place", value.place);
    if (!json.contains("named")) return;
    for (const auto& [name, item] : json.at("named").items()) {
      take(item, value.named.emplace_back());
      value.named.back().name = name;
    }
  }
}

void put_term(Json& json, const ContractTerm& term) {
  switch (term.kind) {
    case ContractTerm::Kind::Number:
      json = term.number;
      return;
    case ContractTerm::Kind::Reference:
      json = {{"reference", term.name}, {"run", term.run}};
      return;
    case ContractTerm::Kind::Operation:
      json["operation"] = term.name;
      break;
    case ContractTerm::Kind::Predict:
      json["predict"] = term.run;
      break;
  }
  put(json["arguments"], term.children);
}

void take_term(const Json& json, ContractTerm& term) {
  if (json.is_number()) return take(json, term.number);
  if (json.contains("reference")) {
    term.kind = ContractTerm::Kind::Reference;
    take(json.at("reference"), term.name);
    return take(json.at("run"), term.run);
  }
  const bool asks = json.contains("predict");
  term.kind = asks ? ContractTerm::Kind::Predict : ContractTerm::Kind::Operation;
  take(json.at(asks ? "predict" : "operation"), asks ? term.run : term.name);
  take(json.at("arguments"), term.children);
}

/// A call is its number.
void put_part(Json& json, const StepPart& part) {
  std::visit([&](const auto& is) { put(json, is); }, part.is);
}

void take_part(const Json& json, StepPart& part) {
  if (json.is_number()) take(json, part.is.emplace<size_t>());
  else take(json, part.is.emplace<Loop>());
}

// ---- the two directions

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_same_v<T, std::string>;

template <class T>
void put(Json& json, const T& value) {
  if constexpr (Plain<T>) {
    json = value;
  } else if constexpr (std::is_enum_v<T>) {
    json = word_of(value);
  } else if constexpr (IsVector<T>::value) {
    json = Json::array();
    for (const auto& item : value) put(json.emplace_back(), item);
  } else if constexpr (IsOptional<T>::value) {
    if (value) put(json, *value);
  } else if constexpr (std::is_same_v<T, DataValue>) {
    put_value(json, value);
  } else if constexpr (std::is_same_v<T, ContractTerm>) {
    put_term(json, value);
  } else if constexpr (std::is_same_v<T, StepPart>) {
    put_part(json, value);
  } else {
    members(Writer{json}, const_cast<T&>(value));  // a writer changes no member
  }
}

template <class T>
void take(const Json& json, T& value) {
  if constexpr (Plain<T>) {
    json.get_to(value);
  } else if constexpr (std::is_enum_v<T>) {
    const std::optional<T> named = value_named<T>(json.get_ref<const std::string&>());
    if (!named) throw std::logic_error("manifest: unknown word " + json.get<std::string>());
    value = *named;
  } else if constexpr (IsVector<T>::value) {
    for (const Json& item : json) take(item, value.emplace_back());
  } else if constexpr (IsOptional<T>::value) {
    if (!json.is_null()) take(json, value.emplace());
  } else if constexpr (std::is_same_v<T, DataValue>) {
    take_value(json, value);
  } else if constexpr (std::is_same_v<T, ContractTerm>) {
    take_term(json, value);
  } else if constexpr (std::is_same_v<T, StepPart>) {
    take_part(json, value);
  } else {
    members(Reader{json}, value);
  }
}

template <class T>
T read(std::string_view text) {
  T value;
  const Json json = parse_json(text);
  if (json.is_discarded()) throw std::logic_error("manifest: no JSON");
  take(json, value);
  return value;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  Json json;
  put(json, manifest);
  return json_text(json);
}

Manifest manifest_from_json(std::string_view text) { return read<Manifest>(text); }
std::vector<Contract> contracts_from_json(std::string_view text) { return read<std::vector<Contract>>(text); }
DataDescription data_from_json(std::string_view text) { return read<DataDescription>(text); }

}  // namespace dnnc::runtime
