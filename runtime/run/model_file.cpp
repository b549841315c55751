#include "runtime/run/model_file.h"

#include <algorithm>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/finite.h"
#include "runtime/run/model_entries.h"
#include "runtime/run/weights_fit.h"

namespace dnnc::runtime {
namespace {

void refuse_unknown(const WeightsFile& file, const std::vector<ModelEntry>& entries) {
  for (const auto& [name, in_file] : file.names()) {
    if (std::ranges::count(entries, name, &ModelEntry::name)) continue;
    const std::string parameter(averaged_parameter(name));
    const bool average = std::ranges::count(entries, parameter, &ModelEntry::name) > 0;
    throw Failure(exit_wrong,
                  file.path() + ": " + name + " is not in the program" + (average ? ", which has no `average`" : ""));
  }
}

/// The name in the file of what the tensor becomes; empty if it stays as it is.
std::string wanted_name(const WeightsFile& file, const ModelEntry& entry, Missing missing) {
  if (file.has(entry.name)) return entry.name;
  if (file.has(entry.parameter)) return entry.parameter;
  if (entry.fitted && missing == Missing::Fitted && statistics_in(file, *entry.fitted) == Statistics::None) return "";
  throw Failure(exit_wrong, file.path() + ": it has no " + entry.name +
                                (entry.fitted ? ", which the program fits to its data: `init --from` adds it"
                                              : ", which the program needs" + entry.at()));
}

}  // namespace

/// The order in which the program declares its tensors is that of the file.
std::vector<char> model_bytes(const Machine& machine, const Metadata& metadata, const std::string& path) {
  const std::vector<ModelEntry> entries = model_entries(machine.manifest());
  std::vector<std::vector<char>> bytes;
  std::vector<FileTensor> tensors;
  for (const ModelEntry& entry : entries) {
    machine.get(entry.offset, bytes.emplace_back(static_cast<size_t>(entry.count()) * sizeof(float)));
    if (!all_finite(reinterpret_cast<const float*>(bytes.back().data()), entry.count()))
      throw Failure(exit_not_met,
                    path + ": cannot write: " + entry.name + entry.at() + " has numbers that are not finite");
    tensors.push_back({entry.name, entry.shape, {bytes.back().data(), bytes.back().size()}});
  }
  return safetensors_bytes(tensors, metadata, path);
}

void save_model(const Machine& machine, const Metadata& metadata, const std::string& path) {
  const std::vector<char> file = model_bytes(machine, metadata, path);
  write_file(path, file.data(), file.size());
}

void expect_saveable(const Manifest& manifest, const Metadata& metadata, const std::string& path) {
  std::vector<FileTensor> tensors;
  for (const ModelEntry& entry : model_entries(manifest)) tensors.push_back({entry.name, entry.shape, {}});
  safetensors_header(tensors, metadata, path);
}

/// All numbers are looked at before the first is put in place, and read again then: no more than one tensor is held twice.
Metadata load_model(Machine& machine, const std::string& path, Missing missing) {
  const WeightsFile file(path);
  const std::vector<ModelEntry> entries = model_entries(machine.manifest());
  expect_same_fields(machine.manifest(), file.metadata(), path);
  refuse_unknown(file, entries);
  for (const bool put : {false, true})
    for (const ModelEntry& entry : entries) {
      if (is_zero(file, entry)) {
        if (put) machine.put(entry.offset, std::vector<float>(static_cast<size_t>(entry.count())));
        continue;
      }
      const std::string name = wanted_name(file, entry, missing);
      if (name.empty()) continue;
      const std::vector<float> values = file.floats(name, entry.shape, entry.at());
      if (put) machine.put(entry.offset, values);
    }
  return file.metadata();
}

}  // namespace dnnc::runtime
