#include "compiler/kernels/calls.h"

#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/taking.h"
#include "compiler/passes/formulas/own_element.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

KernelId share(CallMaker& maker, Kernel kernel) {
  const auto known = maker.numbers.find(kernel.symbol);
  if (known != maker.numbers.end()) return known->second;
  const std::string symbol = kernel.symbol;
  return maker.numbers[symbol] = maker.plan.kernels.push(std::move(kernel));
}

void add_argument(KernelCall& call, const runtime::Argument& argument) {
  if (argument.window) call.windows[call.buffers.size()] = *argument.window;
  call.buffers.push_back(BufferId{static_cast<uint32_t>(argument.buffer)});
}

size_t add(CallMaker& maker, KernelCall call) {
  maker.entry.calls.push_back(std::move(call));
  return maker.entry.calls.size() - 1;
}

}  // namespace

BufferId add_buffer(Plan& plan, const Graph& graph, NodeId node, const std::set<std::string>& byte_fields) {
  Buffer buffer;
  buffer.name = graph[node].name;
  buffer.storage = storage_of(graph, node, byte_fields);
  buffer.extents = extents_of(graph[node].axes);
  if (const Input* input = input_of(graph, node)) buffer.name = input->name;
  buffer.bytes = element_count(graph[node]) * bytes_of(buffer.storage);
  return plan.buffers.push(std::move(buffer));
}

BufferId buffer_of(const EntryState& state, NodeId node) {
  const auto found = state.buffers.find(root_of(state.graph, node));
  check(found != state.buffers.end(), "plan: no buffer holds " + state.graph[node].name);
  return found->second;
}

size_t add_call(CallMaker& maker, const Graph& graph, const Group& group, const std::set<std::string>& byte_fields,
                const ArgumentOf& argument_of) {
  GroupKernel cut = cut_out(graph, group, byte_fields);
  const Node& shown = graph[group.outputs.front()];
  KernelCall call{KernelId{}, {}, shown.span, shown.name};
  for (NodeId node : cut.inputs) add_argument(call, argument_of(node));
  const size_t inputs = call.buffers.size();
  std::vector<int> in_place;
  for (NodeId node : cut.outputs) {
    const runtime::Argument result = argument_of(node);
    int over = -1;
    for (size_t k = 0; k < inputs && over < 0; ++k)
      if (call.buffers[k].value == result.buffer && !result.window && !call.window(k)) over = static_cast<int>(k);
    in_place.push_back(over);
    add_argument(call, result);
  }
  for (const NodeId node : group.looked_at)
    cut.kernel.looks_at.push_back(static_cast<size_t>(std::ranges::find(cut.outputs, node) - cut.outputs.begin()));
  if (!group.taken.empty()) cut.kernel.takes = taking_of(maker.entry, graph, group, cut.inputs);
  for (const NodeId node : group.recorded) {
    const auto output = std::ranges::find(cut.outputs, node);
    const auto shows = [&](NodeId input) { return root_of(graph, input) == node; };
    const auto place = output == cut.outputs.end()
                           ? std::ranges::find_if(cut.inputs, shows) - cut.inputs.begin()
                           : static_cast<std::ptrdiff_t>(inputs) + (output - cut.outputs.begin());
    cut.kernel.records.push_back(static_cast<size_t>(place));
  }
  finish_kernel(cut.kernel, std::move(in_place));
  call.kernel = share(maker, std::move(cut.kernel));
  return add(maker, std::move(call));
}

size_t add_copy(CallMaker& maker, const Node& node, const runtime::Argument& from, const runtime::Argument& to) {
  Graph graph;
  const NodeId input = add_input(graph, {InputRole::Field, node.name, ""}, node.axes, node.element, {});
  const NodeId copy =
      add_comprehension(graph, node.name, node.axes, {Reduction::None, {}, own_element(graph, input)}, node.span);
  GroupKernel cut = cut_out(graph, {{copy}, {copy}, KernelClass::Pointwise}, {});
  cut.kernel.inputs = {maker.plan.buffers[BufferId{static_cast<uint32_t>(from.buffer)}].storage};
  finish_kernel(cut.kernel, {-1});
  KernelCall call{share(maker, std::move(cut.kernel)), {}, node.span, "copy of " + node.name};
  add_argument(call, from);
  add_argument(call, to);
  return add(maker, std::move(call));
}

}  // namespace dnnc
