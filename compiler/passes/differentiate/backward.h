#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "compiler/passes/differentiate/gather_adjoint.h"
#include "compiler/passes/formulas/own_element.h"

namespace dnnc {

/// The adjoints of one loss: for each node between targets and loss the derivative of the loss by its elements, made
/// from the loss back. Every adjoint is the sum of what its readers contribute; sums are nodes of their own.
class Backward {
 public:
  /// Nodes are added at the end of `graph`.
  Backward(Graph& graph, NodeId loss, const std::vector<NodeId>& targets);
  void run();
  /// The node that holds the derivative by `target`; zeros if no path leads to it.
  NodeId adjoint(NodeId target);
  /// For a reduction the nodes that its adjoint reads besides the forward ones; they read nothing behind it.
  const std::map<NodeId, std::vector<NodeId>>& helpers() const { return helpers_; }

 private:
  using Wanted = std::function<bool(NodeId)>;

  std::optional<Recurrence> recurrence_of(NodeId node) const;
  NodeId add_adjoint(NodeId of, Expr body);
  void run_node(NodeId node);
  bool settle(NodeId node);
  NodeId held_by(NodeId node, const std::vector<Product>& terms);
  void pass_on_reshape(NodeId node, NodeId source);
  Product seed(NodeId id);
  void prepare(NodeId id);
  std::vector<MadeNode> pass_on(NodeId id, const Wanted& wanted);

  void run_recurrence(const Recurrence& recurrence);
  void settle_from_outside(NodeId member);
  void mask_together(const std::vector<NodeId>& members);
  Recurrence reversed(const Recurrence& recurrence, const std::vector<NodeId>& members);

  Graph& graph_;
  NodeId loss_;
  std::set<NodeId> active_;  ///< the nodes that have an adjoint
  std::map<NodeId, std::vector<Product>> contributions_;
  std::map<NodeId, NodeId> adjoints_;
  std::map<NodeId, std::vector<NodeId>> helpers_;
  std::set<NodeId> masked_;    ///< nodes whose adjoint may be 0 because a choice of the text was not taken
  std::set<NodeId> made_for_;  ///< nodes that serve one adjoint only
};

}  // namespace dnnc
