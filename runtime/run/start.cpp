#include "runtime/run/start.h"

#include <algorithm>
#include <cmath>

#include "runtime/run/fill.h"
#include "runtime/run/finite_fields.h"

// Null in a trainer whose data are not filled.
extern "C" __attribute__((weak)) const dnnc::runtime::Filling dnnc_filling;

namespace dnnc::runtime {
namespace {

const Tensor* find_tensor(const Manifest& manifest, std::string_view path) {
  for (const Tensor& tensor : manifest.tensors)
    if (tensor.path == path) return &tensor;
  return nullptr;
}

/// Mean and sum of squared distances of each element, updated example by example (Welford, Technometrics 1962).
struct Moments {
  explicit Moments(size_t elements) : mean(elements, 0.0), squares(elements, 0.0) {}
  void add(const double* values) {
    ++examples;
    for (size_t i = 0; i < mean.size(); ++i) {
      const double distance = values[i] - mean[i];
      mean[i] += distance / static_cast<double>(examples);
      squares[i] += distance * (values[i] - mean[i]);
    }
  }
  int64_t examples = 0;
  std::vector<double> mean, squares;
};

/// What an output of a batch holds. What float32 leaves of it is an output of its own, if there is more.
class FittedValues {
 public:
  FittedValues(const Machine& machine, const EntryInfo& entry, const FittedField& field)
      : machine_(machine), value_(find_output(entry, field.field)), rest_(find_output(entry, rest_name(field.field))) {}
  std::vector<double> get(int64_t count) const {
    const std::vector<float> values = machine_.get_floats(value_->offset, count);
    std::vector<double> result(values.begin(), values.end());
    if (rest_) {
      const std::vector<float> rests = machine_.get_floats(rest_->offset, count);
      for (size_t i = 0; i < result.size(); ++i) result[i] += rests[i];
    }
    return result;
  }

 private:
  const Machine& machine_;
  const Port *value_, *rest_;
};

void fit_field(Machine& machine, const EntryInfo& entry, Feeder& feeder, SettingPorts& ports, const DataSet& data,
               const FittedField& field) {
  const FittedValues fitted(machine, entry, field);
  Moments moments(static_cast<size_t>(field.count()));
  for (size_t begin = 0; begin < data.train.size(); begin += static_cast<size_t>(entry.batch)) {
    const int64_t valid = std::min<int64_t>(entry.batch, static_cast<int64_t>(data.train.size() - begin));
    feeder.feed(data.train.data() + begin, valid);
    ports.set_first(begin);
    machine.compute(entry);
    // What is fitted later may be made of this field, which has no statistics before.
    expect_finite_field(machine, entry, *find_output(entry, field.field), OutputRole::Value,
                        field.field + " (" + field.place + ")", data, data.train.data() + begin, valid);
    const std::vector<double> values = fitted.get(valid * field.count());
    for (int64_t i = 0; i < valid; ++i) moments.add(values.data() + i * field.count());
  }
  std::vector<float> mean, rest, deviation;
  for (size_t i = 0; i < moments.mean.size(); ++i) {
    const auto root = static_cast<float>(std::sqrt(moments.squares[i] / static_cast<double>(moments.examples)));
    mean.push_back(static_cast<float>(moments.mean[i]));
    rest.push_back(static_cast<float>(moments.mean[i] - static_cast<double>(mean.back())));
    deviation.push_back(root > 0 ? root : 1.0f);
  }
  machine.put(field.offset(Statistic::Mean), mean);
  machine.put(field.offset(Statistic::MeanRest), rest);
  machine.put(field.offset(Statistic::Deviation), deviation);
}

}  // namespace

void initialize(Machine& machine, uint64_t seed) {
  const EntryInfo* entry = machine.find(EntryKind::Initial);
  if (!entry) return;
  SettingPorts(machine, *entry).set({.seed = seed});
  machine.compute(*entry);
  const Manifest& manifest = machine.manifest();
  for (const Port& port : entry->outputs)
    if (const Tensor* tensor = find_tensor(manifest, port.name))
      machine.copy(port.offset, tensor->offset, port.count() * 4);
  for (const Tensor& average : manifest.tensors) {
    if (average.role != InputRole::Average) continue;
    const Tensor* tensor = find_tensor(manifest, averaged_parameter(average.path));
    if (tensor) machine.copy(tensor->offset, average.offset, tensor->count() * 4);
  }
}

void fit(Machine& machine, const DataSet& data, uint64_t seed) {
  const EntryInfo* entry = machine.find(EntryKind::Fit);
  if (!entry) return;
  Feeder feeder(machine, *entry, data);
  SettingPorts ports(machine, *entry);
  ports.set({.seed = seed});
  for (const FittedField& field : machine.manifest().fitted)
    if (field.method == FitMethod::Standardize) fit_field(machine, *entry, feeder, ports, data, field);
    else (&dnnc_filling)->fit(machine, *entry, feeder, ports, data, field);
}

}  // namespace dnnc::runtime
