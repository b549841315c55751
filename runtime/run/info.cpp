#include "runtime/run/info.h"

#include <nlohmann/json.hpp>

#include "runtime/program/available_memory.h"
#include "runtime/run/events.h"

namespace dnnc::runtime {
namespace {

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

int64_t parameter_count(const Manifest& manifest) {
  int64_t count = 0;
  for (const Tensor& tensor : manifest.tensors)
    if (tensor.role == InputRole::Parameter) count += tensor.count();
  return count;
}

}  // namespace

std::string processor_line() {
  const AvailableMemory memory = available_memory();
  return "cpu: this processor, " + size_text(memory.bytes) + " are free " + memory.limit + "\n";
}

std::string info_text(const Manifest& manifest) {
  std::string text;
  for (const Tensor& tensor : manifest.tensors)
    if (tensor.role == InputRole::Parameter) text += tensor.path + "  " + shape_text(tensor.shape) + "\n";
  return text + target_text(manifest);
}

std::string target_text(const Manifest& manifest) {
  return std::to_string(parameter_count(manifest)) + " parameters, " +
         std::to_string(*memory_number(manifest, RunNumber::TrainMemory)) + " bytes of memory, batch " +
         std::to_string(manifest.run.batch) + ", target " + manifest.machine.name + "\n" +
         (manifest.machine.text.starts_with(manifest.machine.name + ",") ? "planned for devices of "
                                                                         : "compiled for ") +
         manifest.machine.text + "\n";
}

std::string info_json(const Manifest& manifest) {
  nlohmann::json tensors = nlohmann::json::array();
  for (const Tensor& tensor : manifest.tensors)
    if (tensor.role == InputRole::Parameter)
      tensors.push_back({{"path", tensor.path}, {"shape", tensor.shape}, {"count", tensor.count()}});
  return event_line(
      Event::Info,
      {{"run", manifest.run.name},
       {"net", manifest.run.net},
       {"batch", manifest.run.batch},
       {"parameters", parameter_count(manifest)},
       {"tensors", std::move(tensors)},
       {"memory", {{"bytes", *memory_number(manifest, RunNumber::TrainMemory)}, {"kept", manifest.kept_bytes}}},
       {"target", manifest.machine.name},
       {"machine", manifest.machine.text}});
}

}  // namespace dnnc::runtime
