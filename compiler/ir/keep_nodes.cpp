#include "compiler/ir/keep_nodes.h"

#include "compiler/support/check.h"

namespace dnnc {
namespace {

class Keeper {
 public:
  Keeper(const Graph& graph, const Replacement& replacement) : graph_(graph), replacement_(replacement) {
    uint32_t count = 0;
    for (NodeId id : node_ids(graph)) new_ids_.push(replacement[id] == id ? NodeId{count++} : NodeId{});
  }

  Graph run() {
    Graph result;
    result.name = graph_.name;
    for (NodeId id : node_ids(graph_))
      if (replacement_[id] == id)
        result.nodes.push(rename_sources(graph_[id], [&](NodeId source) { return new_id(source); }));
    for (Output output : graph_.outputs) {
      output.node = new_id(output.node);
      if (output.target.valid()) output.target = new_id(output.target);
      result.outputs.push_back(std::move(output));
    }
    for (const Recurrence& recurrence : graph_.recurrences) keep(result, recurrence);
    return result;
  }

 private:
  NodeId new_id(NodeId old) const {
    NodeId stands = replacement_[old];
    check(stands.valid() && new_ids_[stands].valid(), "keep_nodes: `" + graph_[old].name + "` is dropped, but read");
    return new_ids_[stands];
  }

  void keep(Graph& result, const Recurrence& recurrence) const {
    Recurrence kept;
    kept.extent = recurrence.extent;
    kept.backward = recurrence.backward;
    for (size_t place = 0; place < recurrence.members.size(); ++place) {
      NodeId member = recurrence.members[place];
      if (replacement_[member] != member) continue;
      kept.members.push_back(new_ids_[member]);
      kept.axis.push_back(recurrence.axis[place]);
    }
    if (!kept.members.empty()) result.recurrences.push_back(std::move(kept));
  }

  const Graph& graph_;
  const Replacement& replacement_;
  IdVector<NodeTag, NodeId> new_ids_;
};

}  // namespace

Graph keep_nodes(const Graph& graph, const Replacement& replacement) { return Keeper(graph, replacement).run(); }

}  // namespace dnnc
