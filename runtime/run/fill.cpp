#include "runtime/run/fill.h"

#include <algorithm>

#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/run/finite_fields.h"

namespace dnnc::runtime {
namespace {

/// Of values in order.
double mean_of(const std::vector<float>& values) {
  double mean = 0;
  for (size_t k = 0; k < values.size(); ++k) mean += (values[k] - mean) / static_cast<double>(k + 1);
  return mean;
}
double median_of(const std::vector<float>& values) {
  const size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (static_cast<double>(values[middle - 1]) + values[middle]) / 2;
}
/// Of those that are there equally often the smallest.
double most_frequent_of(const std::vector<float>& values) {
  size_t most = 0, first = 0;
  double found = 0;
  for (size_t k = 0; k < values.size(); ++k) {
    if (values[k] != values[first]) first = k;
    if (k - first + 1 > most) most = k - first + 1, found = values[k];
  }
  return found;
}

double filling_of(std::vector<float>& values, FitMethod method) {
  if (method == FitMethod::Mean) return mean_of(values);
  std::ranges::sort(values);
  return method == FitMethod::Median ? median_of(values) : most_frequent_of(values);
}

void fit_filling(Machine& machine, const EntryInfo& entry, Feeder& feeder, SettingPorts& ports, const DataSet& data,
                 const FittedField& field) {
  const Port& values = *find_output(entry, fit_output(field));
  const Port& gaps = *find_output(entry, missing_name(field.field));
  const int64_t count = field.count();
  expect_memory(static_cast<int64_t>(data.train.size()) * count, 4, "the values of `" + field.field + "`");
  std::vector<std::vector<float>> present(static_cast<size_t>(count));
  for (size_t begin = 0; begin < data.train.size(); begin += static_cast<size_t>(entry.batch)) {
    const int64_t valid = std::min<int64_t>(entry.batch, static_cast<int64_t>(data.train.size() - begin));
    feeder.feed(data.train.data() + begin, valid);
    ports.set_first(begin);
    machine.compute(entry);
    if (values.storage == Storage::Float32)
      expect_finite_field(machine, entry, values, OutputRole::Value, field.field + " (" + field.place + ")", data,
                          data.train.data() + begin, valid);
    for (int64_t i = 0; i < valid * count; ++i)
      if (machine.get(gaps, i) == 0)
        present[static_cast<size_t>(i % count)].push_back(static_cast<float>(machine.get(values, i)));
  }
  std::vector<float> fills;
  for (std::vector<float>& own : present) {
    if (own.empty())
      throw Failure(exit_wrong, machine.manifest().data.source.place + ": every value of `" + field.field +
                                    "` is missing in the training part: nothing tells how to fill it");
    fills.push_back(static_cast<float>(filling_of(own, field.method)));
  }
  machine.put(field.offset(Statistic::Fill), fills);
}

}  // namespace
}  // namespace dnnc::runtime

extern "C" {
extern const dnnc::runtime::Filling dnnc_filling;
const dnnc::runtime::Filling dnnc_filling = {dnnc::runtime::fit_filling};
}
