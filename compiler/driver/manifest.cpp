#include "compiler/driver/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/kernels/memory_plan.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

using Json = nlohmann::ordered_json;

const char* name(Storage storage) {
  switch (storage) {
    case Storage::Float32:
      return "f32";
    case Storage::UInt8:
      return "u8";
    case Storage::Int32:
      return "i32";
  }
  return "";
}

const char* name(Head head) {
  switch (head) {
    case Head::Class:
      return "class";
    case Head::Probability:
      return "prob";
    case Head::Real:
      return "real";
    case Head::Array:
      return "array";
  }
  return "";
}

const char* name(InputRole role) {
  switch (role) {
    case InputRole::Field:
      return "field";
    case InputRole::Fitted:
      return "fitted";
    case InputRole::Parameter:
      return "parameter";
    case InputRole::State:
      return "state";
    case InputRole::OptimizerState:
      return "optimizer_state";
    case InputRole::Average:
      return "average";
    case InputRole::Setting:
      return "setting";
  }
  return "";
}

const char* name(OutputRole role) {
  switch (role) {
    case OutputRole::Loss:
      return "loss";
    case OutputRole::Metric:
      return "metric";
    case OutputRole::Result:
      return "result";
    case OutputRole::Update:
      return "update";
    case OutputRole::Value:
      return "value";
  }
  return "";
}

const char* name(const Element& element) {
  switch (element.kind) {
    case Element::Kind::Real:
      return "real";
    case Element::Kind::Class:
      return "class";
    case Element::Kind::Integer:
      return "integer";
  }
  return "";
}

Json json_of(const DataValue& value, const Sources& sources) {
  switch (value.kind) {
    case DataValue::Kind::Number:
      return value.number;
    case DataValue::Kind::Text:
      return value.text;
    case DataValue::Kind::List: {
      Json list = Json::array();
      for (const DataValue& item : value.items) list.push_back(json_of(item, sources));
      return list;
    }
    case DataValue::Kind::Call:
      break;
  }
  Json call = {{"call", value.text}, {"items", Json::array()}, {"named", Json::object()}};
  for (const DataValue& item : value.items) call["items"].push_back(json_of(item, sources));
  for (const DataValue& item : value.named) call["named"][item.name] = json_of(item, sources);
  call["place"] = sources.describe(value.span);
  return call;
}

Json json_of(const std::optional<LoopCall>& rule) {
  if (!rule) return nullptr;
  return {{"name", rule->name}, {"numbers", rule->numbers}, {"words", rule->words}};
}

Json json_of(const ContractTerm& term) {
  Json children = Json::array();
  for (const ContractTerm& child : term.children) children.push_back(json_of(child));
  switch (term.kind) {
    case ContractTerm::Kind::Number:
      return term.number;
    case ContractTerm::Kind::Reference:
      return {{"reference", term.name}, {"run", term.run}};
    case ContractTerm::Kind::Operation:
      return {{"operation", term.name}, {"arguments", children}};
    case ContractTerm::Kind::Predict:
      return {{"predict", term.run}, {"arguments", children}};
  }
  return nullptr;
}

Json run_json(const Training& training) {
  return {{"name", training.name},          {"net", training.net},
          {"batch", training.batch},        {"epochs", training.epochs},
          {"seed", training.seed},          {"stop", json_of(training.stop)},
          {"keep", json_of(training.keep)}, {"anneal", json_of(training.anneal)},
          {"start", training.start},        {"averages", training.averages}};
}

/// Every buffer that entries know by a name and role, with the first port that names it.
std::map<std::string, const Entry::Port*> kept_ports(const Plan& plan) {
  std::map<std::string, const Entry::Port*> ports;
  for (const Entry& entry : plan.entries)
    for (const Entry::Port& port : entry.inputs)
      if (port.role != InputRole::Field && port.role != InputRole::Setting) ports.emplace(port.name, &port);
  return ports;
}

/// Parameters and states in the language's order, then what optimizers and averages keep.
Json tensors_json(const Training& training, const Plan& plan, const Sources& sources) {
  auto ports = kept_ports(plan);
  Json tensors = Json::array();
  auto add = [&](const Entry::Port& port, const std::string& place) {
    tensors.push_back({{"path", port.name},
                       {"shape", port.extents},
                       {"offset", plan.buffers[port.buffer].offset},
                       {"role", name(port.role)},
                       {"place", place}});
  };
  for (const ParameterInfo& parameter : training.parameters) {
    auto found = ports.find(parameter.path);
    if (found == ports.end()) continue;
    add(*found->second, sources.describe(parameter.span));
    ports.erase(found);
  }
  for (const auto& [path, port] : ports)
    if (port->role != InputRole::Fitted) add(*port, "");
  return tensors;
}

Json fitted_json(const DataSet& data, const Plan& plan) {
  const auto ports = kept_ports(plan);
  Json list = Json::array();
  for (const DataSet::Fitted& fitted : data.fitted) {
    auto offset = [&](const char* statistic) -> int64_t {
      auto found = ports.find(fitted.field + statistic);
      check(found != ports.end(), "manifest: nothing reads " + fitted.field + statistic);
      return plan.buffers[found->second->buffer].offset;
    };
    list.push_back({{"field", fitted.field},
                    {"shape", fitted.shape},
                    {"mean_offset", offset(".mean")},
                    {"deviation_offset", offset(".deviation")}});
  }
  return list;
}

Json data_json(const DataSet& data, const Sources& sources, const std::string& folder) {
  Json raw = Json::array(), splits = Json::array(), augment = Json::array();
  for (const RawField& field : data.raw)
    raw.push_back({{"name", field.name},
                   {"shape", field.shape},
                   {"element", name(field.element)},
                   {"classes", field.element.classes},
                   {"probability", field.probability},
                   {"bytes", field.bytes}});
  for (const Split& split : data.splits)
    splits.push_back({{"part", split.part}, {"method", split.method}, {"share", split.share}, {"seed", split.seed}});
  for (const DataValue& value : data.augment) augment.push_back(json_of(value, sources));
  return {{"name", data.name}, {"folder", folder},      {"source", json_of(data.source, sources)},
          {"raw", raw},        {"inputs", data.inputs}, {"target", data.target},
          {"splits", splits},  {"augment", augment}};
}

Json port_json(const Entry::Port& port, const char* role, const Plan& plan) {
  const Buffer& buffer = plan.buffers[port.buffer];
  return {{"name", port.name},
          {"role", role},
          {"storage", name(buffer.storage)},
          {"shape", port.extents},
          {"offset", buffer.offset}};
}

/// A call of a kernel, for bench: what it is and what it has to do. Memory that it reads and writes counts twice.
Json call_json(const KernelCall& call, const Plan& plan, const Sources& sources, const ManifestOptions& options) {
  const Kernel& kernel = plan.kernels[call.kernel];
  int64_t bytes = 0;
  for (const BufferId buffer : call.buffers) bytes += plan.buffers[buffer].bytes;
  return {{"kernel", kernel.symbol},
          {"kind", word(kernel.kind)},
          {"name", call.name},
          {"place", sources.describe(call.span)},
          {"flops", options.useful_flops(kernel)},
          {"bytes", bytes}};
}

Json entry_json(const Entry& entry, const Plan& plan, const Sources& sources, const ManifestOptions& options) {
  Json inputs = Json::array(), outputs = Json::array(), guards = Json::array(), calls = Json::array();
  for (const Entry::Port& port : entry.inputs) inputs.push_back(port_json(port, name(port.role), plan));
  for (const Entry::Port& port : entry.outputs) outputs.push_back(port_json(port, name(port.output), plan));
  for (const Entry::Guard& guard : entry.guards) {
    const Buffer& buffer = plan.buffers[guard.buffer];
    int64_t count = 1;
    for (int64_t extent : buffer.extents) count *= extent;
    guards.push_back({{"name", guard.name},
                      {"place", sources.describe(guard.span)},
                      {"offset", buffer.offset},
                      {"bytes", count * 4}});
  }
  for (const KernelCall& call : entry.calls) calls.push_back(call_json(call, plan, sources, options));
  return {{"name", entry.name}, {"batch", entry.batch}, {"inputs", inputs},
          {"outputs", outputs}, {"guards", guards},     {"calls", calls}};
}

Json memory_json(const runtime::MemoryPlan& memory) {
  Json buffers = Json::array(), entries = Json::array();
  for (const auto& buffer : memory.buffers)
    buffers.push_back({{"name", buffer.name}, {"offset", buffer.offset}, {"bytes", buffer.bytes}});
  for (const auto& entry : memory.entries) {
    Json calls = Json::array();
    for (const auto& call : entry.calls)
      calls.push_back({{"name", call.name}, {"inputs", call.inputs}, {"outputs", call.outputs}});
    entries.push_back({{"name", entry.name},
                       {"first_update", entry.first_update},
                       {"inputs", entry.inputs},
                       {"outputs", entry.outputs},
                       {"calls", calls}});
  }
  return {{"kept_bytes", memory.kept_bytes}, {"buffers", buffers}, {"entries", entries}};
}

/// A text that changes whenever weights of one program may not fit the other: every tensor's path and shape, the net.
std::string fingerprint(const Training& training) {
  std::string text = training.net;
  for (const ParameterInfo& parameter : training.parameters) {
    text += "\n" + parameter.path;
    for (int64_t extent : parameter.shape) text += fmt::format(" {}", extent);
  }
  uint64_t hash = 14695981039346656037ull;  // FNV-1a
  for (unsigned char letter : text) hash = (hash ^ letter) * 1099511628211ull;
  return fmt::format("{:016x}", hash);
}

}  // namespace

std::string write_manifest(const Model& model, const Training& training, const Plan& plan, const Sources& sources,
                           const ManifestOptions& options) {
  const DataSet& data = training.data;
  Json json = {{"format", 1}, {"file", model.file}};
  std::string source;
  for (uint32_t i = 0; i < sources.size() && source.empty(); ++i)
    if (sources.name(SourceId{i}) == model.file) source = sources.text(SourceId{i});
  json["source"] = source;
  json["hash"] = fingerprint(training);
  json["machine"] = options.target;
  json["arena_bytes"] = plan.arena_bytes;
  json["kept_bytes"] = plan.kept_bytes;
  json["run"] = run_json(training);
  json["parameters"] = tensors_json(training, plan, sources);
  json["fitted"] = fitted_json(data, plan);
  for (const char* list : {"outputs", "metrics", "contracts", "layers", "entries"}) json[list] = Json::array();
  for (const OutputInfo& output : training.outputs)
    json["outputs"].push_back(
        {{"name", output.name}, {"head", name(output.head)}, {"classes", output.classes}, {"shape", output.shape}});
  for (const MetricInfo& metric : training.metrics)
    json["metrics"].push_back({{"name", metric.name}, {"means", metric.means}});
  for (const Contract& contract : model.contracts)
    if (!contract.settled)
      json["contracts"].push_back({{"text", contract.text},
                                   {"place", sources.describe(contract.span)},
                                   {"condition", json_of(contract.condition)}});
  for (const LayerInfo& layer : training.layers)
    json["layers"].push_back({{"path", layer.path},
                              {"definition", layer.definition},
                              {"shape", layer.result_shape},
                              {"parameters", layer.parameters}});
  json["data"] = data_json(data, sources, options.data_folder);
  for (const Entry& entry : plan.entries) json["entries"].push_back(entry_json(entry, plan, sources, options));
  if (options.check_memory) json["memory"] = memory_json(memory_plan(plan));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace dnnc
