#include "runtime/run/model_file.h"

#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

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
  for (const FittedField& field : manifest.fitted)
    for (const Statistic statistic : statistics_of(field.method))
      entries.push_back(
          {statistic_name(field.field, statistic), "", field.shape, field.offset(statistic), field.count() * 4});
  return entries;
}

std::string at(const Entry& entry) { return entry.place.empty() ? "" : " (" + entry.place + ")"; }

void refuse_unknown(const std::string& path, const SafetensorsFile& file, const std::vector<Entry>& entries) {
  for (const std::string& name : file.names()) {
    bool known = false;
    for (const Entry& entry : entries) known = known || entry.name == name;
    if (!known) throw Failure(exit_wrong, path + ": " + name + " is not in the program");
  }
}

}  // namespace

/// The order in which the program declares its tensors is that of the file.
void save_model(const Machine& machine, const Metadata& metadata, const std::string& path) {
  const std::vector<Entry> entries = entries_of(machine.manifest());
  std::vector<std::vector<char>> bytes;
  std::vector<FileTensor> tensors;
  for (const Entry& entry : entries) {
    machine.get(entry.offset, bytes.emplace_back(static_cast<size_t>(entry.bytes)));
    tensors.push_back({entry.name, entry.shape, {bytes.back().data(), bytes.back().size()}});
  }
  const std::vector<char> file = safetensors_bytes(tensors, metadata, path);
  write_file(path, file.data(), file.size());
}

void expect_saveable(const Manifest& manifest, const Metadata& metadata, const std::string& path) {
  std::vector<FileTensor> tensors;
  for (const Entry& entry : entries_of(manifest)) tensors.push_back({entry.name, entry.shape, {}});
  safetensors_header(tensors, metadata, path);
}

Metadata load_model(Machine& machine, const std::string& path, bool partial) {
  const SafetensorsFile file(path);
  const std::vector<Entry> entries = entries_of(machine.manifest());
  if (!partial) refuse_unknown(path, file, entries);
  std::vector<std::pair<const Entry*, std::string_view>> found;
  for (const Entry& entry : entries) {
    if (file.has(entry.name)) {
      if (partial && file.shape(entry.name) != entry.shape) continue;
      found.emplace_back(&entry, file.bytes(entry.name, entry.shape, at(entry)));
    } else if (!partial) {
      throw Failure(exit_wrong, path + ": it has no " + entry.name + ", which the program needs" + at(entry));
    }
  }
  for (const auto& [entry, bytes] : found) machine.put(entry->offset, std::span(bytes.data(), bytes.size()));
  return file.metadata();
}

}  // namespace dnnc::runtime
