#include "compiler/kernels/entry_info.h"

#include <map>

#include "compiler/kernels/guards.h"

namespace dnnc {
namespace {

runtime::Port port_info(const Plan& plan, const Entry::Port& port) {
  const Buffer& buffer = plan.buffers[port.buffer];
  return {port.name, buffer.storage, port.extents, buffer.offset};
}

/// A call of a kernel, for bench: what it is and what it has to do in so many trips. Memory that it reads and writes counts
/// twice.
runtime::CallInfo call_info(const Plan& plan, const KernelCall& call, int64_t trips, const PlanNotes& notes) {
  const Kernel& kernel = plan.kernels[call.kernel];
  int64_t bytes = 0;
  for (size_t k = 0; k < call.buffers.size(); ++k) {
    const auto window = call.window(k);
    bytes += window ? window->bytes : plan.buffers[call.buffers[k]].bytes;
  }
  const auto times = static_cast<double>(trips);
  return {.kernel = kernel.symbol,
          .kind = kernel.kind,
          .name = call.name,
          .place = notes.place_of(call.span),
          .flops = times * notes.useful_flops(kernel),
          .bytes = times * static_cast<double>(bytes)};
}

void add_guards(const Plan& plan, const Entry& entry, const PlanNotes& notes, runtime::EntryInfo& info) {
  std::map<BufferId, size_t> numbers;
  for (const BufferId witness : buffers_in_bounds(entry)) {
    numbers[witness] = info.witnesses.size();
    info.witnesses.push_back({plan.buffers[witness].offset, plan.buffers[witness].bytes});
  }
  for (const Entry::Guard& guard : entry.guards) {
    const Buffer& buffer = plan.buffers[guard.buffer];
    info.guards.push_back({guard.name, notes.place_of(guard.span), buffer.offset, buffer.bytes});
    for (const BoundTerm& term : guard.bound) {
      runtime::Guard::Term& written = info.guards.back().bound.emplace_back(term.factor);
      for (const BufferId witness : term.buffers) written.witnesses.push_back(numbers.at(witness));
    }
  }
}

runtime::EntryInfo entry_info(const Plan& plan, const Entry& entry, size_t number, const PlanNotes& notes) {
  runtime::EntryInfo info{.kind = entry.kind, .batch = entry.batch, .code = number, .arena_bytes = entry.arena_bytes};
  for (const Entry::Port& port : entry.inputs) info.inputs.push_back({port_info(plan, port), port.role});
  for (const Entry::Port& port : entry.outputs) info.outputs.push_back({port_info(plan, port), port.output});
  info.looks = entry.looks;
  info.takes = entry.takes;
  add_guards(plan, entry, notes, info);
  info.step = entry.step;
  runtime::for_each_call(entry.step, [&](size_t call, const runtime::Nest& nest) {
    info.calls.push_back(call_info(plan, entry.calls[call], runtime::trips_of(nest.loops), notes));
  });
  return info;
}

}  // namespace

std::vector<runtime::EntryInfo> entry_infos(const Plan& plan, const PlanNotes& notes) {
  std::vector<runtime::EntryInfo> infos;
  for (const Entry& entry : plan.entries) infos.push_back(entry_info(plan, entry, infos.size(), notes));
  return infos;
}

}  // namespace dnnc
