#include "compiler/kernels/collapse.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

/// A flag for each axis of each node: of inputs and reshapes those of the array, of formulas also those reduced.
using AxisFlags = IdVector<NodeTag, std::vector<bool>>;

size_t rank(const Graph& body, NodeId node) { return body[node].axes.size(); }

AxisFlags flags(const Graph& body, bool value) {
  AxisFlags result;
  for (NodeId node : node_ids(body)) result.push(std::vector<bool>(all_axes(body[node]).size(), value));
  return result;
}

/// The same body with other axes: `axes` and `reduced` give the extents of a node, `change` its formula.
template <class Axes, class Change>
Graph with_axes(const Graph& body, Axes axes_of, Change change) {
  Graph result = body;
  for (NodeId node : node_ids(body)) {
    const std::vector<int64_t> extents = axes_of(node, size_t{0}, rank(body, node));
    result[node].axes = numbered_axes(extents, "a");
    auto* formula = std::get_if<Comprehension>(&result[node].kind);
    if (!formula) continue;
    formula->reduced = numbered_axes(axes_of(node, rank(body, node), all_axes(body[node]).size()), "r");
    formula->body = change(node, formula->body);
  }
  return result;
}

// ---- axes of extent 1

/// Clears the flags of axes that a formula reads at places other than 0.
void keep_axes_read_beyond(const Graph& body, NodeId reader, AxisFlags& dropped) {
  const auto extents = extents_of(all_axes(body[reader]));
  for (const Load* load : loads_of(*formula_of(body, reader)))
    for (size_t axis = 0; axis < load->at.size(); ++axis) {
      const auto* place = std::get_if<Affine>(&load->at[axis]);
      const bool first = place && (!load->outside || range_of(*place, extents) == Interval{0, 0});
      if (!first) dropped[load->source][axis] = false;
    }
}

AxisFlags single_axes(const Graph& body) {
  AxisFlags dropped;
  for (NodeId node : node_ids(body)) {
    std::vector<bool> single;
    for (const Axis& axis : all_axes(body[node])) single.push_back(axis.extent == 1);
    dropped.push(std::move(single));
  }
  for (NodeId node : node_ids(body))
    if (formula_of(body, node)) keep_axes_read_beyond(body, node, dropped);
  return dropped;
}

Expr without_subscripts(const Expr& root, const AxisFlags& dropped) {
  return rewrite(root, [&](const Expr& expression) -> Expr {
    const auto* old = std::get_if<Load>(&expression->kind);
    if (!old) return expression;
    std::vector<Subscript> at;
    for (size_t axis = 0; axis < old->at.size(); ++axis)
      if (!dropped[old->source][axis]) at.push_back(old->at[axis]);
    return load(old->source, std::move(at), old->outside);
  });
}

/// A reduction over nothing is its only value, and the place of the best of one is 0.
void settle_empty_reduction(Comprehension& formula) {
  if (!formula.reduced.empty()) return;
  const bool place = formula.reduction == Reduction::ArgMaximum || formula.reduction == Reduction::ArgMinimum;
  if (place) formula.body = constant(0);
  formula.reduction = Reduction::None;
}

// ---- neighbours that go together

/// The flag of axis k says: it and axis k + 1 are one. Never the last axis of the result with the first reduced.
AxisFlags all_neighbours(const Graph& body) {
  AxisFlags joined = flags(body, true);
  for (NodeId node : node_ids(body)) {
    if (rank(body, node) > 0) joined[node][rank(body, node) - 1] = false;
    if (!joined[node].empty()) joined[node].back() = false;
  }
  return joined;
}

std::optional<uint32_t> index_at(const Load& load, size_t axis) {
  const auto* place = axis < load.at.size() ? std::get_if<Affine>(&load.at[axis]) : nullptr;
  return place ? single_index(*place) : std::nullopt;
}

/// Whether subscripts `axis` and `axis + 1` of a load are two neighbouring indices of its reader, of the same extent.
bool reads_neighbours(const Graph& body, NodeId reader, const Load& load, size_t axis) {
  const auto first = index_at(load, axis), second = index_at(load, axis + 1);
  if (!first || !second || *second != *first + 1 || load.outside) return false;
  const auto axes = all_axes(body[reader]);
  return axes[*first].extent == body[load.source].axes[axis].extent &&
         axes[*second].extent == body[load.source].axes[axis + 1].extent;
}

/// Whether a form counts index and index + 1 as one: `c * (extent * i + j)`.
bool counts_as_one(const Affine& form, uint32_t index, int64_t extent) {
  int64_t first = 0, second = 0;
  for (const Term& term : form.terms) {
    if (term.index != index && term.index != index + 1) continue;
    if (term.divisor != 1 || term.modulus != 0) return false;
    (term.index == index ? first : second) += term.coefficient;
  }
  return first == second * extent;
}

/// One formula's part in the search for joined axes.
class NeighbourCheck {
 public:
  NeighbourCheck(const Graph& body, NodeId reader, AxisFlags& joined)
      : body_(body), reader_(reader), axes_(all_axes(body[reader])), joined_(joined) {}

  /// Clears the flags that the formula forbids; whether there was any.
  bool run() {
    const Comprehension& formula = *formula_of(body_, reader_);
    for (const Load* load : loads_of(formula)) check_array(*load);
    for_each(formula.body, [&](const Expression& expression) {
      if (const auto* index = std::get_if<IndexValue>(&expression.kind)) check_form(index->value);
      if (const auto* draw = std::get_if<Draw>(&expression.kind)) {
        check_form(draw->example);
        check_form(draw->element);
      }
      if (const auto* load = std::get_if<Load>(&expression.kind)) check_subscripts(*load);
    });
    return changed_;
  }

 private:
  void clear(NodeId node, size_t axis) {
    if (joined_[node][axis]) changed_ = true;
    joined_[node][axis] = false;
  }

  void check_array(const Load& load) {
    for (size_t axis = 0; axis + 1 < load.at.size(); ++axis)
      if (!reads_neighbours(body_, reader_, load, axis) || !joined_[reader_][*index_at(load, axis)])
        clear(load.source, axis);
  }

  void check_form(const Affine& form) {
    for (uint32_t index = 0; index + 1 < axes_.size(); ++index)
      if (joined_[reader_][index] && !counts_as_one(form, index, axes_[index + 1].extent)) clear(reader_, index);
  }

  /// Subscripts that become one with their neighbours are fine; others must count joined indices as one.
  void check_subscripts(const Load& load) {
    for (size_t axis = 0; axis < load.at.size(); ++axis) {
      const auto* place = std::get_if<Affine>(&load.at[axis]);
      if (!place) continue;
      const auto joined_with = [&](size_t other, uint32_t first) {
        return joined_[load.source][other] && index_at(load, other) == first;
      };
      for (uint32_t index = 0; index + 1 < axes_.size(); ++index) {
        if (!joined_[reader_][index] || counts_as_one(*place, index, axes_[index + 1].extent)) continue;
        if (!joined_with(axis, index) && !(axis > 0 && joined_with(axis - 1, index))) clear(reader_, index);
      }
    }
  }

  const Graph& body_;
  NodeId reader_;
  std::vector<Axis> axes_;
  AxisFlags& joined_;
  bool changed_ = false;
};

AxisFlags joined_axes(const Graph& body) {
  AxisFlags joined = all_neighbours(body);
  for (bool changed = true; changed;) {
    changed = false;
    for (NodeId node : node_ids(body))
      if (formula_of(body, node)) changed = NeighbourCheck(body, node, joined).run() || changed;
  }
  return joined;
}

/// The new number of each index: joined ones share it.
std::vector<uint32_t> new_numbers(const std::vector<bool>& joined) {
  std::vector<uint32_t> numbers;
  uint32_t next = 0;
  for (size_t index = 0; index < joined.size(); ++index) {
    numbers.push_back(next);
    next += !joined[index];
  }
  return numbers;
}

/// Of indices that are one only the last has the coefficient of the one.
Affine with_joined(const Affine& form, const std::vector<bool>& joined) {
  const auto numbers = new_numbers(joined);
  Affine result;
  result.offset = form.offset;
  for (Term term : form.terms) {
    if (joined[term.index]) continue;
    term.index = numbers[term.index];
    result.terms.push_back(term);
  }
  return normal_form(result);
}

Expr with_joined(const Expr& root, NodeId reader, const AxisFlags& joined) {
  const auto form = [&](const Affine& affine) { return with_joined(affine, joined[reader]); };
  return rewrite(root, [&](const Expr& expression) -> Expr {
    if (const auto* index = std::get_if<IndexValue>(&expression->kind)) return index_value(form(index->value));
    if (const auto* old = std::get_if<Draw>(&expression->kind)) {
      Draw changed = *old;
      changed.example = form(old->example);
      changed.element = form(old->element);
      return draw(std::move(changed));
    }
    const auto* old = std::get_if<Load>(&expression->kind);
    if (!old) return expression;
    std::vector<Subscript> at;
    for (size_t axis = 0; axis < old->at.size(); ++axis) {
      if (joined[old->source][axis]) continue;
      const auto* place = std::get_if<Affine>(&old->at[axis]);
      at.push_back(place ? Subscript(form(*place)) : old->at[axis]);
    }
    return load(old->source, std::move(at), old->outside);
  });
}

}  // namespace

std::vector<Axis> numbered_axes(const std::vector<int64_t>& extents, const char* prefix) {
  std::vector<Axis> axes;
  for (int64_t extent : extents) axes.push_back({prefix + std::to_string(axes.size()), extent, false});
  return axes;
}

Graph drop_single_axes(const Graph& body) {
  const AxisFlags dropped = single_axes(body);
  const auto axes_of = [&](NodeId node, size_t first, size_t last) {
    std::vector<int64_t> extents;
    const auto axes = all_axes(body[node]);
    for (size_t axis = first; axis < last; ++axis)
      if (!dropped[node][axis]) extents.push_back(axes[axis].extent);
    return extents;
  };
  const auto change = [&](NodeId node, const Expr& formula) {
    std::vector<Affine> replacement;
    uint32_t next = 0;
    for (const bool gone : dropped[node]) replacement.push_back(gone ? affine_constant(0) : affine(next++));
    const auto extents = axes_of(node, 0, dropped[node].size());
    return without_subscripts(substitute(formula, replacement, extents), dropped);
  };
  Graph result = with_axes(body, axes_of, change);
  for (NodeId node : node_ids(result))
    if (auto* formula = std::get_if<Comprehension>(&result[node].kind)) settle_empty_reduction(*formula);
  return result;
}

Graph join_axes(const Graph& body) {
  const AxisFlags joined = joined_axes(body);
  const auto axes_of = [&](NodeId node, size_t first, size_t last) {
    std::vector<int64_t> extents;
    int64_t extent = 1;
    const auto axes = all_axes(body[node]);
    for (size_t axis = first; axis < last; ++axis) {
      extent *= axes[axis].extent;
      if (joined[node][axis]) continue;
      extents.push_back(extent);
      extent = 1;
    }
    return extents;
  };
  return with_axes(body, axes_of, [&](NodeId node, const Expr& formula) { return with_joined(formula, node, joined); });
}

}  // namespace dnnc
