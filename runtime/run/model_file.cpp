#include "runtime/run/model_file.h"

#include <algorithm>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/finite.h"
#include "runtime/run/weights_file.h"

namespace dnnc::runtime {
namespace {

/// One tensor of the file and its place in the arena.
struct Entry {
  std::string name, place;
  std::vector<int64_t> shape;
  int64_t offset;
  const FittedField* fitted = nullptr;  ///< whose statistic it is
  std::string parameter = {};           ///< whose average it is
  std::string mean = {};                ///< whose rest it is: a file that has it alone means a mean that is a float32
  int64_t count() const { return element_count(shape); }
};

std::vector<Entry> entries_of(const Manifest& manifest) {
  std::vector<Entry> entries;
  for (const Tensor& tensor : manifest.tensors)
    if (tensor.role != InputRole::OptimizerState)
      entries.push_back({tensor.path, tensor.place, tensor.shape, tensor.offset, nullptr,
                         tensor.role == InputRole::Average ? std::string(averaged_parameter(tensor.path)) : ""});
  for (const FittedField& field : manifest.fitted)
    for (const Statistic statistic : statistics_of(field.method))
      entries.push_back({statistic_name(field.field, statistic), "", field.shape, field.offset(statistic), &field, "",
                         statistic == Statistic::MeanRest ? statistic_name(field.field, Statistic::Mean) : ""});
  return entries;
}

std::string at(const Entry& entry) { return entry.place.empty() ? "" : " (" + entry.place + ")"; }

void refuse_unknown(const WeightsFile& file, const std::vector<Entry>& entries) {
  for (const auto& [name, in_file] : file.names()) {
    if (std::ranges::count(entries, name, &Entry::name)) continue;
    const std::string parameter(averaged_parameter(name));
    const bool average = std::ranges::count(entries, parameter, &Entry::name) > 0;
    throw Failure(exit_wrong,
                  file.path() + ": " + name + " is not in the program" + (average ? ", which has no `average`" : ""));
  }
}

/// Whether the file has any statistic of that field.
bool knows_field(const WeightsFile& file, const FittedField& field) {
  return std::ranges::any_of(statistics_of(field.method),
                             [&](Statistic statistic) { return file.has(statistic_name(field.field, statistic)); });
}

bool is_zero(const WeightsFile& file, const Entry& entry) {
  return !file.has(entry.name) && !entry.mean.empty() && file.has(entry.mean);
}

/// The name in the file of what the tensor becomes; empty if it stays as it is.
std::string wanted_name(const WeightsFile& file, const Entry& entry, Missing missing) {
  if (file.has(entry.name)) return entry.name;
  if (file.has(entry.parameter)) return entry.parameter;
  if (entry.fitted && missing == Missing::Fitted && !knows_field(file, *entry.fitted)) return "";
  throw Failure(exit_wrong, file.path() + ": it has no " + entry.name +
                                (entry.fitted ? ", which the program fits to its data: `init --from` adds it"
                                              : ", which the program needs" + at(entry)));
}

}  // namespace

/// The order in which the program declares its tensors is that of the file.
void save_model(const Machine& machine, const Metadata& metadata, const std::string& path) {
  const std::vector<Entry> entries = entries_of(machine.manifest());
  std::vector<std::vector<char>> bytes;
  std::vector<FileTensor> tensors;
  for (const Entry& entry : entries) {
    machine.get(entry.offset, bytes.emplace_back(static_cast<size_t>(entry.count()) * sizeof(float)));
    if (!all_finite(reinterpret_cast<const float*>(bytes.back().data()), entry.count()))
      throw Failure(exit_not_met,
                    path + ": cannot write: " + entry.name + at(entry) + " has numbers that are not finite");
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

/// All numbers are looked at before the first is put in place, and read again then: no more than one tensor is held twice.
Metadata load_model(Machine& machine, const std::string& path, Missing missing) {
  const WeightsFile file(path);
  const std::vector<Entry> entries = entries_of(machine.manifest());
  refuse_unknown(file, entries);
  for (const bool put : {false, true})
    for (const Entry& entry : entries) {
      if (is_zero(file, entry)) {
        if (put) machine.put(entry.offset, std::vector<float>(static_cast<size_t>(entry.count())));
        continue;
      }
      const std::string name = wanted_name(file, entry, missing);
      if (name.empty()) continue;
      const std::vector<float> values = file.floats(name, entry.shape, at(entry));
      if (put) machine.put(entry.offset, values);
    }
  return file.metadata();
}

void load_part(Machine& machine, const std::string& path) {
  const WeightsFile file(path);
  const std::vector<Entry> entries = entries_of(machine.manifest());
  for (const bool put : {false, true})
    for (const Entry& entry : entries) {
      if (is_zero(file, entry) && file.shape(entry.mean) == entry.shape && put)
        machine.put(entry.offset, std::vector<float>(static_cast<size_t>(entry.count())));
      const std::string& name = file.has(entry.name) ? entry.name : entry.parameter;
      if (!file.has(name) || file.shape(name) != entry.shape) continue;
      const std::vector<float> values = file.floats(name, entry.shape, at(entry));
      if (put) machine.put(entry.offset, values);
    }
}

}  // namespace dnnc::runtime
