#include "compiler/driver/emit.h"

#include <fmt/core.h>

#include "compiler/driver/code_generator.h"
#include "compiler/support/check.h"
#include "runtime/program/device.h"
#include "runtime/program/failure.h"
#include "runtime/run/devices.h"

namespace dnnc {
namespace {

/// The groups of a graph, each with the nodes it computes; `*` marks those that are written to memory.
std::string groups_text(const Graph& graph, const FusionLimits& limits) {
  std::string text = fmt::format("groups of {}\n", graph.name);
  for (const Group& group : fuse(graph, limits)) {
    text += "group\n";
    for (const NodeId node : group.nodes) {
      bool written = false;
      for (const NodeId output : group.outputs) written = written || output == node;
      text += fmt::format("  {} {}\n", written ? "*" : " ", print_node(graph, node));
    }
  }
  return text;
}

}  // namespace

Target chosen_target(const Session& session) { return target_of(session.options().target); }

const dnnc_device* device_of(TargetName target) {
  for (const runtime::DeviceCandidate& device : runtime::all_devices())
    if (device.device->word == std::string_view(runtime::word_of(target))) return device.device;
  return nullptr;
}

Plan plan_for(const Session& session, const std::vector<EntryGraph>& graphs, TargetName target,
              const Backend& backend) {
  Plan planned = plan(graphs, target_of(target));
  planned.device = backend.device();
  bool is_first = !is_device(target);
  for (const TargetName other : session.options().made_for()) {
    if (other == target) break;
    is_first = is_first && is_device(other);
  }
  if (!is_first)
    for (Kernel& kernel : planned.kernels) kernel.symbol += std::string("_") + runtime::word_of(target);
  return planned;
}

void emit_groups(const Session& session, const std::vector<EntryGraph>& graphs) {
  if (!session.emits(Emitted::Fused)) return;
  for (const TargetName target : session.options().made_for())
    for (const EntryGraph& graph : graphs) session.print(groups_text(graph.graph, limits_of(target_of(target))));
}

void emit_plan(const Session& session, const Plan& plan, const Backend& backend) {
  if (session.emits(Emitted::Kernels))
    for (const Kernel& kernel : plan.kernels) session.print(print(kernel));
  if (session.emits(Emitted::Plan)) session.print(print(plan));
  if (session.emits(Emitted::Statement))
    for (const Kernel& kernel : plan.kernels) session.print(code_generator().kernel_statement(kernel, backend));
  if (session.emits(Emitted::Assembly))
    for (const Kernel& kernel : plan.kernels) session.print(code_generator().kernel_assembly(kernel, backend));
  if (session.emits(Emitted::Llvm)) session.print(code_generator().step_text(plan));
}

int emit_compiled(const Session& session, const std::vector<EntryGraph>& graphs) {
  const bool compiles = session.options().emits_from(Phase::Plan);
  for (const EntryGraph& graph : graphs)
    if (const std::optional<std::string> reason = compiles ? unsupported(graph.graph) : std::nullopt)
      throw runtime::Failure(runtime::exit_wrong,
                             fmt::format("{}: cannot be compiled: {}", session.options().file, *reason));
  emit_groups(session, graphs);
  if (compiles) emit_plans(session, graphs);
  return runtime::exit_done;
}

void emit_plans(const Session& session, const std::vector<EntryGraph>& graphs) {
  for (const TargetName target : session.options().made_for()) {
    const std::unique_ptr<Backend> backend = code_generator().backend_of(target_of(target));
    emit_plan(session, plan_for(session, graphs, target, *backend), *backend);
  }
}

}  // namespace dnnc
