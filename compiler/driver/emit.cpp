#include "compiler/driver/emit.h"

#include <fmt/core.h>

#include "compiler/driver/code_generator.h"
#include "compiler/support/check.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

/// The groups of a graph, each with the nodes it computes; `*` marks those that are written to memory.
std::string groups_text(const Graph& graph) {
  std::string text = fmt::format("groups of {}\n", graph.name);
  for (const Group& group : fuse(graph)) {
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

void emit_groups(const Session& session, const std::vector<EntryGraph>& graphs) {
  if (!session.emits(Emitted::Fused)) return;
  for (const EntryGraph& graph : graphs) session.print(groups_text(graph.graph));
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
  if (!compiles) return runtime::exit_done;
  const Target target = chosen_target(session);
  const std::unique_ptr<Backend> backend = code_generator().backend_of(target);
  Plan planned = plan(graphs, {}, backend->memory());
  planned.device = backend->device();
  emit_plan(session, planned, *backend);
  return runtime::exit_done;
}

}  // namespace dnnc
