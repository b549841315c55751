#include <fmt/core.h>

#include "compiler/driver/commands.h"
#include "compiler/interpret/interpret.h"
#include "compiler/sema/model.h"
#include "compiler/syntax/parse.h"
#include "runtime/failure.h"

namespace dnnc {
namespace {

/// `[[1, 2], [3, 4]]`: the elements from `next` on, axis by axis.
std::string nested(const std::vector<Axis>& axes, size_t axis, const Values& values, size_t& next) {
  if (axis == axes.size()) return fmt::format("{:.7g}", values[next++]);
  std::string text = "[";
  for (int64_t i = 0; i < axes[axis].extent; ++i) text += (i ? ", " : "") + nested(axes, axis + 1, values, next);
  return text + "]";
}

}  // namespace

int command_eval(Session& session) {
  const SourceId source = session.sources().add("formula", session.options().file);
  const ast::Ptr expression = parse_expression(source, session.diagnostics());
  if (session.flush() || !expression) return runtime::kWrong;
  std::optional<Graph> graph =
      build_expression(expression, session.options().derivative, session.sources(), session.diagnostics());
  if (session.flush() || !graph) return runtime::kWrong;
  for (const Pass& pass : graph_passes()) *graph = session.run(pass, std::move(*graph));
  std::map<std::string, Values> inputs;
  for (const Node& node : graph->nodes)
    if (const Input* input = std::get_if<Input>(&node.kind)) inputs[input->name] = {0.0};
  const IdVector<NodeTag, Values> values = interpret(*graph, inputs);
  for (const Output& output : graph->outputs) {
    size_t next = 0;
    const std::string text = nested((*graph)[output.node].axes, 0, values[output.node], next);
    session.print(output.name == "value" ? text + "\n" : fmt::format("{} {}\n", output.name, text));
  }
  return runtime::kDone;
}

}  // namespace dnnc
