#include "compiler/halide/join_axes.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// The border between two axes that follow each other: of a node's result, or, from `axes.size()` on, of its reduction.
struct Border {
  NodeId node;
  size_t first = 0;
  auto operator<=>(const Border&) const = default;
};

std::vector<int64_t> index_extents(const Node& node) { return extents_of(all_axes(node)); }

// ---- axes of one place

/// Index i of the formula becomes replacement[i], in all subscripts and numbers.
void replace_indices(Comprehension& formula, const std::vector<Affine>& replacement,
                     const std::vector<int64_t>& extents) {
  formula.body = substitute(formula.body, replacement, extents);
}

/// Rewrites the subscripts of all loads of `source`.
Expr change_subscripts(const Expr& body, NodeId source,
                       const std::function<std::vector<Subscript>(const std::vector<Subscript>&)>& change) {
  return rewrite(body, [&](const Expr& expression) {
    const auto* found = std::get_if<Load>(&expression->kind);
    if (!found || found->source != source) return expression;
    return load(source, change(found->at), found->outside);
  });
}

template <class T>
void erase_at(std::vector<T>& items, size_t place) {
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(place));
}

/// Whether every reader of an array reads axis `axis` at 0 and nowhere else.
bool read_at_zero_only(const Graph& body, NodeId source, size_t axis) {
  for (NodeId reader : node_ids(body)) {
    const Comprehension* formula = formula_of(body, reader);
    if (!formula) {
      const auto sources = sources_of(body, reader);
      if (std::find(sources.begin(), sources.end(), source) != sources.end()) return false;
      continue;
    }
    for (const Load* load : loads_of(*formula)) {
      if (load->source != source) continue;
      const auto* subscript = std::get_if<Affine>(&load->at[axis]);
      if (!subscript || range_of(*subscript, index_extents(body[reader])) != Interval{0, 0}) return false;
    }
  }
  return true;
}

/// Takes index `index`, which has one place, out of a formula.
void drop_index(Comprehension& formula, size_t index, const std::vector<int64_t>& extents) {
  std::vector<Affine> replacement;
  for (uint32_t other = 0; other < extents.size(); ++other)
    replacement.push_back(other == index ? Affine{} : affine(other < index ? other : other - 1));
  std::vector<int64_t> left = extents;
  erase_at(left, index);
  replace_indices(formula, replacement, left);
}

void drop_result_axis(Graph& body, NodeId node, size_t axis) {
  if (auto* formula = std::get_if<Comprehension>(&body[node].kind))
    drop_index(*formula, axis, index_extents(body[node]));
  erase_at(body[node].axes, axis);
  for (NodeId reader : node_ids(body))
    if (auto* formula = std::get_if<Comprehension>(&body[reader].kind))
      formula->body = change_subscripts(formula->body, node, [&](std::vector<Subscript> at) {
        erase_at(at, axis);
        return at;
      });
}

/// A reduction over one place is its body; the place of its best element is 0.
void drop_reduction(Comprehension& formula) {
  if (formula.reduction == Reduction::ArgMaximum || formula.reduction == Reduction::ArgMinimum)
    formula.body = constant(0);
  formula.reduction = Reduction::None;
}

void drop_single_places(Graph& body) {
  for (NodeId node : node_ids(body)) {
    if (auto* formula = std::get_if<Comprehension>(&body[node].kind)) {
      const size_t results = body[node].axes.size();
      for (size_t k = formula->reduced.size(); k-- > 0;) {
        if (formula->reduced[k].extent != 1) continue;
        drop_index(*formula, results + k, index_extents(body[node]));
        erase_at(formula->reduced, k);
        if (formula->reduced.empty()) drop_reduction(*formula);
      }
    }
    if (std::holds_alternative<Reshape>(body[node].kind)) continue;
    for (size_t axis = body[node].axes.size(); axis-- > 0;)
      if (body[node].axes[axis].extent == 1 && read_at_zero_only(body, node, axis)) drop_result_axis(body, node, axis);
  }
}

// ---- axes that follow each other

/// Two subscripts that follow each other and are two indices that follow each other, over the whole second axis.
struct IndexPair {
  uint32_t first;
};
std::optional<IndexPair> index_pair(const Load& load, size_t axis, int64_t second_extent,
                                    const std::vector<int64_t>& extents) {
  const auto* first = std::get_if<Affine>(&load.at[axis]);
  const auto* second = std::get_if<Affine>(&load.at[axis + 1]);
  if (!first || !second) return std::nullopt;
  const auto index = single_index(*first), next = single_index(*second);
  if (!index || !next || *next != *index + 1 || extents[*next] != second_extent) return std::nullopt;
  return IndexPair{*index};
}

/// How often an index occurs in an expression, its loads' subscripts included.
std::map<uint32_t, int> occurrences(const Expr& body) {
  std::map<uint32_t, int> count;
  const auto add = [&](const Affine& affine) {
    for (const Term& term : affine.terms) ++count[term.index];
  };
  for_each(body, [&](const Expression& expression) {
    if (const auto* index = std::get_if<IndexValue>(&expression.kind)) add(index->value);
    if (const auto* load = std::get_if<Load>(&expression.kind))
      for (const Subscript& subscript : load->at)
        if (const auto* affine = std::get_if<Affine>(&subscript)) add(*affine);
    if (const auto* draw = std::get_if<Draw>(&expression.kind)) {
      add(draw->example);
      add(draw->element);
    }
  });
  return count;
}

/// Whether a sum of indices holds indices `first` and `first + 1` as one number: first * extent + second.
bool holds_pair(const Affine& affine, uint32_t first, int64_t second_extent) {
  int64_t coefficient = 0, next = 0;
  for (const Term& term : affine.terms) {
    if (term.index != first && term.index != first + 1) continue;
    if (term.divisor != 1 || term.modulus != 0) return false;
    (term.index == first ? coefficient : next) = term.coefficient;
  }
  return coefficient == next * second_extent;
}

/// The borders that may go, found by taking away those that may not until nothing changes.
class Borders {
 public:
  explicit Borders(const Graph& body) : body_(body) {
    for (NodeId node : node_ids(body)) {
      if (std::holds_alternative<Reshape>(body[node].kind)) continue;
      const size_t results = body[node].axes.size(), all = all_axes(body[node]).size();
      for (size_t first = 0; first + 1 < all; ++first)
        if (first + 1 != results) open_.insert({node, first});
    }
    for (NodeId node : node_ids(body))
      if (const auto* reshape = std::get_if<Reshape>(&body[node].kind)) close_all(reshape->source);
    for (bool changed = true; changed;) {
      const size_t before = open_.size();
      for (NodeId node : node_ids(body))
        if (const Comprehension* formula = formula_of(body, node)) check_formula(node, *formula);
      changed = open_.size() != before;
    }
  }

  const std::set<Border>& open() const { return open_; }

 private:
  void close_all(NodeId node) {
    for (size_t first = 0; first < body_[node].axes.size(); ++first) open_.erase({node, first});
  }

  void check_formula(NodeId node, const Comprehension& formula) {
    const auto extents = index_extents(body_[node]);
    std::map<uint32_t, int> in_pairs;
    for (const Load* load : loads_of(formula)) check_load(node, *load, extents, in_pairs);
    for_each(formula.body, [&](const Expression& expression) {
      if (const auto* index = std::get_if<IndexValue>(&expression.kind))
        check_number(node, index->value, extents, in_pairs);
      if (const auto* draw = std::get_if<Draw>(&expression.kind)) {
        check_number(node, draw->example, extents, in_pairs);
        check_number(node, draw->element, extents, in_pairs);
      }
    });
    // An index that occurs in any other way keeps its borders.
    for (const auto& [index, count] : occurrences(formula.body)) {
      if (index > 0 && in_pairs[2 * (index - 1) + 1] != count) open_.erase({node, index - 1});
      if (in_pairs[2 * index] != count) open_.erase({node, index});
    }
  }

  /// Counts in `in_pairs`: under 2 i the occurrences of i as the first of a pair, under 2 i + 1 those of i + 1 as its
  /// second.
  void check_load(NodeId node, const Load& load, const std::vector<int64_t>& extents,
                  std::map<uint32_t, int>& in_pairs) {
    const auto& axes = body_[load.source].axes;
    for (size_t axis = 0; axis + 1 < axes.size(); ++axis) {
      const auto pair = index_pair(load, axis, axes[axis + 1].extent, extents);
      const bool joined = pair && open_.contains({node, pair->first}) && open_.contains({load.source, axis});
      if (!joined) {
        open_.erase({load.source, axis});
        continue;
      }
      ++in_pairs[2 * pair->first];
      ++in_pairs[2 * pair->first + 1];
    }
  }

  void check_number(NodeId node, const Affine& number, const std::vector<int64_t>& extents,
                    std::map<uint32_t, int>& in_pairs) {
    for (uint32_t first = 0; first + 1 < extents.size(); ++first) {
      if (!mentions(number, first) && !mentions(number, first + 1)) continue;
      if (!open_.contains({node, first})) continue;
      if (!holds_pair(number, first, extents[first + 1])) {
        open_.erase({node, first});
        continue;
      }
      ++in_pairs[2 * first];
      ++in_pairs[2 * first + 1];
    }
  }

  const Graph& body_;
  std::set<Border> open_;
};

/// Runs of axes that become one: for each old axis the number of its new one.
std::vector<uint32_t> new_numbers(const std::set<Border>& open, NodeId node, size_t count) {
  std::vector<uint32_t> numbers;
  for (size_t axis = 0; axis < count; ++axis) {
    const bool joined = axis > 0 && open.contains({node, axis - 1});
    numbers.push_back(axis == 0 ? 0 : joined ? numbers.back() : numbers.back() + 1);
  }
  return numbers;
}

std::vector<Axis> joined_axes(const std::vector<Axis>& axes, const std::set<Border>& open, NodeId node, size_t offset) {
  std::vector<Axis> result;
  for (size_t axis = 0; axis < axes.size(); ++axis) {
    if (axis > 0 && open.contains({node, offset + axis - 1})) result.back().extent *= axes[axis].extent;
    else result.push_back({axes[axis].name, axes[axis].extent, false});
  }
  return result;
}

/// Of a run of joined indices the last takes the place of the new index, the others vanish: i * E + j becomes the index
/// because j has coefficient 1 there and i, which has E, is 0.
std::vector<Affine> replacements(const std::set<Border>& open, NodeId node, size_t count) {
  const auto numbers = new_numbers(open, node, count);
  std::vector<Affine> replacement;
  for (size_t index = 0; index < count; ++index) {
    const bool last = index + 1 == count || numbers[index + 1] != numbers[index];
    replacement.push_back(last ? affine(numbers[index]) : Affine{});
  }
  return replacement;
}

std::vector<Subscript> joined_subscripts(const std::vector<Subscript>& at, const std::set<Border>& open,
                                         NodeId source) {
  std::vector<Subscript> result;
  for (size_t axis = 0; axis < at.size(); ++axis) {
    if (axis > 0 && open.contains({source, axis - 1})) result.back() = at[axis];
    else result.push_back(at[axis]);
  }
  return result;
}

Comprehension joined_formula(const Graph& body, NodeId node, const std::set<Border>& open) {
  Comprehension formula = *formula_of(body, node);
  const size_t results = body[node].axes.size();
  for (NodeId source : sources_of(body, node))
    formula.body = change_subscripts(
        formula.body, source, [&](const std::vector<Subscript>& at) { return joined_subscripts(at, open, source); });
  const auto reduced = joined_axes(formula.reduced, open, node, results);
  std::vector<int64_t> extents = extents_of(joined_axes(body[node].axes, open, node, 0));
  for (const Axis& axis : reduced) extents.push_back(axis.extent);
  replace_indices(formula, replacements(open, node, results + formula.reduced.size()), extents);
  formula.reduced = reduced;
  return formula;
}

}  // namespace

Graph join_axes(Graph body) {
  drop_single_places(body);
  const Borders borders(body);
  Graph joined = body;
  for (NodeId node : node_ids(body)) {
    if (formula_of(body, node)) joined[node].kind = joined_formula(body, node, borders.open());
    joined[node].axes = joined_axes(body[node].axes, borders.open(), node, 0);
  }
  return joined;
}

}  // namespace dnnc
