#include "compiler/ir/keep_nodes.h"

#include "compiler/support/check.h"
#include "compiler/support/match.h"

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
      if (replacement_[id] == id) result.nodes.push(renamed(graph_[id]));
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

  Node renamed(Node node) const {
    std::visit(match{[](Input&) {},
                     [&](Comprehension& comprehension) {
                       comprehension.body = rename_nodes(comprehension.body, [&](NodeId id) { return new_id(id); });
                     },
                     [&](Reshape& reshape) { reshape.source = new_id(reshape.source); },
                     [&](Gradient& gradient) { gradient = {new_id(gradient.loss), new_id(gradient.of)}; }},
               node.kind);
    return node;
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
