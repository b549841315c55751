#include "runtime/files/safetensors.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/files/checksum.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;
constexpr size_t length_bytes = 8;

/// The checksum stands in the metadata.
constexpr const char* checksum_key = "dnnc_checksum";
constexpr std::string_view no_digits = "0000000000000000";
/// Files that say so were written here and have a checksum.
constexpr const char* own_format = "dnnc";

[[noreturn]] void broken(const std::string& path, const std::string& why) {
  throw Failure(exit_wrong, path + ": not a whole safetensors file: " + why);
}

std::string describe(const std::vector<int64_t>& shape) {
  if (shape.empty()) return "f32";
  std::string text = "f32[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

uint64_t bytes_of_shape(const std::vector<int64_t>& shape) {
  uint64_t bytes = sizeof(float);
  for (const int64_t extent : shape) bytes *= static_cast<uint64_t>(extent);
  return bytes;
}

/// The header, and where the tensors start.
std::pair<Json, size_t> read_header(const std::string& path, std::string_view file) {
  if (file.size() < length_bytes) broken(path, "it has only " + std::to_string(file.size()) + " bytes");
  uint64_t length;
  std::memcpy(&length, file.data(), sizeof length);
  if (length > file.size() - length_bytes) broken(path, "its header is cut off");
  if (length > most_header_bytes)
    broken(path, "its header has more than " + std::to_string(most_header_bytes) + " bytes");
  const std::string_view text = file.substr(length_bytes, length);
  constexpr int depth = 4;  // holds everything that the form allows
  Json header = parse_json(text, depth);
  if (!header.is_object()) broken(path, "its header is not JSON");
  return {std::move(header), length_bytes + length};
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

Metadata metadata_of(const Json& header) {
  Metadata metadata;
  if (header.contains("__metadata__") && header["__metadata__"].is_object())
    for (const auto& [key, value] : header["__metadata__"].items())
      if (value.is_string()) metadata[key] = value.get<std::string>();
  return metadata;
}

/// Files of other programs have no checksum, ours have.
void verify_checksum(const std::string& path, std::string_view file, const Metadata& metadata) {
  const auto wanted = metadata.find(checksum_key), format = metadata.find("format");
  const bool own = format != metadata.end() && format->second == own_format;
  if (wanted == metadata.end() && !own) return;
  const size_t digits = checksum_place(file);
  const bool holds = wanted != metadata.end() && digits != std::string_view::npos &&
                     file.size() - digits >= no_digits.size() && checksum_of_file(file, digits) == wanted->second;
  if (!holds)
    throw Failure(exit_wrong,
                  path + ": its checksum differs: the file is damaged, or another program has changed it and kept `" +
                      checksum_key + "` or `format` in its metadata");
}

/// The beginning of the header, up to its first tensor.
std::string header_start(const Metadata& metadata) {
  Json all = metadata;
  all["format"] = own_format;
  all[checksum_key] = no_digits;
  return "{" + json_text("__metadata__") + ":" + json_text(all);
}

}  // namespace

std::string safetensors_header(const std::vector<FileTensor>& tensors, const Metadata& metadata,
                               const std::string& path) {
  uint64_t bytes = 0;
  std::string text = header_start(metadata);
  for (const FileTensor& tensor : tensors) {
    const uint64_t end = bytes + bytes_of_shape(tensor.shape);
    const Json entry = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {bytes, end}}};
    text += "," + json_text(tensor.name) + ":" + json_text(entry);
    bytes = end;
  }
  text += "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > most_header_bytes)
    throw Failure(exit_wrong, path + ": cannot write: the names of its tensors, classes and words take " +
                                  std::to_string(text.size()) + " bytes; a header has at most " +
                                  std::to_string(most_header_bytes));
  return text;
}

std::vector<char> safetensors_bytes(const std::vector<FileTensor>& tensors, const Metadata& metadata,
                                    const std::string& path) {
  const std::string text = safetensors_header(tensors, metadata, path);
  size_t bytes = 0;
  for (const FileTensor& tensor : tensors) bytes += tensor.bytes.size();
  const uint64_t length = text.size();
  std::vector<char> file(length_bytes + text.size() + bytes);
  std::memcpy(file.data(), &length, sizeof length);
  std::memcpy(file.data() + length_bytes, text.data(), text.size());
  char* at = file.data() + length_bytes + text.size();
  for (const FileTensor& tensor : tensors) {
    std::memcpy(at, tensor.bytes.data(), tensor.bytes.size());
    at += tensor.bytes.size();
  }
  const std::string_view whole(file.data(), file.size());
  const size_t digits = checksum_place(whole);
  const std::string checksum = checksum_of_file(whole, digits);
  std::memcpy(file.data() + digits, checksum.data(), checksum.size());
  return file;
}

/// The entry of a tensor in the header.
struct SafetensorsFile::Place {
  Json entry;
};

SafetensorsFile::SafetensorsFile(const std::string& path) : path_(path), file_(read_file(path)) {
  const std::string_view file(file_.data(), file_.size());
  auto [header, begin] = read_header(path, file);
  metadata_ = metadata_of(header);
  verify_checksum(path, file, metadata_);
  tensors_ = file.substr(begin);
  for (auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    names_.push_back(name);
    places_[name] = std::make_shared<Place>(Place{std::move(entry)});
  }
}

/// Checked as far as the form goes.
const SafetensorsFile::Place& SafetensorsFile::place(const std::string& name) const {
  const Place& place = *places_.at(name);
  const Json& tensor = place.entry;
  const bool whole = tensor.is_object() && tensor.contains("dtype") && tensor["dtype"].is_string() &&
                     tensor.contains("shape") && tensor["shape"].is_array() && tensor.contains("data_offsets") &&
                     tensor["data_offsets"].is_array() && tensor["data_offsets"].size() == 2;
  if (!whole) broken(path_, "the entry of " + name);
  for (const Json& offset : tensor["data_offsets"])
    if (!offset.is_number_unsigned()) broken(path_, "the place of " + name);
  return place;
}

std::vector<int64_t> SafetensorsFile::shape(const std::string& name) const {
  std::vector<int64_t> shape;
  for (const Json& extent : place(name).entry["shape"]) {
    if (!extent.is_number_integer()) broken(path_, "the shape of " + name);
    shape.push_back(extent.get<int64_t>());
  }
  return shape;
}

std::string_view SafetensorsFile::bytes(const std::string& name, const std::vector<int64_t>& wanted,
                                        const std::string& at) const {
  const Json& tensor = place(name).entry;
  if (tensor["dtype"] != "F32")
    throw Failure(exit_wrong, path_ + ": " + name + " has numbers of type " + tensor["dtype"].get<std::string>() +
                                  ", the program needs F32" + at);
  const std::vector<int64_t> found = shape(name);
  if (found != wanted)
    throw Failure(exit_wrong,
                  path_ + ": " + name + " is " + describe(found) + ", the program needs " + describe(wanted) + at);
  const uint64_t count = bytes_of_shape(wanted);
  const auto begin = tensor["data_offsets"][0].get<uint64_t>(), end = tensor["data_offsets"][1].get<uint64_t>();
  if (end < begin || end - begin != count || end > tensors_.size())
    broken(path_, "the bytes of " + name + " are cut off");
  return tensors_.substr(begin, count);
}

}  // namespace dnnc::runtime
