#include "runtime/program/manifest.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

int64_t product(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t extent : shape) count *= extent;
  return count;
}

Storage storage_named(const std::string& word) {
  if (word == "f32") return Storage::Float32;
  if (word == "u8") return Storage::UInt8;
  if (word == "i32") return Storage::Int32;
  throw std::logic_error("manifest: unknown storage " + word);
}

std::vector<int64_t> shape_of(const Json& json) { return json.at("shape").get<std::vector<int64_t>>(); }

Port read_port(const Json& json) {
  Port port;
  port.name = json.at("name");
  port.role = json.at("role");
  port.storage = storage_named(json.at("storage"));
  port.shape = shape_of(json);
  port.offset = json.at("offset");
  port.count = product(port.shape);
  return port;
}

EntryInfo read_entry(const Json& json, size_t code) {
  EntryInfo entry;
  entry.name = json.at("name");
  entry.batch = json.at("batch");
  entry.code = code;
  for (const Json& port : json.at("inputs")) entry.inputs.push_back(read_port(port));
  for (const Json& port : json.at("outputs")) entry.outputs.push_back(read_port(port));
  for (const Json& guard : json.at("guards"))
    entry.guards.push_back({guard.at("name"), guard.at("place"), guard.at("offset"), guard.at("bytes")});
  for (const Json& call : json.at("calls"))
    entry.calls.push_back(
        {call.at("kernel"), call.at("kind"), call.at("name"), call.at("place"), call.at("flops"), call.at("bytes")});
  return entry;
}

Tensor read_tensor(const Json& json) {
  Tensor tensor;
  tensor.path = json.at("path");
  tensor.role = json.at("role");
  tensor.place = json.value("place", "");
  tensor.shape = shape_of(json);
  tensor.offset = json.at("offset");
  tensor.count = product(tensor.shape);
  return tensor;
}

std::optional<LoopRule> read_rule(const Json& run, const char* key) {
  if (!run.contains(key) || run.at(key).is_null()) return std::nullopt;
  const Json& json = run.at(key);
  return LoopRule{json.at("name"), json.at("numbers").get<std::map<std::string, double>>(),
                  json.at("words").get<std::map<std::string, std::string>>()};
}

MemoryPlan read_memory(const Json& json) {
  MemoryPlan memory;
  memory.kept_bytes = json.at("kept_bytes");
  for (const Json& buffer : json.at("buffers"))
    memory.buffers.push_back({buffer.at("name"), buffer.at("offset"), buffer.at("bytes")});
  for (const Json& entry : json.at("entries")) {
    memory.entries.push_back({entry.at("name"), entry.at("first_update"), entry.at("inputs"), entry.at("outputs"), {}});
    for (const Json& call : entry.at("calls"))
      memory.entries.back().calls.push_back({call.at("name"), call.at("inputs"), call.at("outputs")});
  }
  return memory;
}

RunInfo read_run(const Json& json) {
  RunInfo run;
  run.name = json.at("name");
  run.net = json.at("net");
  run.start = json.value("start", "");
  run.batch = json.at("batch");
  run.epochs = json.at("epochs");
  run.seed = json.at("seed");
  run.stop = read_rule(json, "stop");
  run.keep = read_rule(json, "keep");
  run.anneal = read_rule(json, "anneal");
  run.averages = json.value("averages", false);
  return run;
}

}  // namespace

int64_t bytes_of(Storage storage) { return storage == Storage::UInt8 ? 1 : 4; }

double LoopRule::number(const std::string& key, double standard) const {
  auto found = numbers.find(key);
  return found == numbers.end() ? standard : found->second;
}

std::string LoopRule::word(const std::string& key, const std::string& standard) const {
  auto found = words.find(key);
  return found == words.end() ? standard : found->second;
}

Manifest read_manifest(const char* text, size_t bytes) {
  const Json json = Json::parse(text, text + bytes);
  Manifest manifest;
  manifest.file = json.at("file");
  manifest.source = json.at("source");
  manifest.hash = json.at("hash");
  manifest.machine = json.at("machine");
  manifest.arena_bytes = json.at("arena_bytes");
  manifest.kept_bytes = json.at("kept_bytes");
  manifest.run = read_run(json.at("run"));
  for (const Json& tensor : json.at("parameters")) manifest.tensors.push_back(read_tensor(tensor));
  for (const Json& field : json.at("fitted")) {
    FittedField fitted{field.at("field"), shape_of(field), field.at("mean_offset"), field.at("deviation_offset"), 1};
    fitted.count = product(fitted.shape);
    manifest.fitted.push_back(fitted);
  }
  for (const Json& output : json.at("outputs"))
    manifest.outputs.push_back({output.at("name"), output.at("head"), output.at("classes"), shape_of(output)});
  for (const Json& metric : json.at("metrics"))
    manifest.metrics.push_back({metric.at("name"), metric.at("means").get<std::vector<std::string>>()});
  for (const Json& layer : json.at("layers"))
    manifest.layers.push_back({layer.at("path"), layer.at("definition"), shape_of(layer), layer.at("parameters")});
  for (const Json& entry : json.at("entries")) manifest.entries.push_back(read_entry(entry, manifest.entries.size()));
  manifest.target = json.at("data").at("target");
  manifest.folder = json.at("data").at("folder");
  manifest.data = json.at("data").dump();
  manifest.contracts = json.at("contracts").dump();
  if (json.contains("memory")) manifest.memory = read_memory(json.at("memory"));
  return manifest;
}

}  // namespace dnnc::runtime
