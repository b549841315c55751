#include "runtime/model_file.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/failure.h"
#include "runtime/files.h"

// The safetensors form: a 64-bit little-endian length, a JSON header of that length, the tensors' bytes.
namespace dnnc::runtime {
namespace {

using Json = nlohmann::ordered_json;
constexpr size_t kLengthBytes = 8;
constexpr size_t kMostHeaderBytes = 100u << 20;

/// One tensor of the file and its place in the arena.
struct Entry {
  std::string name, place;
  std::vector<int64_t> shape;
  int64_t offset, bytes;
};

std::vector<Entry> entries_of(const Manifest& manifest) {
  std::vector<Entry> entries;
  for (const Tensor& tensor : manifest.tensors)
    if (tensor.role != "optimizer_state")
      entries.push_back({tensor.path, tensor.place, tensor.shape, tensor.offset, tensor.count * 4});
  for (const FittedField& field : manifest.fitted) {
    entries.push_back({field.field + ".mean", "", field.shape, field.mean_offset, field.count * 4});
    entries.push_back({field.field + ".deviation", "", field.shape, field.deviation_offset, field.count * 4});
  }
  return entries;
}

std::string describe(const std::vector<int64_t>& shape) {
  if (shape.empty()) return "f32";
  std::string text = "f32[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::string at(const Entry& entry) { return entry.place.empty() ? "" : " (" + entry.place + ")"; }

[[noreturn]] void broken(const std::string& path, const std::string& why) {
  throw Failure(kWrong, path + ": not a whole safetensors file: " + why);
}

Json read_header(const std::string& path, const std::vector<char>& file) {
  if (file.size() < kLengthBytes) broken(path, "it has only " + std::to_string(file.size()) + " bytes");
  uint64_t length;
  std::memcpy(&length, file.data(), sizeof length);
  if (length > kMostHeaderBytes || length > file.size() - kLengthBytes) broken(path, "its header is cut off");
  const char* begin = file.data() + kLengthBytes;
  // A depth of 4 holds everything that the form allows.
  auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 4; };
  Json header = Json::parse(begin, begin + length, shallow, false);
  if (!header.is_object()) broken(path, "its header is not JSON");
  return header;
}

/// The bytes of one tensor in the file, checked against shape and file.
const char* tensor_bytes(const std::string& path, const std::vector<char>& file, const Json& header,
                         const Entry& entry) {
  const Json& json = header.at(entry.name);
  const bool whole = json.is_object() && json.contains("dtype") && json["dtype"].is_string() &&
                     json.contains("shape") && json["shape"].is_array() && json.contains("data_offsets") &&
                     json["data_offsets"].is_array() && json["data_offsets"].size() == 2;
  if (!whole) broken(path, "the entry of " + entry.name);
  if (json["dtype"] != "F32")
    throw Failure(kWrong, path + ": " + entry.name + " has numbers of type " + json["dtype"].get<std::string>() +
                              ", the program needs F32" + at(entry));
  std::vector<int64_t> shape;
  for (const Json& extent : json["shape"]) {
    if (!extent.is_number_integer()) broken(path, "the shape of " + entry.name);
    shape.push_back(extent.get<int64_t>());
  }
  if (shape != entry.shape)
    throw Failure(kWrong, path + ": " + entry.name + " is " + describe(shape) + ", the program needs " +
                              describe(entry.shape) + at(entry));
  for (const Json& offset : json["data_offsets"])
    if (!offset.is_number_unsigned()) broken(path, "the place of " + entry.name);
  const auto begin = json["data_offsets"][0].get<uint64_t>(), end = json["data_offsets"][1].get<uint64_t>();
  uint64_t length;
  std::memcpy(&length, file.data(), sizeof length);
  const uint64_t room = file.size() - kLengthBytes - length;
  if (end < begin || end - begin != static_cast<uint64_t>(entry.bytes) || end > room)
    broken(path, "the bytes of " + entry.name + " are cut off");
  return file.data() + kLengthBytes + length + begin;
}

Metadata metadata_of(const Json& header) {
  Metadata metadata;
  if (header.contains("__metadata__") && header["__metadata__"].is_object())
    for (const auto& [key, value] : header["__metadata__"].items())
      if (value.is_string()) metadata[key] = value.get<std::string>();
  return metadata;
}

void refuse_unknown(const std::string& path, const Json& header, const std::vector<Entry>& entries) {
  for (const auto& [key, value] : header.items()) {
    if (key == "__metadata__") continue;
    bool known = false;
    for (const Entry& entry : entries) known = known || entry.name == key;
    if (!known) throw Failure(kWrong, path + ": " + key + " is not in the program");
  }
}

}  // namespace

void save_model(const Machine& machine, const Metadata& metadata, const std::string& path) {
  const std::vector<Entry> entries = entries_of(machine.manifest());
  Json header;
  header["__metadata__"] = metadata;
  int64_t bytes = 0;
  for (const Entry& entry : entries) {
    header[entry.name] = {{"dtype", "F32"}, {"shape", entry.shape}, {"data_offsets", {bytes, bytes + entry.bytes}}};
    bytes += entry.bytes;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const uint64_t length = text.size();
  std::vector<char> file(kLengthBytes + text.size() + static_cast<size_t>(bytes));
  std::memcpy(file.data(), &length, sizeof length);
  std::memcpy(file.data() + kLengthBytes, text.data(), text.size());
  char* at = file.data() + kLengthBytes + text.size();
  for (const Entry& entry : entries) {
    std::memcpy(at, machine.floats(entry.offset), static_cast<size_t>(entry.bytes));
    at += entry.bytes;
  }
  write_file(path, file.data(), file.size());
}

Metadata load_model(Machine& machine, const std::string& path, bool partial) {
  const std::vector<char> file = read_file(path);
  const Json header = read_header(path, file);
  const std::vector<Entry> entries = entries_of(machine.manifest());
  if (!partial) refuse_unknown(path, header, entries);
  std::vector<std::pair<const Entry*, const char*>> found;
  for (const Entry& entry : entries) {
    if (header.contains(entry.name)) {
      if (partial && header[entry.name].value("shape", Json::array()) != Json(entry.shape)) continue;
      found.emplace_back(&entry, tensor_bytes(path, file, header, entry));
    } else if (!partial) {
      throw Failure(kWrong, path + ": it has no " + entry.name + ", which the program needs" + at(entry));
    }
  }
  for (const auto& [entry, from] : found)
    std::memcpy(machine.bytes(entry->offset), from, static_cast<size_t>(entry->bytes));
  return metadata_of(header);
}

}  // namespace dnnc::runtime
