#include "compiler/passes/gather_adjoint.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/passes/solve_indices.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Adds the parts of one load's adjoint to the graph.
class Gathering {
 public:
  Gathering(Graph& graph, const Load& load, const std::vector<Axis>& indices, const std::string& name, Span span)
      : graph_(graph), load_(load), array_(graph[load.source].axes), indices_(indices), name_(name), span_(span) {}

  GatheredAdjoint run(const std::vector<Product>& terms) {
    GatheredAdjoint result;
    for (const Product& term : terms) result.terms.push_back(gathered(term));
    result.terms = merged(result.terms);
    result.made = std::move(made_);
    return result;
  }

 private:
  /// A part with its term over the part's axes, or over the array's.
  struct PartTerm {
    InverseIndices part;
    Product term;
  };

  Product gathered(const Product& term) {
    std::vector<PartTerm> parts = solved(term);
    bool whole = covers_array(parts);
    for (PartTerm& one : parts) one.term = placed(summed(std::move(one.term), one.part), one.part);
    if (parts.empty()) return {0, {}, {}, {}};
    if (parts.size() == 1) return guarded(parts[0]);
    Expr chosen = constant(0);
    for (size_t place = parts.size(); place-- > 0;) {
      bool last = place + 1 == parts.size();
      chosen = last && whole ? expression_of(parts[place].term)
                             : call(Function::Select, {region_of(parts[place].part), expression_of(parts[place].term), chosen});
    }
    Product result;
    result.factors.push_back(chosen);
    return result;
  }

  /// The parts of the inverse, each with the term over its axes and then its summed indices.
  std::vector<PartTerm> solved(const Product& term) const {
    std::vector<int64_t> extents = extents_of(indices_);
    std::vector<bool> bounded;
    for (uint32_t index = 0; index < indices_.size(); ++index)
      bounded.push_back(bounds_index(graph_, term, index, extents));
    for (bool simple : {false, true}) {
      std::vector<PartTerm> result;
      bool affine = true;
      for (InverseIndices& part : solve_indices(load_.at, indices_, array_, bounded, simple)) {
        std::optional<Product> over_part = moved(graph_, term, part.replacement, extents, all_extents(part));
        affine = affine && over_part;
        if (!affine) break;
        over_part->guards.insert(over_part->guards.end(), part.tests.begin(), part.tests.end());
        result.push_back({std::move(part), std::move(*over_part)});
      }
      if (affine) return result;
    }
    check(false, "differentiate: `" + name_ + "`: no place for an index");
    return {};
  }

  static std::vector<int64_t> all_extents(const InverseIndices& part) {
    std::vector<int64_t> extents = extents_of(part.axes);
    for (const Axis& axis : part.summed) extents.push_back(axis.extent);
    return extents;
  }

  /// Sums the term over the part's summed indices; the result is over the part's axes alone.
  Product summed(Product term, const InverseIndices& part) {
    std::set<uint32_t> used = indices_of(term);
    std::vector<Affine> renumbered;
    std::vector<Axis> reduced;
    for (uint32_t axis = 0; axis < part.axes.size(); ++axis) renumbered.push_back(affine(axis));
    for (uint32_t place = 0; place < part.summed.size(); ++place) {
      renumbered.push_back(affine(part.axes.size() + reduced.size()));
      if (used.contains(part.axes.size() + place)) reduced.push_back(part.summed[place]);
      else term.coefficient *= part.summed[place].extent;
    }
    if (reduced.empty()) return term;
    auto [inner, outer] = split(term, part.axes.size());
    std::vector<int64_t> extents = extents_of(part.axes);
    for (const Axis& axis : reduced) extents.push_back(axis.extent);
    Expr body = substitute(expression_of(inner), renumbered, extents);
    outer.factors.push_back(own_element(graph_, add(part, {Reduction::Sum, reduced, body})));
    return outer;
  }

  NodeId add(const InverseIndices& part, Comprehension comprehension) {
    NodeId node = add_comprehension(graph_, name_, part.axes, std::move(comprehension), span_);
    std::vector<std::optional<size_t>> along;
    for (const Affine& at : part.at) along.push_back(single_index(at));
    made_.push_back({node, std::move(along)});
    return node;
  }

  /// What depends on indices from `first_summed` on, and the rest. A factor that may be infinite stays with guards on
  /// summed indices: outside it would meet the 0 of places that are all guarded.
  static std::pair<Product, Product> split(const Product& term, uint32_t first_summed) {
    auto depends = [&](const Expr& e) {
      std::set<uint32_t> indices = indices_of(e);
      return !indices.empty() && *indices.rbegin() >= first_summed;
    };
    bool guarded = std::any_of(term.guards.begin(), term.guards.end(), depends);
    Product inner, outer;
    outer.coefficient = term.coefficient;
    for (const Expr& e : term.factors)
      (depends(e) || (guarded && !stays_finite(e)) ? inner : outer).factors.push_back(e);
    for (const Expr& e : term.divisors) (depends(e) || guarded ? inner : outer).divisors.push_back(e);
    for (const Expr& e : term.guards) (depends(e) ? inner : outer).guards.push_back(e);
    return {inner, outer};
  }

  bool is_whole_array(const InverseIndices& part) const {
    if (part.axes.size() != array_.size()) return false;
    for (uint32_t axis = 0; axis < array_.size(); ++axis)
      if (part.at[axis] != affine(axis) || part.axes[axis].extent != array_[axis].extent) return false;
    return true;
  }

  /// The term over the axes of the array.
  Product placed(Product term, const InverseIndices& part) {
    if (is_whole_array(part)) return term;
    std::vector<int64_t> extents = extents_of(part.axes), places = extents_of(array_);
    std::optional<Product> result = moved(graph_, term, part.at, extents, places);
    if (result) return *result;
    NodeId node = add(part, {Reduction::None, {}, expression_of(term)});
    return *moved(graph_, {1, {own_element(graph_, node)}, {}, {}}, part.at, extents, places);
  }

  static Product guarded(const PartTerm& one) {
    Product result = one.term;
    result.guards.insert(result.guards.begin(), one.part.region.begin(), one.part.region.end());
    return result;
  }

  static Expr region_of(const InverseIndices& part) {
    Expr condition;
    for (const Expr& one : part.region) condition = condition ? call(Function::And, {condition, one}) : one;
    return condition ? condition : constant(1);
  }

  /// Parts are disjoint: they cover the array if they have as many elements.
  bool covers_array(const std::vector<PartTerm>& parts) const {
    auto count = [](const std::vector<Axis>& axes) {
      int64_t elements = 1;
      for (const Axis& axis : axes) elements *= axis.extent;
      return elements;
    };
    int64_t elements = 0;
    for (const PartTerm& one : parts) {
      if (one.part.axes.size() != array_.size()) return false;
      elements += count(one.part.axes);
    }
    return elements == count(array_);
  }

  Graph& graph_;
  const Load& load_;
  std::vector<Axis> array_;
  const std::vector<Axis>& indices_;
  const std::string& name_;
  Span span_;
  std::vector<MadeNode> made_;
};

}  // namespace

GatheredAdjoint gather_adjoint(Graph& graph, const LoadAdjoint& adjoint, const std::vector<Axis>& indices,
                               const std::string& name, Span span) {
  return Gathering(graph, adjoint.load, indices, name, span).run(adjoint.terms);
}

Expr own_element(const Graph& graph, NodeId node) {
  std::vector<Subscript> at;
  for (uint32_t axis = 0; axis < graph[node].axes.size(); ++axis) at.push_back(affine(axis));
  return load(node, std::move(at));
}

}  // namespace dnnc
