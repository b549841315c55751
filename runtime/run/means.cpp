#include "runtime/run/means.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "runtime/program/setting_names.h"
#include "runtime/run/feed.h"

namespace dnnc::runtime {
namespace {

constexpr int64_t values_of_covariance = 3;

const Port& output_named(const EntryInfo& entry, const std::string& name) {
  const Port* port = find_output(entry, name);
  if (!port) throw std::logic_error("entry " + std::string(word_of(entry.kind)) + " gives no " + name);
  return *port;
}

}  // namespace

Numbers::Numbers() = default;
Numbers::Numbers(const Numbers& other) = default;
Numbers::Numbers(Numbers&& other) noexcept = default;
Numbers& Numbers::operator=(const Numbers& other) = default;
Numbers& Numbers::operator=(Numbers&& other) noexcept = default;
Numbers::~Numbers() = default;

const double* find(const Numbers& numbers, const std::string& name) {
  for (const auto& [known, value] : numbers)
    if (known == name) return &value;
  return nullptr;
}

double decimal_of(double float32) {
  if (float32 == std::trunc(float32)) return float32;
  char text[32];
  for (int digits = 6; digits <= 9; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, float32);
    const double value = std::strtod(text, nullptr);
    if (static_cast<float>(value) == static_cast<float>(float32)) return value;
  }
  return float32;  // NaN
}

Means::Means(Machine& machine, const EntryInfo& entry) : machine_(machine) {
  for (const OutputPort& port : entry.outputs)
    if (port.role == OutputRole::Loss) loss_ = &port;
    else if (port.role == OutputRole::Weight) weight_ = &port;
  for (const MetricInfo& metric : machine.manifest().metrics)
    for (const MeanInfo& mean : metric.means) {
      Collected collected{&mean, {}};
      if (mean.points == 0) {
        collected.ports[0] = &output_named(entry, mean.name);
      } else {
        for (const auto& [part, word] : words<MeanPart>)
          collected.ports[static_cast<size_t>(part)] = find_output(entry, mean_part_name(mean.name, part));
        // A covariance of one value with itself has its parts once.
        for (const auto& [one, other] :
             {std::pair(MeanPart::SecondMean, MeanPart::Mean), std::pair(MeanPart::SecondRest, MeanPart::Rest)})
          if (!collected.ports[static_cast<size_t>(one)])
            collected.ports[static_cast<size_t>(one)] = collected.ports[static_cast<size_t>(other)];
      }
      collected_.push_back(collected);
      values_ += static_cast<size_t>(collected.ports[0]->count() * (mean.points == 0 ? 1 : values_of_covariance));
    }
}

namespace {

/// The means and products of both parts of the data together, from what they are of each (Chan, Golub and LeVeque 1979). What
/// float32 leaves of the mean of the batch is the mean of the rests.
template <class Get>
void add_covariance(const Get& get, double before, double added, double* values) {
  const double rest = get(MeanPart::Rest), second_rest = get(MeanPart::SecondRest);
  const double distance = get(MeanPart::Mean) + rest / added - values[0];
  const double second_distance = get(MeanPart::SecondMean) + second_rest / added - values[1];
  const double share = added / (before + added);
  values[2] += get(MeanPart::Products) - rest * second_rest / added + distance * second_distance * before * share;
  values[0] += distance * share;
  values[1] += second_distance * share;
}

}  // namespace

template <class Get>
void Means::add_by(Sums& sums, int64_t valid, const Get& get) const {
  const double examples = weight_ ? get(*weight_, 0) : static_cast<double>(valid);
  if (examples == 0) return;  // they weigh nothing
  double* value = sums.values.data();
  *value++ += get(*loss_, 0) * examples;
  for (const Collected& collected : collected_) {
    const auto points = static_cast<double>(collected.mean->points);
    const int64_t count = collected.ports[0]->count();
    for (int64_t i = 0; i < count; ++i) {
      const auto get_part = [&](MeanPart part) { return get(*collected.ports[static_cast<size_t>(part)], i); };
      if (points == 0) *value++ += get(*collected.ports[0], i);
      else add_covariance(get_part, points * sums.examples, points * examples, value), value += values_of_covariance;
    }
  }
  sums.examples += examples;
}

void Means::add(Sums& sums, int64_t valid) const {
  add_by(sums, valid, [this](const Port& port, int64_t element) { return machine_.get(port, element); });
}

std::vector<const Port*> Means::ports() const {
  std::vector<const Port*> ports = {loss_};
  if (weight_) ports.push_back(weight_);
  for (const Collected& collected : collected_)
    for (const Port* port : collected.ports)
      if (port && std::ranges::find(ports, port) == ports.end()) ports.push_back(port);
  return ports;
}

void Means::add(Sums& sums, int64_t valid, std::span<const float> fetched) const {
  const std::vector<const Port*> all = ports();
  add_by(sums, valid, [&](const Port& port, int64_t element) {
    size_t place = static_cast<size_t>(element);
    for (const Port* const before : all) {
      if (before == &port) break;
      place += static_cast<size_t>(before->count());
    }
    return static_cast<double>(fetched[place]);
  });
}

MetricTable Means::table(const MetricInfo& metric, const Port& port) const {
  MetricTable table{metric.name, metric.axes, metric.shape, {}};
  for (int64_t i = 0; i < port.count(); ++i) {
    const double value = machine_.get(port, i), whole = std::round(value);
    // A count is a whole number again: as a share of the examples it was none.
    constexpr double of_roundings = 4 * 0x1p-24;
    table.values.push_back(std::fabs(value - whole) <= of_roundings * std::fabs(value) ? whole : decimal_of(value));
  }
  return table;
}

Numbers Means::finish(const Sums& sums) const {
  if (sums.examples == 0) return {};
  Numbers numbers = {{loss_name, loss(sums)}};
  const EntryInfo* finish = machine_.find(EntryKind::Finish);
  if (!finish) return numbers;
  const double* value = sums.values.data() + 1;
  for (const Collected& collected : collected_) {
    const auto points = static_cast<double>(collected.mean->points);
    const int64_t count = collected.ports[0]->count();
    for (int64_t i = 0; i < count; ++i) {
      const double mean = points == 0 ? value[0] / sums.examples : value[2] / (points * sums.examples);
      machine_.set(*finish, collected.mean->name, mean, i);
      value += points == 0 ? 1 : values_of_covariance;
    }
  }
  machine_.set(*finish, word_of(SettingName::Count), sums.examples);
  machine_.compute(*finish);
  for (const MetricInfo& metric : machine_.manifest().metrics) {
    const Port& port = output_named(*finish, metric.name);
    if (metric.shape.empty()) numbers.emplace_back(port.name, decimal_of(machine_.get(port)));
    else numbers.tables.push_back(table(metric, port));
  }
  return numbers;
}

}  // namespace dnnc::runtime
