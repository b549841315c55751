#pragma once
#include <map>
#include <optional>

#include "compiler/passes/formulas/insert_nodes.h"
#include "compiler/passes/formulas/product.h"

namespace dnnc {

/// exp(exponent) times the rest.
struct Exponential {
  Expr exponent;
  Product rest;
};
/// The expression as an exponential, looked through; std::nullopt if it is none.
std::optional<Exponential> as_exponential(const Graph& graph, const Expr& expression,
                                          const std::vector<int64_t>& extents);
/// exp(exponent - less) times the rest.
Expr relative_to(const Exponential& exponential, const Expr& less);

/// A sum over exp(e - largest) * rest, and the largest e, both of the shape of the sum of the text. Without `largest`
/// the exponents of the text are already relative to a maximum.
struct StableSum {
  NodeId sum;
  std::optional<NodeId> largest;
};

/// The stable forms of the sums of exponentials in a graph, made when they are first asked for.
class StableSums {
 public:
  explicit StableSums(Graph& graph) : graph_(graph) {}
  /// std::nullopt if `node` is no sum of exponentials.
  std::optional<StableSum> of(NodeId node);
  /// Where the nodes that were made belong.
  const Insertions& made() const { return made_; }

 private:
  std::optional<StableSum> stable_form(NodeId node);

  Graph& graph_;
  std::map<NodeId, std::optional<StableSum>> known_;
  Insertions made_;
};

}  // namespace dnnc
