#include "compiler/kernels/access.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "compiler/ir/affine.h"

namespace dnnc {

NodeId root_of(const Graph& graph, NodeId node) {
  while (const auto* reshape = std::get_if<Reshape>(&graph[node].kind)) node = reshape->source;
  return node;
}

const Comprehension* formula_of(const Graph& graph, NodeId node) {
  return std::get_if<Comprehension>(&graph[node].kind);
}

const Input* input_of(const Graph& graph, NodeId node) { return std::get_if<Input>(&graph[node].kind); }

bool equal_extents(const Node& a, const Node& b) { return extents_of(a.axes) == extents_of(b.axes); }

std::vector<const Load*> loads_of(const Comprehension& formula) {
  std::vector<const Load*> loads;
  for_each(formula.body, [&](const Expression& expression) {
    if (const auto* load = std::get_if<Load>(&expression.kind)) loads.push_back(load);
  });
  return loads;
}

bool at_own_place(const Load& load) {
  if (load.outside) return false;
  for (size_t axis = 0; axis < load.at.size(); ++axis) {
    const auto* subscript = std::get_if<Affine>(&load.at[axis]);
    if (!subscript || single_index(*subscript) != static_cast<uint32_t>(axis)) return false;
  }
  return true;
}

bool is_contraction(const Comprehension& formula) {
  if (formula.reduction != Reduction::Sum) return false;
  const auto* product = std::get_if<Call>(&formula.body->kind);
  return product && product->function == Function::Multiply &&
         std::all_of(product->arguments.begin(), product->arguments.end(),
                     [](const Expr& factor) { return std::holds_alternative<Load>(factor->kind); });
}

std::vector<std::vector<NodeId>> readers_of(const Graph& graph) {
  std::vector<std::vector<NodeId>> readers(graph.nodes.size());
  for (uint32_t number = 0; number < graph.nodes.size(); ++number)
    for (NodeId source : sources_of(graph, NodeId{number})) readers[source.value].push_back(NodeId{number});
  return readers;
}

namespace {

/// By the last member of a recurrence, all of them.
std::map<NodeId, std::vector<NodeId>> members_from_the_last(const Graph& graph) {
  std::map<NodeId, std::vector<NodeId>> members;
  for (const Recurrence& recurrence : graph.recurrences) members[recurrence.members.back()] = recurrence.members;
  return members;
}

}  // namespace

std::vector<bool> needed_before_updates(const Graph& graph) {
  std::vector<bool> needed(graph.nodes.size(), false);
  for (const Output& output : graph.outputs)
    if (output.role != OutputRole::Update) needed[output.node.value] = true;
  const auto recurring = members_from_the_last(graph);
  for (uint32_t number = static_cast<uint32_t>(graph.nodes.size()); number-- > 0;) {
    if (const auto members = recurring.find(NodeId{number}); members != recurring.end())
      if (std::any_of(members->second.begin(), members->second.end(), [&](NodeId m) { return needed[m.value]; }))
        for (NodeId member : members->second) needed[member.value] = true;
    if (needed[number])
      for (NodeId source : sources_of(graph, NodeId{number})) needed[source.value] = true;
  }
  return needed;
}

namespace {

/// The nodes of a group that are computed together with `node`, point by point: of its shape, without a reduction, and
/// read within the group only by each other at the place of the result.
std::unordered_set<uint32_t> computed_with(const Graph& graph, const std::vector<NodeId>& nodes, NodeId node) {
  std::unordered_set<uint32_t> together;
  for (NodeId member : nodes) {
    const Comprehension* formula = formula_of(graph, member);
    if (formula && formula->reduction == Reduction::None && equal_extents(graph[member], graph[node]))
      together.insert(member.value);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (NodeId reader : nodes) {
      for (NodeId source : sources_of(graph, reader))
        if (together.contains(source.value) && !formula_of(graph, reader)) changed |= together.erase(source.value) > 0;
      if (const Comprehension* formula = formula_of(graph, reader))
        for (const Load* load : loads_of(*formula))
          if (together.contains(load->source.value) && !(together.contains(reader.value) && at_own_place(*load)))
            changed |= together.erase(load->source.value) > 0;
    }
  }
  return together;
}

}  // namespace

bool overwrites_by_element(const Graph& graph, const std::vector<NodeId>& nodes, NodeId node, NodeId target) {
  const auto together = computed_with(graph, nodes, node);
  for (NodeId member : nodes) {
    const Comprehension* formula = formula_of(graph, member);
    if (!formula) {
      if (root_of(graph, member) == target) return false;
      continue;
    }
    for (const Load* load : loads_of(*formula)) {
      if (root_of(graph, load->source) != target) continue;
      const bool own = load->source == target && at_own_place(*load) && together.contains(member.value);
      if (!own) return false;
    }
  }
  return together.contains(node.value) || std::none_of(nodes.begin(), nodes.end(), [&](NodeId member) {
           const auto sources = sources_of(graph, member);
           return std::any_of(sources.begin(), sources.end(), [&](NodeId s) { return root_of(graph, s) == target; });
         });
}

}  // namespace dnnc
