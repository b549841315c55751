#include "compiler/kernels/split_products.h"

#include <algorithm>
#include <bit>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "compiler/passes/formulas/insert_nodes.h"

namespace dnnc {
namespace {

constexpr size_t most_factors = 6;
/// An array of factors is made if the sum has so many times its elements as terms.
constexpr int64_t fewer_elements = 4;

void add_factors(const Expr& product, std::vector<Expr>& factors) {
  const Call* both = call_of(product, Function::Multiply);
  if (!both) return factors.push_back(product);
  for (const Expr& factor : both->arguments) add_factors(factor, factors);
}

/// Factors, by bits of their numbers, and the indices that they know.
struct FactorSet {
  uint32_t bits = 0;
  std::set<uint32_t> indices = {};
  bool is_array() const { return std::popcount(bits) == 1; }
};

class ProductSplitting {
 public:
  explicit ProductSplitting(Graph graph) : graph_(std::move(graph)) {
    for (const Recurrence& recurrence : graph_.recurrences)
      for (size_t place = 0; place < recurrence.members.size(); ++place)
        along_[recurrence.members[place]] = recurrence.axis[place];
  }

  Graph run() {
    for (NodeId node : node_ids(graph_)) split(node);
    return insert_nodes(std::move(graph_), changes_);
  }

 private:
  bool takes_part(NodeId node) const {
    if (along_.contains(node)) return true;
    const auto sources = sources_of(graph_, node);
    return std::any_of(sources.begin(), sources.end(), [&](NodeId source) { return along_.contains(source); });
  }

  void split(NodeId node) {
    const Comprehension* formula = formula_of(graph_, node);
    if (!formula || formula->reduction != Reduction::Sum || !takes_part(node)) return;
    factors_.clear();
    add_factors(formula->body, factors_);
    const bool loads = std::all_of(factors_.begin(), factors_.end(),
                                   [](const Expr& factor) { return std::holds_alternative<Load>(factor->kind); });
    if (!loads || factors_.size() < 3 || factors_.size() > most_factors) return;
    node_ = node;
    const auto best = best_split();
    if (!best) return;
    Expr product = operand(best->first) * operand(best->second);
    std::get<Comprehension>(graph_[node].kind).body = std::move(product);
  }

  FactorSet with_indices(uint32_t bits) const {
    FactorSet set{bits};
    for (size_t number = 0; number < factors_.size(); ++number)
      if (bits >> number & 1) set.indices.merge(indices_of(factors_[number]));
    return set;
  }

  int64_t elements_of(const FactorSet& set) const {
    const auto axes = all_axes(graph_[node_]);
    int64_t elements = 1;
    for (uint32_t index : set.indices) elements *= axes[index].extent;
    return elements;
  }

  /// Whether each operand tells elements of the result apart that the other does not: a product of matrices.
  bool are_matrices(const FactorSet& a, const FactorSet& b) const {
    const auto rank = static_cast<uint32_t>(graph_[node_].axes.size());
    const auto has_own = [&](const FactorSet& one, const FactorSet& other) {
      return std::any_of(one.indices.begin(), one.indices.end(),
                         [&](uint32_t index) { return index < rank && !other.indices.contains(index); });
    };
    return has_own(a, b) && has_own(b, a);
  }

  /// A member's factors run along with it: their array has the same axes up to that.
  bool can_be_array(const FactorSet& set) const {
    const auto along = along_.find(node_);
    if (set.is_array() || along == along_.end()) return true;
    for (uint32_t index = 0; index <= along->second; ++index)
      if (!set.indices.contains(index)) return false;
    return true;
  }

  std::optional<std::pair<FactorSet, FactorSet>> best_split() const {
    std::optional<std::pair<FactorSet, FactorSet>> best;
    int64_t terms = 1, least = 0;
    for (const Axis& axis : all_axes(graph_[node_])) terms *= axis.extent;
    const uint32_t all = (1u << factors_.size()) - 1;
    for (uint32_t bits = 1; bits < all; bits += 2) {  // the first factor is in the first operand
      const FactorSet a = with_indices(bits), b = with_indices(all & ~bits);
      if (!are_matrices(a, b) || !can_be_array(a) || !can_be_array(b)) continue;
      const int64_t made = (a.is_array() ? 0 : elements_of(a)) + (b.is_array() ? 0 : elements_of(b));
      if (made * fewer_elements > terms || (best && made >= least)) continue;
      best = {a, b};
      least = made;
    }
    return best;
  }

  Expr operand(const FactorSet& set) {
    Expr product;
    for (size_t number = 0; number < factors_.size(); ++number)
      if (set.bits >> number & 1) product = product ? product * factors_[number] : factors_[number];
    if (set.is_array()) return product;
    const Node sum = graph_[node_];
    const auto all = all_axes(sum);
    std::vector<Affine> replacement(all.size());
    std::vector<Axis> axes;
    std::vector<Subscript> at;
    std::vector<uint32_t> indices(set.indices.begin(), set.indices.end());
    std::stable_partition(indices.begin(), indices.end(), [&](uint32_t index) { return all[index].batch; });
    for (uint32_t index : indices) {
      replacement[index] = affine(static_cast<uint32_t>(axes.size()));
      axes.push_back(all[index]);
      at.emplace_back(affine(index));
    }
    Expr body = substitute(product, replacement, extents_of(axes));
    const NodeId node =
        add_comprehension(graph_, sum.name, std::move(axes), {Reduction::None, {}, std::move(body)}, sum.span);
    changes_.before[node_].push_back(node);
    return load(node, std::move(at));
  }

  Graph graph_;
  std::map<NodeId, uint32_t> along_;  ///< of members: the axis that they run along
  NodeChanges changes_;
  NodeId node_;  ///< that is being split
  std::vector<Expr> factors_;
};

}  // namespace

Graph split_products(Graph graph) {
  if (graph.recurrences.empty()) return graph;
  return ProductSplitting(std::move(graph)).run();
}

}  // namespace dnnc
