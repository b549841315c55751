#include <fmt/format.h>

#include <map>
#include <set>

#include "compiler/kernels/access.h"
#include "compiler/kernels/any_length.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/kernel.h"
#include "compiler/kernels/memory.h"

namespace dnnc {
namespace {

bool overlap(const Buffer& a, const Buffer& b) {
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

int64_t elements(const std::vector<int64_t>& extents) {
  int64_t count = 1;
  for (int64_t extent : extents) count *= extent;
  return count;
}

/// Follows an entry call by call and knows which buffers hold what was written to them last.
struct Watch {
  const Plan& plan;
  const Entry& entry;
  std::set<BufferId> whole;  ///< buffers whose value is there and not overwritten by another
  std::vector<std::string> faults;

  void fault(const std::string& what) { faults.push_back(entry.name + ": " + what); }
  bool kept(BufferId buffer) const { return plan.buffers[buffer].offset < plan.kept_bytes; }
  std::string describe(BufferId buffer) const {
    return fmt::format("b{} ({})", buffer.value, plan.buffers[buffer].name);
  }

  void read(BufferId buffer, const std::string& reader) {
    if (!whole.contains(buffer))
      fault(fmt::format("{} reads {} before it is written or after it is lost", reader, describe(buffer)));
  }
  void write(BufferId buffer) {
    std::erase_if(whole, [&](BufferId other) { return overlap(plan.buffers[other], plan.buffers[buffer]); });
    whole.insert(buffer);
  }
};

void check_shape(Watch& watch, const Node& node, BufferId buffer, Storage storage, const std::string& where) {
  const Buffer& memory = watch.plan.buffers[buffer];
  if (memory.storage != storage) watch.fault(where + ": storage of " + watch.describe(buffer));
  if (elements(memory.extents) != element_count(node)) watch.fault(where + ": extents of " + watch.describe(buffer));
  if (memory.bytes != elements(memory.extents) * bytes_of(memory.storage))
    watch.fault(where + ": bytes of " + watch.describe(buffer));
}

/// Outputs lie apart from each other and from inputs, but for those that are overwritten in place.
void check_apart(Watch& watch, const KernelCall& call, const Kernel& kernel) {
  const size_t inputs = kernel.inputs.size();
  for (size_t k = 0; inputs + k < call.buffers.size(); ++k)
    for (size_t other = 0; other < inputs + k; ++other) {
      const bool meant = kernel.in_place[k] == static_cast<int>(other);
      const Buffer &written = watch.plan.buffers[call.buffers[inputs + k]],
                   &beside = watch.plan.buffers[call.buffers[other]];
      if (meant ? call.buffers[inputs + k] != call.buffers[other] : overlap(written, beside))
        watch.fault(fmt::format("{}: output {} and buffer {} share memory", call.name, k, other));
    }
}

void follow(Watch& watch, size_t time) {
  const KernelCall& call = watch.entry.calls[time];
  const Kernel& kernel = watch.plan.kernels[call.kernel];
  const size_t inputs = kernel.inputs.size(), outputs = kernel.body.outputs.size();
  if (call.buffers.size() != inputs + outputs || kernel.in_place.size() != outputs) {
    watch.fault(call.name + ": number of buffers");
    return;
  }
  const Graph body = body_of(watch.plan, call);
  for (size_t k = 0; k < inputs; ++k) {
    watch.read(call.buffers[k], call.name);
    check_shape(watch, body[NodeId{static_cast<uint32_t>(k)}], call.buffers[k], kernel.inputs[k], call.name);
  }
  check_apart(watch, call, kernel);
  for (size_t k = 0; k < outputs; ++k) {
    const BufferId buffer = call.buffers[inputs + k];
    check_shape(watch, body[body.outputs[k].node], buffer, Storage::Float32, call.name);
    if (watch.kept(buffer) && time < watch.entry.first_update) watch.fault(call.name + " stores before the updates");
    watch.write(buffer);
  }
}

/// Kept buffers of other entries must survive too, so all count as written from the start.
std::vector<std::string> verify_entry(const Plan& plan, const Entry& entry) {
  Watch watch{plan, entry, {}, {}};
  for (uint32_t number = 0; number < plan.buffers.size(); ++number)
    if (watch.kept(BufferId{number})) watch.whole.insert(BufferId{number});
  const std::set<BufferId> kept = watch.whole;
  for (const Entry::Port& port : entry.inputs)
    if (!kept.contains(port.buffer)) watch.write(port.buffer);
  if (entry.first_update > entry.calls.size()) watch.fault("first_update is beyond the calls");
  for (size_t time = 0; time < entry.calls.size(); ++time) follow(watch, time);
  for (const Entry::Port& port : entry.outputs) watch.read(port.buffer, "output " + port.name);
  for (BufferId buffer : kept) watch.read(buffer, "the next step");
  return watch.faults;
}

void verify_buffers(const Plan& plan, std::vector<std::string>& faults) {
  uint32_t number = 0;
  for (const Buffer& buffer : plan.buffers) {
    const std::string name = fmt::format("b{} ({})", number++, buffer.name);
    if (buffer.offset < 0 || buffer.offset % plan.memory.alignment != 0) faults.push_back(name + " is not aligned");
    if (buffer.offset + buffer.bytes + plan.memory.slack > plan.arena_bytes)
      faults.push_back(name + " leaves the arena");
  }
}

void verify_kernel(const Kernel& kernel, std::vector<std::string>& faults) {
  for (const std::string& fault : verify(kernel.body)) faults.push_back(kernel.symbol + ": " + fault);
  for (size_t k = 0; k < kernel.in_place.size(); ++k) {
    if (kernel.in_place[k] < 0) continue;
    std::vector<NodeId> nodes;
    for (uint32_t node = static_cast<uint32_t>(kernel.inputs.size()); node < kernel.body.nodes.size(); ++node)
      nodes.push_back(NodeId{node});
    const NodeId target{static_cast<uint32_t>(kernel.in_place[k])};
    if (!overwrites_by_element(kernel.body, nodes, kernel.body.outputs[k].node, target))
      faults.push_back(fmt::format("{}: output {} cannot overwrite input {}", kernel.symbol, k, target.value));
  }
}

}  // namespace

std::vector<std::string> verify(const Plan& plan) {
  std::vector<std::string> faults;
  verify_buffers(plan, faults);
  for (const Kernel& kernel : plan.kernels) verify_kernel(kernel, faults);
  for (const Entry& entry : plan.entries) {
    const auto more = verify_entry(plan, entry);
    faults.insert(faults.end(), more.begin(), more.end());
  }
  return faults;
}

}  // namespace dnnc
