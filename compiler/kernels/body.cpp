#include "compiler/kernels/body.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/kernels/access.h"
#include "compiler/kernels/any_length.h"
#include "compiler/kernels/collapse.h"
#include "compiler/kernels/reciprocals.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"
#include "runtime/program/setting_names.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace dnnc {
namespace {

NodeId copy_node(Graph& body, const Node& node, const std::unordered_map<NodeId, NodeId>& numbers) {
  const std::string name = fmt::format("n{}", body.nodes.size());
  return std::visit(
      match{[&](const Comprehension& formula) {
              Comprehension copy = formula;
              copy.reduced = numbered_axes(extents_of(formula.reduced), "r");
              copy.body = rename_nodes(formula.body, [&](NodeId node) { return numbers.at(node); });
              return add_comprehension(body, name, numbered_axes(extents_of(node.axes), "a"), std::move(copy), Span{},
                                       node.element);
            },
            [&](const Reshape& reshape) {
              return add_reshape(body, name, numbers.at(reshape.source), numbered_axes(extents_of(node.axes), "a"),
                                 Span{});
            },
            [&](const Input&) -> NodeId { throw InternalError("kernels: an input cannot be computed: " + node.name); },
            [&](const Gradient&) -> NodeId {
              throw InternalError("kernels: a gradient must be differentiated first: " + node.name);
            }},
      node.kind);
}

}  // namespace

std::vector<NodeId> read_from_outside(const Graph& graph, const Group& group) {
  std::set<NodeId> known(group.nodes.begin(), group.nodes.end());
  std::vector<NodeId> outside;
  for (NodeId node : group.nodes)
    for (NodeId source : sources_of(graph, node))
      if (known.insert(source).second) outside.push_back(source);
  return outside;
}

Storage storage_of(const Graph& graph, NodeId node, const std::set<std::string>& byte_fields) {
  const NodeId root = root_of(graph, node);
  const Input* input = input_of(graph, root);
  if (!input) return Storage::Float32;
  if (input->role == InputRole::Setting) {
    const std::optional<runtime::SettingName> name = runtime::value_named<runtime::SettingName>(input->name);
    return name && is_whole(*name) ? Storage::Int32 : Storage::Float32;
  }
  if (input->role == InputRole::Stream) return Storage::Int32;
  if (input->role != InputRole::Field) return Storage::Float32;
  if (graph[root].element.kind != Element::Kind::Real) return Storage::Int32;
  return byte_fields.contains(input->name) ? Storage::UInt8 : Storage::Float32;
}

std::optional<runtime::Window> KernelCall::window(size_t argument) const {
  const auto found = windows.find(argument);
  return found == windows.end() ? std::nullopt : std::optional(found->second);
}

NodeId argument_node(const Kernel& kernel, size_t number) {
  const size_t inputs = kernel.inputs.size();
  return number < inputs ? NodeId{static_cast<uint32_t>(number)} : kernel.body.outputs.at(number - inputs).node;
}

GroupKernel cut_out(const Graph& graph, const Group& group, const std::set<std::string>& byte_fields) {
  GroupKernel result{{}, read_from_outside(graph, group), group.outputs};
  const auto shows = [&](const std::vector<NodeId>& inputs, NodeId node) {
    return std::ranges::any_of(inputs, [&](NodeId input) { return root_of(graph, input) == node; });
  };
  for (const NodeId node : group.taken)
    if (!shows(result.inputs, node)) result.inputs.push_back(node);
  for (const NodeId node : group.recorded)
    if (std::ranges::find(group.outputs, node) == group.outputs.end() && !shows(result.inputs, node))
      result.inputs.push_back(node);
  result.kernel.kind = group.kind;
  Graph& body = result.kernel.body;
  body.name = "kernel";
  std::unordered_map<NodeId, NodeId> numbers;
  for (NodeId node : result.inputs) {
    const std::string name = fmt::format("i{}", body.nodes.size());
    numbers[node] = add_input(body, {InputRole::Field, name, ""}, numbered_axes(extents_of(graph[node].axes), "a"),
                              graph[node].element, Span{});
    result.kernel.inputs.push_back(storage_of(graph, node, byte_fields));
  }
  for (NodeId node : group.nodes) numbers[node] = copy_node(body, graph[node], numbers);
  for (NodeId node : group.outputs)
    body.outputs.push_back({OutputRole::Value, fmt::format("o{}", body.outputs.size()), numbers.at(node), NodeId{}});
  body = divide_once(join_axes(drop_single_axes(body)));
  result.kernel.any_length = group.taken.empty() && group.recorded.empty() && serves_any_length(body);
  if (result.kernel.any_length) body = with_length(body, nominal_length);
  return result;
}

void finish_kernel(Kernel& kernel, std::vector<int> in_place) {
  check(in_place.size() == kernel.body.outputs.size(), "kernels: one entry of in_place for each output");
  kernel.in_place = std::move(in_place);
  const std::string text = canonical_text(kernel);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  kernel.symbol = fmt::format("k_{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace dnnc
