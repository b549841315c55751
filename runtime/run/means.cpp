#include "runtime/run/means.h"

namespace dnnc::runtime {

const double* find(const Numbers& numbers, const std::string& name) {
  for (const auto& [known, value] : numbers)
    if (known == name) return &value;
  return nullptr;
}

Means::Means(Machine& machine, const EntryInfo& entry) : machine_(machine) {
  for (const OutputPort& port : entry.outputs) {
    if (port.role != OutputRole::Loss && port.role != OutputRole::Metric) continue;
    ports_.push_back({&port, port.count()});
    elements_ += static_cast<size_t>(port.count());
  }
}

void Means::add(Sums& sums, int64_t valid) const {
  const auto examples = static_cast<double>(valid);
  double* value = sums.values.data();
  for (const auto& [port, count] : ports_)
    for (int64_t i = 0; i < count; ++i) *value++ += machine_.get(*port, i) * examples;
  sums.examples += examples;
}

double Means::loss(const Sums& sums) const {
  const double* value = sums.values.data();
  for (const auto& [port, count] : ports_) {
    if (port->role == OutputRole::Loss) return *value / sums.examples;
    value += count;
  }
  return 0;
}

Numbers Means::finish(const Sums& sums) const {
  if (sums.examples == 0) return {};
  Numbers numbers = {{loss_name, loss(sums)}};
  const EntryInfo* finish = machine_.find(EntryKind::Finish);
  if (!finish) return numbers;
  const double* value = sums.values.data();
  for (const auto& [port, count] : ports_)
    for (int64_t i = 0; i < count; ++i) machine_.set(*finish, port->name, *value++ / sums.examples, i);
  machine_.compute(*finish);
  for (const Port& port : finish->outputs) numbers.emplace_back(port.name, machine_.get(port));
  return numbers;
}

}  // namespace dnnc::runtime
