#include "compiler/kernels/trip_order.h"

#include "compiler/kernels/access.h"
#include "compiler/kernels/trip_arrays.h"
#include "compiler/kernels/trip_formulas.h"
#include "compiler/passes/formulas/insert_nodes.h"

namespace dnnc {
namespace {

class Ordering {
 public:
  Ordering(Graph graph, const runtime::MemoryLayout& memory) : graph_(std::move(graph)), nodes_(node_ids(graph_)) {
    arrays_ = TripArrays(graph_, memory);
  }

  TripOrder run() {
    for (NodeId node : nodes_) arrays_.move(graph_, node);
    for (Recurrence& recurrence : graph_.recurrences) {
      TripFormulas formulas(graph_, arrays_, recurrence);
      formulas.run();
      before_[recurrence.members.front()] = formulas.outside();
      for (NodeId member : formulas.inside()) before_[recurrence.members.front()].push_back(member);
      recurrence.members.insert(recurrence.members.begin(), formulas.inside().begin(), formulas.inside().end());
      recurrence.axis.assign(recurrence.members.size(), 0);
    }
    show_in_their_own_order();
    return ordered();
  }

 private:
  /// Outputs and Reshapes know arrays by the order of their elements.
  void show_in_their_own_order() {
    for (Output& output : graph_.outputs) output.node = in_own_order(output.node);
    for (NodeId node : nodes_)
      if (auto* reshape = std::get_if<Reshape>(&graph_[node].kind)) {
        const NodeId source = in_own_order(reshape->source);
        std::get<Reshape>(graph_[node].kind).source = source;
      }
  }

  NodeId in_own_order(NodeId node) {
    if (!arrays_.moved(node)) return node;
    NodeId& copy = copies_[node];
    if (!copy.valid()) copy = arrays_.add_copy(graph_, node);
    return copy;
  }

  TripOrder ordered() const {
    std::map<NodeId, NodeId> last;  // of the recurrence that a member is of
    for (const Recurrence& recurrence : graph_.recurrences)
      for (NodeId member : recurrence.members) last[member] = recurrence.members.back();
    std::map<NodeId, std::vector<NodeId>> behind;
    for (const auto& [node, copy] : copies_) behind[last.contains(node) ? last.at(node) : node].push_back(copy);
    std::vector<NodeId> order;
    const auto add = [&](const std::map<NodeId, std::vector<NodeId>>& added, NodeId node) {
      if (const auto found = added.find(node); found != added.end())
        order.insert(order.end(), found->second.begin(), found->second.end());
    };
    for (NodeId node : nodes_) {
      add(before_, node);
      order.push_back(node);
      add(behind, node);
    }
    TripOrder result{in_order(graph_, order), {}};
    for (uint32_t place = 0; place < order.size(); ++place)
      if (last.contains(order[place])) result.slices[NodeId{place}] = arrays_.slice(order[place]);
    return result;
  }

  Graph graph_;
  std::vector<NodeId> nodes_;  ///< those that were there before any was added
  TripArrays arrays_;
  std::map<NodeId, std::vector<NodeId>> before_;  ///< by first member: what stands before it
  std::map<NodeId, NodeId> copies_;
};

}  // namespace

TripOrder order_by_trips(Graph graph, const runtime::MemoryLayout& memory) {
  if (graph.recurrences.empty()) return {std::move(graph), {}};
  return Ordering(std::move(graph), memory).run();
}

}  // namespace dnnc
