#include <map>

#include "compiler/passes/backward.h"
#include "compiler/passes/passes.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Copies a graph node by node, with adjoints in place of its Gradient nodes.
class Differentiation {
 public:
  explicit Differentiation(Graph graph) : old_(std::move(graph)) {}

  Graph run() {
    graph_.name = old_.name;
    for (NodeId id : node_ids(old_)) {
      begin_recurrence(id);
      const auto* gradient = std::get_if<Gradient>(&old_[id].kind);
      if (gradient) place_[id] = adjoint(gradient->loss, gradient->of);
      else copy(id);
    }
    for (Output output : old_.outputs) {
      output.node = place_.at(output.node);
      if (output.target.valid()) output.target = place_.at(output.target);
      graph_.outputs.push_back(std::move(output));
    }
    return std::move(graph_);
  }

 private:
  NodeId renamed(NodeId old) const { return place_.at(old); }

  /// Members stand next to each other and may read later ones, so all get their places with the first.
  void begin_recurrence(NodeId id) {
    for (const Recurrence& recurrence : old_.recurrences) {
      if (recurrence.members.front() != id) continue;
      Recurrence copied = recurrence;
      for (size_t number = 0; number < copied.members.size(); ++number) {
        copied.members[number] = NodeId{static_cast<uint32_t>(graph_.nodes.size() + number)};
        place_[recurrence.members[number]] = copied.members[number];
      }
      graph_.recurrences.push_back(std::move(copied));
    }
  }

  void copy(NodeId id) {
    Node node = old_[id];
    auto rename = [&](NodeId old) { return renamed(old); };
    std::visit(match{[](Input&) {}, [&](Comprehension& c) { c.body = rename_nodes(c.body, rename); },
                     [&](Reshape& reshape) { reshape.source = renamed(reshape.source); },
                     [](Gradient&) { check(false, "differentiate: a gradient was copied"); }},
               node.kind);
    place_[id] = graph_.nodes.push(std::move(node));
  }

  /// The adjoints of a loss are made with its first gradient; a target that stands after the loss has none.
  NodeId adjoint(NodeId loss, NodeId of) {
    auto known = backward_.find(loss);
    if (known == backward_.end()) {
      std::vector<NodeId> targets;
      for (const Node& node : old_.nodes) {
        const auto* gradient = std::get_if<Gradient>(&node.kind);
        if (gradient && gradient->loss == loss && place_.contains(gradient->of))
          targets.push_back(renamed(gradient->of));
      }
      known = backward_.emplace(loss, Backward(graph_, renamed(loss), targets)).first;
      known->second.run();
    }
    return known->second.adjoint(renamed(of));
  }

  Graph old_;
  Graph graph_;
  std::map<NodeId, NodeId> place_;
  std::map<NodeId, Backward> backward_;
};

}  // namespace

Graph differentiate(Graph graph) { return Differentiation(std::move(graph)).run(); }

}  // namespace dnnc
