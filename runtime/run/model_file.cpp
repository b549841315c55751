#include "runtime/run/model_file.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/files/files.h"
#include "runtime/files/mapped_file.h"
#include "runtime/program/failure.h"
#include "runtime/run/checksum.h"

// The safetensors form: a 64-bit little-endian length, a JSON header of that length, the tensors' bytes.
namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;
constexpr size_t length_bytes = 8;
constexpr size_t most_header_bytes = 16u << 20;

/// The checksum stands in the metadata: XXH64 of the whole file, in which its own digits count as zeros.
constexpr const char* checksum_key = "dnnc_checksum";
constexpr std::string_view no_digits = "0000000000000000";
/// Files that say so were written by save_model() and have a checksum.
constexpr const char* own_format = "dnnc";

/// One tensor of the file and its place in the arena.
struct Entry {
  std::string name, place;
  std::vector<int64_t> shape;
  int64_t offset, bytes;
};

std::vector<Entry> entries_of(const Manifest& manifest) {
  std::vector<Entry> entries;
  for (const Tensor& tensor : manifest.tensors)
    if (tensor.role != InputRole::OptimizerState)
      entries.push_back({tensor.path, tensor.place, tensor.shape, tensor.offset, tensor.count() * 4});
  for (const FittedField& field : manifest.fitted) {
    entries.push_back({field.field + ".mean", "", field.shape, field.mean_offset, field.count() * 4});
    entries.push_back({field.field + ".deviation", "", field.shape, field.deviation_offset, field.count() * 4});
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
  throw Failure(exit_wrong, path + ": not a whole safetensors file: " + why);
}

/// A file in memory: what its header says and where its tensors start.
struct Contents {
  std::string_view file;
  Json header;
  std::string_view tensors;
};

Contents read_contents(const std::string& path, std::string_view file) {
  if (file.size() < length_bytes) broken(path, "it has only " + std::to_string(file.size()) + " bytes");
  uint64_t length;
  std::memcpy(&length, file.data(), sizeof length);
  if (length > most_header_bytes || length > file.size() - length_bytes) broken(path, "its header is cut off");
  const std::string_view text = file.substr(length_bytes, length);
  // A depth of 4 holds everything that the form allows.
  auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 4; };
  Json header = Json::parse(text.begin(), text.end(), shallow, false);
  if (!header.is_object()) broken(path, "its header is not JSON");
  return {file, std::move(header), file.substr(length_bytes + length)};
}

/// Where the digits of the checksum stand; npos if there is none. Inside of texts quotes are escaped, so only the key
/// itself is found.
size_t checksum_place(std::string_view file) {
  const std::string before = '"' + std::string(checksum_key) + "\":\"";
  const size_t key = file.find(before);
  return key == std::string_view::npos ? key : key + before.size();
}

std::string checksum_of_file(std::string_view file, size_t digits) {
  return checksum_of(file.substr(0, digits), no_digits, file.substr(digits + no_digits.size()));
}

std::vector<int64_t> shape_of(const std::string& path, const Json& tensor, const std::string& name) {
  std::vector<int64_t> shape;
  for (const Json& extent : tensor["shape"]) {
    if (!extent.is_number_integer()) broken(path, "the shape of " + name);
    shape.push_back(extent.get<int64_t>());
  }
  return shape;
}

/// The entry of a tensor in the header, checked as far as the form goes.
const Json& tensor_named(const std::string& path, const Json& header, const std::string& name) {
  const Json& tensor = header.at(name);
  const bool whole = tensor.is_object() && tensor.contains("dtype") && tensor["dtype"].is_string() &&
                     tensor.contains("shape") && tensor["shape"].is_array() && tensor.contains("data_offsets") &&
                     tensor["data_offsets"].is_array() && tensor["data_offsets"].size() == 2;
  if (!whole) broken(path, "the entry of " + name);
  for (const Json& offset : tensor["data_offsets"])
    if (!offset.is_number_unsigned()) broken(path, "the place of " + name);
  return tensor;
}

/// The bytes of one tensor in the file, checked against shape and file.
const char* tensor_bytes(const std::string& path, const Contents& contents, const Entry& entry) {
  const Json& tensor = tensor_named(path, contents.header, entry.name);
  if (tensor["dtype"] != "F32")
    throw Failure(exit_wrong, path + ": " + entry.name + " has numbers of type " + tensor["dtype"].get<std::string>() +
                                  ", the program needs F32" + at(entry));
  const std::vector<int64_t> shape = shape_of(path, tensor, entry.name);
  if (shape != entry.shape)
    throw Failure(exit_wrong, path + ": " + entry.name + " is " + describe(shape) + ", the program needs " +
                                  describe(entry.shape) + at(entry));
  const auto begin = tensor["data_offsets"][0].get<uint64_t>(), end = tensor["data_offsets"][1].get<uint64_t>();
  if (end < begin || end - begin != static_cast<uint64_t>(entry.bytes) || end > contents.tensors.size())
    broken(path, "the bytes of " + entry.name + " are cut off");
  return contents.tensors.data() + begin;
}

Metadata metadata_of(const Json& header) {
  Metadata metadata;
  if (header.contains("__metadata__") && header["__metadata__"].is_object())
    for (const auto& [key, value] : header["__metadata__"].items())
      if (value.is_string()) metadata[key] = value.get<std::string>();
  return metadata;
}

/// Files of other programs have no checksum, ours have.
void verify_checksum(const std::string& path, const Contents& contents, const Metadata& metadata) {
  const auto wanted = metadata.find(checksum_key), format = metadata.find("format");
  const bool own = format != metadata.end() && format->second == own_format;
  if (wanted == metadata.end() && !own) return;
  const size_t digits = checksum_place(contents.file);
  const bool holds = wanted != metadata.end() && digits != std::string_view::npos &&
                     contents.file.size() - digits >= no_digits.size() &&
                     checksum_of_file(contents.file, digits) == wanted->second;
  if (!holds)
    throw Failure(exit_wrong,
                  path + ": its checksum differs: the file is damaged, or another program has changed it and kept `" +
                      checksum_key + "` or `format` in its metadata");
}

void refuse_unknown(const std::string& path, const Json& header, const std::vector<Entry>& entries) {
  for (const auto& [key, value] : header.items()) {
    if (key == "__metadata__") continue;
    bool known = false;
    for (const Entry& entry : entries) known = known || entry.name == key;
    if (!known) throw Failure(exit_wrong, path + ": " + key + " is not in the program");
  }
}

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// The beginning of the header, up to its first tensor.
std::string header_start(const Metadata& metadata) {
  Json all = metadata;
  all["format"] = own_format;
  all[checksum_key] = no_digits;
  return "{" + text_of("__metadata__") + ":" + text_of(all);
}

}  // namespace

void save_model(const Machine& machine, const Metadata& metadata, const std::string& path) {
  const std::vector<Entry> entries = entries_of(machine.manifest());
  int64_t bytes = 0;
  std::string text = header_start(metadata);
  // The order in which the program declares its tensors is that of the file.
  for (const Entry& entry : entries) {
    const Json tensor = {{"dtype", "F32"}, {"shape", entry.shape}, {"data_offsets", {bytes, bytes + entry.bytes}}};
    text += "," + text_of(entry.name) + ":" + text_of(tensor);
    bytes += entry.bytes;
  }
  text += "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const uint64_t length = text.size();
  std::vector<char> file(length_bytes + text.size() + static_cast<size_t>(bytes));
  std::memcpy(file.data(), &length, sizeof length);
  std::memcpy(file.data() + length_bytes, text.data(), text.size());
  char* at = file.data() + length_bytes + text.size();
  for (const Entry& entry : entries) {
    machine.get(entry.offset, {at, static_cast<size_t>(entry.bytes)});
    at += entry.bytes;
  }
  const std::string_view whole(file.data(), file.size());
  const size_t digits = checksum_place(whole);
  const std::string checksum = checksum_of_file(whole, digits);
  std::memcpy(file.data() + digits, checksum.data(), checksum.size());
  write_file(path, file.data(), file.size());
}

Metadata load_model(Machine& machine, const std::string& path, bool partial) {
  const std::shared_ptr<const MappedFile> file = map_file(path);
  const Contents contents = read_contents(path, {file->data(), file->size()});
  const Metadata metadata = metadata_of(contents.header);
  verify_checksum(path, contents, metadata);
  const std::vector<Entry> entries = entries_of(machine.manifest());
  if (!partial) refuse_unknown(path, contents.header, entries);
  std::vector<std::pair<const Entry*, const char*>> found;
  for (const Entry& entry : entries) {
    if (contents.header.contains(entry.name)) {
      const Json& tensor = tensor_named(path, contents.header, entry.name);
      if (partial && shape_of(path, tensor, entry.name) != entry.shape) continue;
      found.emplace_back(&entry, tensor_bytes(path, contents, entry));
    } else if (!partial) {
      throw Failure(exit_wrong, path + ": it has no " + entry.name + ", which the program needs" + at(entry));
    }
  }
  for (const auto& [entry, from] : found)
    machine.put(entry->offset, std::span(from, static_cast<size_t>(entry->bytes)));
  return metadata;
}

}  // namespace dnnc::runtime
