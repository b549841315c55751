#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "compiler/kernels/access.h"
#include "compiler/kernels/any_length.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/guards.h"
#include "compiler/kernels/kernel.h"
#include "compiler/kernels/memory.h"
#include "compiler/kernels/verify_step.h"
#include "runtime/program/data_description.h"

namespace dnnc {
namespace {

/// Bytes of the arena, [begin, end), that belong to a buffer.
struct Bytes {
  BufferId buffer;
  int64_t begin, end;
  bool operator==(const Bytes&) const = default;
};

bool overlap(const Bytes& a, const Bytes& b) { return a.begin < b.end && b.begin < a.end; }

/// Which buffer each byte of the arena was written for last.
class Owners {
 public:
  void write(const Bytes& bytes) {
    for (auto piece = first_behind(bytes.begin); piece != pieces_.end() && piece->first < bytes.end;) {
      const Bytes old{piece->second.buffer, piece->first, piece->second.end};
      piece = pieces_.erase(piece);
      if (old.begin < bytes.begin) pieces_[old.begin] = {bytes.begin, old.buffer};
      if (old.end > bytes.end) pieces_[bytes.end] = {old.end, old.buffer};
    }
    pieces_[bytes.begin] = {bytes.end, bytes.buffer};
  }
  bool holds(const Bytes& bytes) const {
    int64_t known = bytes.begin;
    for (auto piece = first_behind(known); known < bytes.end; ++piece) {
      if (piece == pieces_.end() || piece->first > known || piece->second.buffer != bytes.buffer) return false;
      known = piece->second.end;
    }
    return true;
  }

 private:
  struct Owned {
    int64_t end;
    BufferId buffer;
  };
  /// The first piece that ends behind the place.
  std::map<int64_t, Owned>::const_iterator first_behind(int64_t place) const {
    auto piece = pieces_.upper_bound(place);
    if (piece != pieces_.begin() && std::prev(piece)->second.end > place) --piece;
    return piece;
  }
  std::map<int64_t, Owned> pieces_;
};

/// Follows an entry call by call, trip by trip, and knows what each byte holds.
class Watch {
 public:
  Watch(const Plan& plan, const Entry& entry) : plan_(plan), entry_(entry) {}

  std::vector<std::string> faults() {
    for (size_t call = 0; call < entry_.calls.size(); ++call) check_arguments(entry_.calls[call]);
    if (faults_.empty()) follow();
    return faults_;
  }

 private:
  /// Once for all trips.
  void fault(const std::string& what, const runtime::Nest& nest = {}) {
    if (!told_.insert(what).second) return;
    const std::string trip = nest.trips.empty() ? "" : fmt::format(" in trip {}", fmt::join(nest.trips, ", "));
    faults_.push_back(runtime::word_of(entry_.kind) + (": " + what) + trip);
  }
  const Buffer& memory(BufferId buffer) const { return plan_.buffers[buffer]; }
  bool kept(BufferId buffer) const { return memory(buffer).offset < plan_.kept_bytes; }
  std::string describe(BufferId buffer) const { return fmt::format("b{} ({})", buffer.value, memory(buffer).name); }
  Bytes all_of(BufferId buffer) const {
    return {buffer, memory(buffer).offset, memory(buffer).offset + memory(buffer).bytes};
  }

  void check_arguments(const KernelCall& call);
  void check_shape(const Node& node, const KernelCall& call, size_t argument, Storage storage);
  void follow();
  void follow_parts(const std::vector<runtime::StepPart>& parts, bool updates);
  void check_guards();
  void begin_trips(const runtime::Nest& nest);
  void follow_call(const KernelCall& call, const runtime::Nest& nest, bool updates);
  Bytes bytes_of_argument(const KernelCall& call, size_t argument, const runtime::Nest& nest);
  void check_apart(const KernelCall& call, const std::vector<Bytes>& arguments, const runtime::Nest& nest);
  void read(const Bytes& bytes, const std::string& reader, const runtime::Nest& nest = {}) {
    if (!owners_.holds(bytes))
      fault(fmt::format("{} reads {} before it is written or after it is lost", reader, describe(bytes.buffer)), nest);
  }

  const Plan& plan_;
  const Entry& entry_;
  Owners owners_;
  runtime::Nest last_;  ///< of the call before
  std::set<std::string> told_;
  std::vector<std::string> faults_;
};

void Watch::check_shape(const Node& node, const KernelCall& call, size_t argument, Storage storage) {
  const BufferId buffer = call.buffers[argument];
  const int64_t bytes = element_count(node) * bytes_of(storage);
  const auto window = call.window(argument);
  if (memory(buffer).storage != storage) fault(call.name + ": storage of " + describe(buffer));
  if (memory(buffer).bytes != runtime::element_count(memory(buffer).extents) * bytes_of(memory(buffer).storage))
    fault(call.name + ": bytes of " + describe(buffer));
  if (bytes != (window ? window->bytes : memory(buffer).bytes)) fault(call.name + ": extents of " + describe(buffer));
}

void Watch::check_arguments(const KernelCall& call) {
  const Kernel& kernel = plan_.kernels[call.kernel];
  const size_t inputs = kernel.inputs.size(), outputs = kernel.body.outputs.size();
  if (call.buffers.size() != inputs + outputs || kernel.in_place.size() != outputs)
    return fault(call.name + ": number of buffers");
  const Graph body = body_of(plan_, call);
  for (size_t k = 0; k < inputs; ++k) check_shape(body[NodeId{static_cast<uint32_t>(k)}], call, k, kernel.inputs[k]);
  for (size_t k = 0; k < outputs; ++k) check_shape(body[body.outputs[k].node], call, inputs + k, Storage::Float32);
}

/// Kept buffers of other entries must survive too, so all count as written from the start.
void Watch::follow() {
  std::vector<BufferId> kept_buffers;
  for (uint32_t number = 0; number < plan_.buffers.size(); ++number)
    if (kept(BufferId{number})) kept_buffers.push_back(BufferId{number});
  for (BufferId buffer : kept_buffers) owners_.write(all_of(buffer));
  for (const Entry::Port& port : entry_.inputs)
    if (!kept(port.buffer)) owners_.write(all_of(port.buffer));
  follow_parts(entry_.step.compute, false);
  check_guards();
  follow_parts(entry_.step.update, true);
  for (const Entry::Port& port : entry_.outputs) read(all_of(port.buffer), "output " + port.name);
  for (BufferId buffer : kept_buffers) read(all_of(buffer), "the next step");
}

void Watch::follow_parts(const std::vector<runtime::StepPart>& parts, bool updates) {
  runtime::for_each_trip(parts, [&](size_t call, const runtime::Nest& nest) {
    begin_trips(nest);
    follow_call(entry_.calls[call], nest, updates);
  });
}

/// What the guards look at is whole when the updates begin, and their bounds are those of what is computed.
void Watch::check_guards() {
  if (entry_.guards.empty()) return;
  for (BufferId buffer : guarded_buffers(entry_)) read(all_of(buffer), "a guard");
  const auto proven = proven_bounds(plan_, entry_);
  for (const Entry::Guard& guard : entry_.guards) {
    const auto found = proven.find(guard.buffer);
    if (!guard.bound.empty() && (found == proven.end() || found->second != guard.bound))
      fault("nothing proves the bound of the " + guard.name);
  }
}

/// The numbers of trips that have begun since the call before are stored.
void Watch::begin_trips(const runtime::Nest& nest) {
  size_t same = 0;
  while (same < std::min(nest.loops.size(), last_.loops.size()) && nest.loops[same] == last_.loops[same] &&
         nest.trips[same] == last_.trips[same])
    ++same;
  for (size_t loop = same; loop < nest.loops.size(); ++loop) {
    if (const auto& trip = nest.loops[loop]->trip) owners_.write(all_of(BufferId{static_cast<uint32_t>(*trip)}));
    if (const auto& at_work = nest.loops[loop]->at_work)
      read(all_of(BufferId{static_cast<uint32_t>(*at_work)}), "a trip", nest);
  }
  last_ = nest;
}

Bytes Watch::bytes_of_argument(const KernelCall& call, size_t argument, const runtime::Nest& nest) {
  const auto window = call.windows.find(argument);
  if (window == call.windows.end()) return all_of(call.buffers[argument]);
  const runtime::Piece piece = runtime::piece_of(call.buffers[argument].value, window->second, nest);
  const BufferId buffer{static_cast<uint32_t>(piece.buffer)};
  if (piece.offset < 0 || piece.offset + piece.bytes > memory(buffer).bytes)
    fault(fmt::format("{} sees memory outside of {}", call.name, describe(buffer)), nest);
  return {buffer, memory(buffer).offset + piece.offset, memory(buffer).offset + piece.offset + piece.bytes};
}

/// Outputs lie apart from each other and from inputs, but for those that are overwritten in place.
void Watch::check_apart(const KernelCall& call, const std::vector<Bytes>& arguments, const runtime::Nest& nest) {
  const Kernel& kernel = plan_.kernels[call.kernel];
  const size_t inputs = kernel.inputs.size();
  for (size_t k = 0; inputs + k < arguments.size(); ++k)
    for (size_t other = 0; other < inputs + k; ++other) {
      const bool meant = kernel.in_place[k] == static_cast<int>(other);
      const Bytes &written = arguments[inputs + k], &beside = arguments[other];
      if (meant ? written != beside : overlap(written, beside))
        fault(fmt::format("{}: output {} and buffer {} share memory", call.name, k, other), nest);
    }
}

void Watch::follow_call(const KernelCall& call, const runtime::Nest& nest, bool updates) {
  const size_t inputs = plan_.kernels[call.kernel].inputs.size();
  std::vector<Bytes> arguments;
  for (size_t k = 0; k < call.buffers.size(); ++k) arguments.push_back(bytes_of_argument(call, k, nest));
  for (size_t k = 0; k < inputs; ++k) read(arguments[k], call.name, nest);
  check_apart(call, arguments, nest);
  for (size_t k = inputs; k < arguments.size(); ++k) {
    if (kept(arguments[k].buffer) && !updates) fault(call.name + " stores before the updates");
    owners_.write(arguments[k]);
  }
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
    auto more = verify_step(plan, entry);
    if (more.empty()) more = Watch(plan, entry).faults();
    faults.insert(faults.end(), more.begin(), more.end());
  }
  return faults;
}

}  // namespace dnnc
