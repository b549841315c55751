#include "runtime/run/model_entries.h"

namespace dnnc::runtime {

std::vector<ModelEntry> model_entries(const Manifest& manifest) {
  std::vector<ModelEntry> entries;
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

bool is_zero(const WeightsFile& file, const ModelEntry& entry) {
  return !entry.mean.empty() && !file.has(entry.name) && file.has(entry.mean);
}

Statistics statistics_in(const WeightsFile& file, const FittedField& field) {
  bool some = false, all = true;
  for (const Statistic statistic : statistics_of(field.method)) {
    const bool has = file.has(statistic_name(field.field, statistic));
    some = some || has;
    all = all && (has || statistic == Statistic::MeanRest);
  }
  return !some ? Statistics::None : all ? Statistics::All : Statistics::Some;
}

}  // namespace dnnc::runtime
