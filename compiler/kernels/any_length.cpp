#include "compiler/kernels/any_length.h"

#include <algorithm>
#include <set>

#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/collapse.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

bool uses_place_as_number(const Comprehension& formula) {
  bool found = false;
  for_each(formula.body, [&](const Expression& expression) {
    found |= std::holds_alternative<IndexValue>(expression.kind) || std::holds_alternative<Draw>(expression.kind);
  });
  return found;
}

/// Whether the formula is the same at each place: it reads arrays there, and single numbers.
bool same_everywhere(const Graph& body, const Comprehension& formula) {
  const auto loads = loads_of(formula);
  return formula.reduction == Reduction::None && !uses_place_as_number(formula) &&
         std::all_of(loads.begin(), loads.end(), [&](const Load* load) {
           return body[load->source].axes.empty() || (at_own_place(*load) && !load->outside);
         });
}

}  // namespace

bool serves_any_length(const Graph& body) {
  std::set<int64_t> lengths;
  bool argument_tells = std::any_of(body.outputs.begin(), body.outputs.end(),
                                    [&](const Output& output) { return !body[output.node].axes.empty(); });
  for (const Node& node : body.nodes) {
    if (node.axes.size() > 1) return false;
    if (!node.axes.empty()) lengths.insert(node.axes.front().extent);
    if (std::holds_alternative<Input>(node.kind)) {
      argument_tells = argument_tells || !node.axes.empty();
      continue;
    }
    const auto* formula = std::get_if<Comprehension>(&node.kind);
    if (!formula || !same_everywhere(body, *formula)) return false;
    const auto loads = loads_of(*formula);
    const bool reads_array =
        std::any_of(loads.begin(), loads.end(), [&](const Load* load) { return !body[load->source].axes.empty(); });
    if (node.axes.empty() && reads_array) return false;
  }
  return argument_tells && lengths.size() == 1;
}

Graph with_length(const Graph& body, int64_t length) {
  Graph result = body;
  for (Node& node : result.nodes)
    if (!node.axes.empty()) node.axes = numbered_axes({length}, "a");
  return result;
}

Graph body_of(const Plan& plan, const KernelCall& call) {
  const Kernel& kernel = plan.kernels[call.kernel];
  if (!kernel.any_length) return kernel.body;
  for (size_t k = 0; k < call.buffers.size(); ++k) {
    if (kernel.body[argument_node(kernel, k)].axes.empty()) continue;
    const Buffer& buffer = plan.buffers[call.buffers[k]];
    const auto window = call.windows.find(k);
    const int64_t bytes = window == call.windows.end() ? buffer.bytes : window->second.bytes;
    return with_length(kernel.body, bytes / bytes_of(buffer.storage));
  }
  throw InternalError("kernels: a call without arrays of a kernel of any length: " + call.name);
}

}  // namespace dnnc
