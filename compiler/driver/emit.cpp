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

CpuTarget chosen_target(const Session& session) { return target_of(session.options().target); }

void emit_plan(const Session& session, const Plan& plan, const Backend& backend) {
  if (session.emits("kernels"))
    for (const Kernel& kernel : plan.kernels) session.print(print(kernel));
  if (session.emits("plan")) session.print(print(plan));
  if (session.emits("stmt"))
    for (const Kernel& kernel : plan.kernels) session.print(code_generator().kernel_statement(kernel, backend));
  if (session.emits("asm"))
    for (const Kernel& kernel : plan.kernels) session.print(code_generator().kernel_assembly(kernel, backend));
  if (session.emits("llvm")) session.print(code_generator().step_text(plan));
}

int emit_compiled(const Session& session, const std::vector<EntryGraph>& graphs) {
  const bool compiles = session.emits("kernels") || session.emits("plan") || session.emits("stmt") ||
                        session.emits("asm") || session.emits("llvm");
  for (const EntryGraph& graph : graphs)
    if (const std::optional<std::string> reason = compiles ? unsupported(graph.graph) : std::nullopt)
      throw runtime::Failure(runtime::exit_wrong,
                             fmt::format("{}: cannot be compiled: {}", session.options().file, *reason));
  if (session.emits("fused"))
    for (const EntryGraph& graph : graphs) session.print(groups_text(graph.graph));
  if (!compiles) return runtime::exit_done;
  const CpuTarget target = chosen_target(session);
  emit_plan(session, plan(graphs, {}, target.memory), *code_generator().cpu_backend(target));
  return runtime::exit_done;
}

}  // namespace dnnc
