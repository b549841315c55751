#include "runtime/files/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/files/checksum.h"
#include "runtime/files/files.h"
#include "runtime/files/half.h"
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

std::string in_brackets(const std::vector<int64_t>& numbers) {
  if (numbers.empty()) return "";
  std::string text = "[";
  for (size_t i = 0; i < numbers.size(); ++i) text += (i ? ", " : "") + std::to_string(numbers[i]);
  return text + "]";
}

/// How a file keeps numbers.
struct NumberType {
  const char *word, *name;  ///< in files, and as the language writes it
  size_t bytes;
  double (*value)(const char*);
};
template <class Number>
Number number_at(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}
constexpr NumberType number_types[] = {
    {"F32", "f32", 4, [](const char* at) -> double { return number_at<float>(at); }},
    {"F16", "f16", 2, [](const char* at) -> double { return float_of_half(number_at<uint16_t>(at)); }},
    {"BF16", "bf16", 2, [](const char* at) -> double { return float_of_bfloat(number_at<uint16_t>(at)); }},
    {"F64", "f64", 8, [](const char* at) -> double { return number_at<double>(at); }},
};
constexpr const NumberType& own_type = number_types[0];  ///< in which all is written

uint64_t bytes_of_shape(const std::vector<int64_t>& shape, size_t of_number) {
  uint64_t bytes = of_number;
  for (const int64_t extent : shape) bytes *= static_cast<uint64_t>(extent);
  return bytes;
}

std::string text_of(double value) {
  if (std::isnan(value)) return "nan";
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// The subscripts of a number: "[1, 0]".
std::string place_in(const std::vector<int64_t>& shape, uint64_t number) {
  std::vector<int64_t> subscripts(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    subscripts[axis] = static_cast<int64_t>(number % static_cast<uint64_t>(shape[axis]));
    number /= static_cast<uint64_t>(shape[axis]);
  }
  return in_brackets(subscripts);
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

std::string array_text(const std::vector<int64_t>& shape) { return own_type.name + in_brackets(shape); }

std::string safetensors_header(const std::vector<FileTensor>& tensors, const Metadata& metadata,
                               const std::string& path) {
  uint64_t bytes = 0;
  std::string text = header_start(metadata);
  for (const FileTensor& tensor : tensors) {
    const uint64_t end = bytes + bytes_of_shape(tensor.shape, own_type.bytes);
    const Json entry = {{"dtype", own_type.word}, {"shape", tensor.shape}, {"data_offsets", {bytes, end}}};
    text += "," + json_text(tensor.name) + ":" + json_text(entry);
    bytes = end;
  }
  text += "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > most_header_bytes)
    throw Failure(exit_wrong, path +
                                  ": cannot write: its formulas and the names of its tensors, classes and words take " +
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

std::vector<float> SafetensorsFile::floats(const std::string& name, const std::vector<int64_t>& wanted,
                                           const std::string& at) const {
  const Json& tensor = place(name).entry;
  const auto refuse = [&](const std::string& what) { throw Failure(exit_wrong, path_ + ": " + name + what + at); };
  const auto word = tensor["dtype"].get<std::string>();
  const NumberType* const type = std::ranges::find(number_types, word, &NumberType::word);
  if (type == std::end(number_types)) {
    std::string known;
    for (const NumberType& other : number_types) known += (known.empty() ? "" : ", ") + std::string(other.word);
    refuse(" has numbers of type " + word + ", those that are read are " + known);
  }
  if (const std::vector<int64_t> found = shape(name); found != wanted)
    refuse(" is " + (type->name + in_brackets(found)) + ", the program needs " + array_text(wanted));
  const uint64_t bytes = bytes_of_shape(wanted, type->bytes);
  const auto begin = tensor["data_offsets"][0].get<uint64_t>(), end = tensor["data_offsets"][1].get<uint64_t>();
  if (end < begin || end - begin != bytes || end > tensors_.size())
    broken(path_, "the bytes of " + name + " are cut off");
  std::vector<float> values(bytes / type->bytes);
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = type->value(tensors_.data() + begin + i * type->bytes);
    values[i] = static_cast<float>(value);
    if (!std::isfinite(values[i]))
      refuse(place_in(wanted, i) + " is " + text_of(value) +
             (std::isfinite(value) ? ", which no float32 holds" : ": weights are finite numbers"));
  }
  return values;
}

}  // namespace dnnc::runtime
