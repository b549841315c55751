#include "compiler/passes/differentiate/gather_adjoint.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/passes/formulas/own_element.h"
#include "compiler/passes/formulas/simplify_expression.h"
#include "compiler/passes/formulas/solve_indices.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Adds the parts of one load's adjoint to the graph.
class Gathering {
 public:
  Gathering(Graph& graph, const Load& load, const Reader& reader)
      : graph_(graph),
        load_(load),
        array_(graph[load.source].axes),
        name_(adjoint_name(graph[load.source].name)),
        reader_(reader),
        own_value_is_bounded_(stays_finite(std::get<Comprehension>(graph[reader.node].kind).body)) {}

  GatheredAdjoint run(const std::vector<Product>& terms) {
    GatheredAdjoint result;
    for (const Product& term : terms) result.terms.push_back(gathered(term));
    result.terms = merged(result.terms);
    result.made = std::move(made_);
    result.masked = masked_ && !choices_cover(terms);
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
    for (PartTerm& one : parts) one.term = placed(summed_where_tests_hold(std::move(one.term), one.part), one.part);
    if (parts.empty()) return nothing();
    if (parts.size() == 1) return guarded(parts[0]);
    Expr chosen = constant(0);
    for (size_t place = parts.size(); place-- > 0;) {
      bool last = place + 1 == parts.size();
      chosen = last && whole
                   ? expression_of(parts[place].term)
                   : call(Function::Select, {region_of(parts[place].part), expression_of(parts[place].term), chosen});
    }
    return product_of(chosen);
  }

  static Product nothing() {
    Product result;
    result.coefficient = 0;
    return result;
  }

  /// The parts of the inverse, each with the term over its axes and then its summed indices.
  std::vector<PartTerm> solved(const Product& term) {
    std::vector<int64_t> extents = extents_of(reader_.indices);
    std::vector<bool> bounded;
    for (uint32_t index = 0; index < reader_.indices.size(); ++index)
      bounded.push_back(bounds_index(graph_, term, index, extents));
    for (bool simple : {false, true}) {
      std::vector<PartTerm> result;
      bool affine = true;
      for (InverseIndices& part : solve_indices(load_.at, reader_.indices, array_, bounded, simple)) {
        std::optional<Product> over_part = moved(graph_, term, part.replacement, extents, all_extents(part));
        affine = affine && over_part;
        if (!affine) break;
        drop_decided_guards(*over_part, part);
        result.push_back({std::move(part), std::move(*over_part)});
      }
      if (!affine) continue;
      for (const PartTerm& one : result) note_choices(one.term);
      return result;
    }
    check(false, "differentiate: `" + name_ + "`: no place for an index");
    return {};
  }

  /// Drops guards that the ranges of the indices prove, and the term if they refute one.
  void drop_decided_guards(Product& term, const InverseIndices& part) const {
    Node context;
    context.axes = part.axes;
    context.axes.insert(context.axes.end(), part.summed.begin(), part.summed.end());
    std::vector<Guard> open;
    for (const Guard& guard : term.guards) {
      Expr condition = simplified(graph_, context, guard.condition, false);
      const auto* decided = std::get_if<Constant>(&condition->kind);
      if (!decided) open.push_back(guard);
      else if (decided->value == 0) return void(term = nothing());
    }
    term.guards = std::move(open);
  }

  /// Whether an example counts is decided by settings: it has no NaN to be guarded against.
  void note_choices(const Product& term) {
    for (const Guard& guard : term.guards) {
      bool loads = false, others = false;
      for_each(guard.condition, [&](const Expression& expression) {
        const auto* read = std::get_if<Load>(&expression.kind);
        if (!read) return;
        const auto* input = std::get_if<Input>(&graph_[read->source].kind);
        loads = true;
        others = others || !input || input->role != InputRole::Setting;
      });
      masked_ = masked_ || (guard.chosen && (!loads || others));
    }
  }

  /// Whether a product is finite if the numbers read are; the reader's own value is as bounded as its formula.
  bool is_bounded(const Product& product) const {
    auto bounded = [&](const Expr& factor) {
      const auto* read = std::get_if<Load>(&factor->kind);
      return stays_finite(factor) && (own_value_is_bounded_ || !read || read->source != reader_.node);
    };
    return product.divisors.empty() && std::all_of(product.factors.begin(), product.factors.end(), bounded);
  }

  /// Lets the product be 0 where its factor that loads `of` is, whatever the other factors are.
  void keep_zeros(Product& product, NodeId of) const {
    if (is_bounded(product)) return;
    for (const Expr& factor : product.factors) {
      const auto* read = std::get_if<Load>(&factor->kind);
      if (!read || read->source != of) continue;
      product.guards.push_back({call(Function::Unequal, {factor, constant(0)})});
      return;
    }
  }
  void keep_masked_zeros(Product& product) const {
    if (reader_.masked_adjoint) keep_zeros(product, *reader_.masked_adjoint);
  }

  static std::vector<int64_t> all_extents(const InverseIndices& part) {
    std::vector<int64_t> extents = extents_of(part.axes);
    for (const Axis& axis : part.summed) extents.push_back(axis.extent);
    return extents;
  }

  /// Sums the term over the part's summed indices, where its tests hold. What no test reads is summed first, in a node
  /// of its own: a sum of products stays one, and the tests choose among its sums. Where a test reads outside of an
  /// array the term is 0, whatever comes of the test.
  Product summed_where_tests_hold(Product term, InverseIndices part) {
    if (const std::optional<Untested> untested = without_tests(part, indices_of(term))) {
      std::vector<int64_t> before = all_extents(part), between = all_extents(untested->part);
      term = summed(*moved(graph_, term, untested->from, before, between), untested->part);
      part.summed.resize(part.first_untested);
      term = *moved(graph_, term, untested->to, extents_of(untested->part.axes), all_extents(part));
    }
    for (const Expr& test : part.tests) term.guards.push_back({with_zeros_outside(graph_, test, all_extents(part))});
    drop_decided_guards(term, part);
    return summed(std::move(term), part);
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
    if (reduced.empty()) {
      keep_masked_zeros(term);
      return term;
    }
    auto [inner, outer] = split(term, part.axes.size());
    keep_masked_zeros(inner);
    std::vector<int64_t> extents = extents_of(part.axes);
    for (const Axis& axis : reduced) extents.push_back(axis.extent);
    Expr body = substitute(expression_of(inner), renumbered, extents);
    NodeId sum = add(part, {Reduction::Sum, reduced, body});
    outer.factors.push_back(own_element(graph_, sum));
    if (reader_.masked_adjoint || !inner.guards.empty()) keep_zeros(outer, sum);
    return outer;
  }

  NodeId add(const InverseIndices& part, Comprehension comprehension) {
    NodeId node = add_comprehension(graph_, name_, part.axes, std::move(comprehension), reader_.span);
    std::vector<std::optional<size_t>> along;
    for (const Affine& at : part.at) along.push_back(single_index(at));
    made_.push_back({node, std::move(along)});
    return node;
  }

  /// What depends on indices from `first_summed` on, and the rest.
  static std::pair<Product, Product> split(const Product& term, uint32_t first_summed) {
    auto depends = [&](const Expr& e) {
      std::set<uint32_t> indices = dnnc::indices_of(e);
      return !indices.empty() && *indices.rbegin() >= first_summed;
    };
    Product inner, outer;
    outer.coefficient = term.coefficient;
    for (const Expr& e : term.factors) (depends(e) ? inner : outer).factors.push_back(e);
    for (const Expr& e : term.divisors) (depends(e) ? inner : outer).divisors.push_back(e);
    for (const Guard& guard : term.guards) (depends(guard.condition) ? inner : outer).guards.push_back(guard);
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
    return *moved(graph_, product_of(own_element(graph_, node)), part.at, extents, places);
  }

  static Product guarded(const PartTerm& one) {
    Product result = one.term;
    for (auto condition = one.part.region.rbegin(); condition != one.part.region.rend(); ++condition)
      result.guards.insert(result.guards.begin(), {*condition});
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
  std::string name_;
  const Reader& reader_;
  bool own_value_is_bounded_;
  bool masked_ = false;
  std::vector<MadeNode> made_;
};

}  // namespace

GatheredAdjoint gather_adjoint(Graph& graph, const LoadAdjoint& adjoint, const Reader& reader) {
  return Gathering(graph, adjoint.load, reader).run(adjoint.terms);
}

}  // namespace dnnc
