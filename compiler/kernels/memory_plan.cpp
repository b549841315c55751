#include "compiler/kernels/memory_plan.h"

#include "compiler/kernels/guards.h"

namespace dnnc {
namespace {

std::vector<size_t> guarded_by(const Entry& entry) {
  std::vector<size_t> buffers;
  for (BufferId buffer : guarded_buffers(entry)) buffers.push_back(buffer.value);
  return buffers;
}

std::vector<size_t> buffers_of(const std::vector<Entry::Port>& ports) {
  std::vector<size_t> buffers;
  for (const Entry::Port& port : ports) buffers.push_back(port.buffer.value);
  return buffers;
}

runtime::MemoryPlan::Call memory_call(const KernelCall& call, size_t inputs) {
  runtime::MemoryPlan::Call result;
  for (size_t k = 0; k < call.buffers.size(); ++k)
    (k < inputs ? result.inputs : result.outputs).push_back({call.buffers[k].value, call.window(k)});
  return result;
}

}  // namespace

runtime::MemoryPlan memory_plan(const Plan& plan) {
  runtime::MemoryPlan memory;
  memory.kept_bytes = plan.kept_bytes;
  for (const Buffer& buffer : plan.buffers) memory.buffers.push_back({buffer.name, buffer.offset, buffer.bytes});
  for (const Entry& entry : plan.entries) {
    memory.entries.push_back({buffers_of(entry.inputs), buffers_of(entry.outputs), {}, guarded_by(entry)});
    for (const KernelCall& call : entry.calls)
      memory.entries.back().calls.push_back(memory_call(call, plan.kernels[call.kernel].inputs.size()));
  }
  return memory;
}

}  // namespace dnnc
