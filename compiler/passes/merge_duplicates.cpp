#include <algorithm>
#include <set>
#include <unordered_map>

#include "compiler/ir/keep_nodes.h"
#include "compiler/passes/formulas/sides.h"
#include "compiler/passes/passes.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Axes do the same under other names.
bool same_axes(const std::vector<Axis>& a, const std::vector<Axis>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Axis& x, const Axis& y) { return x.extent == y.extent && x.batch == y.batch; });
}

bool same_kind(const Node& a, const Node& b) {
  return std::visit(match{[](const Input&) { return false; },
                          [&](const Comprehension& x) {
                            const auto& y = std::get<Comprehension>(b.kind);
                            return x.reduction == y.reduction && same_axes(x.reduced, y.reduced) &&
                                   same(x.body, y.body);
                          },
                          [&](const Reshape& x) { return x.source == std::get<Reshape>(b.kind).source; },
                          [&](const Gradient& x) {
                            const auto& y = std::get<Gradient>(b.kind);
                            return x.loss == y.loss && x.of == y.of;
                          }},
                    a.kind);
}

bool compute_the_same(const Node& a, const Node& b) {
  return a.kind.index() == b.kind.index() && a.element == b.element && same_axes(a.axes, b.axes) && same_kind(a, b);
}

uint64_t hash_of(const Node& node) {
  return std::visit(match{[](const Input&) { return uint64_t{0}; },
                          [](const Comprehension& comprehension) { return dnnc::hash_of(comprehension.body); },
                          [](const Reshape& reshape) { return uint64_t{reshape.source.value}; },
                          [](const Gradient& gradient) { return uint64_t{gradient.of.value}; }},
                    node.kind);
}

}  // namespace

/// In the order of the graph, so that what reads two equal nodes is itself seen to be equal. Members of recurrences
/// stay: they are only equal as whole recurrences. What stands behind one may be equal to it, or be one side
/// of it.
Graph merge_duplicates(Graph graph) {
  std::set<NodeId> members;
  for (const Recurrence& recurrence : graph.recurrences)
    members.insert(recurrence.members.begin(), recurrence.members.end());
  Replacement replacement;
  auto stands = [&](NodeId id) { return id.value < replacement.size() ? replacement[id] : id; };
  std::unordered_multimap<uint64_t, NodeId> seen;
  Sides sides;
  for (NodeId id : node_ids(graph)) {
    graph[id] = rename_sources(std::move(graph[id]), stands);
    replacement.push(id);
    if (std::holds_alternative<Input>(graph[id].kind)) continue;
    if (const Expr read = members.contains(id) ? nullptr : sides.read(graph, id))
      std::get<Comprehension>(graph[id].kind).body = read;
    uint64_t hash = hash_of(graph[id]);
    if (members.contains(id)) {
      seen.emplace(hash, id);
      sides.add(graph, id);
      continue;
    }
    auto [first, last] = seen.equal_range(hash);
    auto equal =
        std::find_if(first, last, [&](const auto& one) { return compute_the_same(graph[one.second], graph[id]); });
    if (equal == last) seen.emplace(hash, id);
    else replacement[id] = equal->second;
  }
  return keep_nodes(graph, replacement);
}

}  // namespace dnnc
