#include "runtime/run/evaluate.h"

#include <algorithm>

#include "runtime/program/interrupt.h"
#include "runtime/run/find_steps_ahead.h"

namespace dnnc::runtime {

Numbers evaluate(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, Settings settings) {
  const EntryInfo& entry = machine.entry(EntryKind::Evaluate);
  Feeder feeder(machine, entry, data);
  const Means means(machine, entry);
  settings.step = 0;
  SettingPorts ports(machine, entry);
  ports.set(settings);
  Sums sums = means.none();
  const std::unique_ptr<StepsAhead> ahead = steps_ahead_of(machine, entry, means);
  feeder.begin_part(rows);
  for (size_t begin = 0; begin < rows.size(); begin += static_cast<size_t>(entry.batch)) {
    const int64_t valid = std::min<int64_t>(entry.batch, static_cast<int64_t>(rows.size() - begin));
    if (!feeder.feed(rows.data() + begin, valid)) ports.set_first(begin);
    if (interrupted()) throw Interrupted();
    machine.compute(entry);
    if (!ahead) means.add(sums, valid);
    else if (ahead->fetch(valid)) ahead->settle(sums);
  }
  if (ahead) ahead->settle(sums);
  return means.finish(sums);
}

}  // namespace dnnc::runtime
