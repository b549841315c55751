#include "compiler/kernels/partition.h"

#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/support/check.h"

namespace dnnc {

Partition::Partition(const Graph& graph)
    : graph_(&graph), part_of_(graph.nodes.size()), shown_(graph.nodes.size(), false) {
  for (const Output& output : graph.outputs) shown_[root_of(graph, output.node).value] = true;
  const std::vector<bool> early = dnnc::needed_before_updates(graph);
  for (size_t number = 0; number < graph.recurrences.size(); ++number) {
    const std::vector<NodeId>& members = graph.recurrences[number].members;
    const PartId part = parts_.push({members, {}, {}, early[members.front().value], number});
    for (NodeId member : members) part_of_[member.value] = part;
  }
  for (NodeId node : node_ids(graph))
    if (formula_of(graph, node) && !has_part(node))
      part_of_[node.value] = parts_.push({{node}, {}, {}, early[node.value], {}});
  for (NodeId node : node_ids(graph)) {
    if (!has_part(node)) continue;
    for (NodeId source : sources_of(graph, node)) {
      const NodeId root = root_of(graph, source);
      if (!has_part(root) || part_of(root) == part_of(node)) continue;
      parts_[part_of(node)].sources.insert(part_of(root));
      parts_[part_of(root)].readers.insert(part_of(node));
    }
  }
}

std::vector<PartId> Partition::parts() const {
  std::vector<PartId> all;
  for (uint32_t number = 0; number < parts_.size(); ++number)
    if (!parts_[PartId{number}].nodes.empty()) all.push_back(PartId{number});
  std::sort(all.begin(), all.end(), [&](PartId a, PartId b) { return nodes(a).front() < nodes(b).front(); });
  return all;
}

/// Whether a path of at least two steps leads from one part to the other. Every part on it has a node before the last
/// one of `to`, which keeps the search short.
bool Partition::leads_around(PartId from, PartId to) const {
  const NodeId last = nodes(to).back();
  std::set<PartId> seen = {from, to};
  std::vector<PartId> open = {from};
  while (!open.empty()) {
    const PartId part = open.back();
    open.pop_back();
    if (part != from && readers(part).contains(to)) return true;
    for (PartId reader : readers(part))
      if (nodes(reader).front() < last && seen.insert(reader).second) open.push_back(reader);
  }
  return false;
}

bool Partition::may_merge(PartId a, PartId b) const {
  if (parts_[a].recurrence || parts_[b].recurrence) return false;
  return a != b && parts_[a].early == parts_[b].early && !leads_around(a, b) && !leads_around(b, a);
}

PartId Partition::merge(PartId a, PartId b) {
  check(a != b && parts_[a].early == parts_[b].early, "fuse: these two parts cannot be one");
  Part merged = std::move(parts_[b]);
  parts_[b] = {};
  Part& kept = parts_[a];
  for (NodeId node : merged.nodes) part_of_[node.value] = a;
  std::vector<NodeId> nodes;
  std::merge(kept.nodes.begin(), kept.nodes.end(), merged.nodes.begin(), merged.nodes.end(), std::back_inserter(nodes));
  kept.nodes = std::move(nodes);
  for (PartId source : merged.sources) {
    parts_[source].readers.erase(b);
    if (source != a) parts_[source].readers.insert(a);
  }
  for (PartId reader : merged.readers) {
    parts_[reader].sources.erase(b);
    if (reader != a) parts_[reader].sources.insert(a);
  }
  kept.sources.insert(merged.sources.begin(), merged.sources.end());
  kept.readers.insert(merged.readers.begin(), merged.readers.end());
  for (std::set<PartId>* neighbours : {&kept.sources, &kept.readers}) {
    neighbours->erase(a);
    neighbours->erase(b);
  }
  return a;
}

std::vector<PartId> Partition::in_order() const {
  const auto later = [&](PartId a, PartId b) {
    return std::pair(!parts_[a].early, nodes(a).front()) > std::pair(!parts_[b].early, nodes(b).front());
  };
  std::vector<size_t> missing(parts_.size(), 0);
  std::vector<PartId> ready, order;
  for (PartId part : parts()) {
    missing[part.value] = sources(part).size();
    if (missing[part.value] == 0) ready.push_back(part);
  }
  std::make_heap(ready.begin(), ready.end(), later);
  while (!ready.empty()) {
    std::pop_heap(ready.begin(), ready.end(), later);
    const PartId part = ready.back();
    ready.pop_back();
    order.push_back(part);
    for (PartId reader : readers(part)) {
      if (--missing[reader.value] > 0) continue;
      ready.push_back(reader);
      std::push_heap(ready.begin(), ready.end(), later);
    }
  }
  check(order.size() == parts().size(), "fuse: parts depend on each other in a circle");
  return order;
}

}  // namespace dnnc
