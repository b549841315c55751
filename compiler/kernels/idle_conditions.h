#pragma once
#include <map>
#include <optional>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// A condition about a place along an axis: `s + shift < length[n]`, whatever n.
struct PlaceCondition {
  Expr form;  ///< index 0: the place; others as they come
  int64_t shift = 0;
};
/// The form of a condition over the indices of a node, of which `place` is one; nothing if it has none.
std::optional<PlaceCondition> place_condition(const Expr& condition, uint32_t place);

/// What is known at a place of an axis: so many places from there the condition `holds` or does not, whatever else it asks of.
struct KnownAtPlace {
  Expr form;
  bool holds = false;
  std::vector<int64_t> shifts = {};

  /// The same, seen from so many places before.
  KnownAtPlace from_before(int64_t places) const;
  bool knows(const PlaceCondition& condition, int64_t shift) const;
};

/// Formulas as they are where something is known of a place. What is multiplied by 0 is taken for 0: numbers are finite.
class KnownFormulas {
 public:
  KnownFormulas(const Graph& graph, KnownAtPlace known) : graph_(graph), known_(std::move(known)) {}

  /// The formula of a node whose index `place` is the place of which something is known.
  Expr of(NodeId node, uint32_t place);
  /// The same of another formula over the node's indices.
  Expr of(NodeId node, uint32_t place, const Expr& formula);

 private:
  /// A node where its index `place` is `shift` places from that of which something is known.
  struct Position {
    NodeId node;
    uint32_t place;
    int64_t shift;
    auto operator<=>(const Position&) const = default;
  };
  using Made = std::map<const Expression*, Expr>;
  Expr reduced(const Expr& expression, const Position& where, Made& made);
  Expr reduced_call(const Call& old, const Position& where, Made& made);
  std::optional<bool> decided(const Expr& condition, const Position& where) const;
  bool is_zero(const Load& load, const Position& where);
  bool is_zero(const Position& position);

  const Graph& graph_;
  const KnownAtPlace known_;
  std::map<Position, bool> zeros_;  ///< those that wait for an answer count as none
};

}  // namespace dnnc
