#include "compiler/kernels/idle_trips.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "compiler/kernels/idle_conditions.h"

namespace dnnc {
namespace {

constexpr uint32_t trip_axis = 0, row_axis = 1;

/// Trips of one recurrence, as far as a choice of their condition says.
struct IdleCandidate {
  const Recurrence* recurrence;
  KnownAtPlace known;
  std::map<NodeId, Expr> formulas = {};  ///< of all members in an idle trip
  std::set<NodeId> needed = {};          ///< those that something reads
  IdleTrips idle = {};
};

class IdleSearch {
 public:
  explicit IdleSearch(const TripOrder& order) : order_(order), graph_(order.graph), readers_(readers_of(graph_)) {
    for (const Output& output : graph_.outputs) shown_.insert(output.node);
    for (NodeId node : node_ids(graph_))
      if (const auto* reshape = std::get_if<Reshape>(&graph_[node].kind)) shown_.insert(reshape->source);
  }

  std::map<size_t, IdleTrips> run() {
    for (size_t number = 0; number < graph_.recurrences.size(); ++number)
      if (auto found = search(graph_.recurrences[number])) chosen_.emplace(number, std::move(*found));
    // What one loop leaves undone another must not read in its idle trips either.
    for (bool changed = true; changed;) {
      const auto wrong =
          std::ranges::find_if(chosen_, [&](const auto& one) { return needed(one.second) != one.second.needed; });
      changed = wrong != chosen_.end();
      if (changed) chosen_.erase(wrong);
    }
    std::map<size_t, IdleTrips> result;
    for (auto& [number, candidate] : chosen_) result[number] = std::move(candidate.idle);
    return result;
  }

 private:
  static bool holds_member(const Recurrence& recurrence, NodeId node) {
    return std::ranges::find(recurrence.members, node) != recurrence.members.end();
  }

  std::optional<IdleCandidate> search(const Recurrence& recurrence) {
    const auto has_sum = [&](NodeId member) { return formula_of(graph_, member)->reduction != Reduction::None; };
    if (std::ranges::none_of(recurrence.members, has_sum)) return std::nullopt;
    std::vector<IdleCandidate> candidates;
    for (NodeId member : recurrence.members) add_candidates(recurrence, formula_of(graph_, member)->body, candidates);
    for (IdleCandidate& candidate : candidates) {
      KnownFormulas formulas(graph_, candidate.known);
      for (NodeId member : recurrence.members) candidate.formulas[member] = formulas.of(member, trip_axis);
      candidate.needed = needed(candidate);
      if (settle(candidate)) return std::move(candidate);
    }
    return std::nullopt;
  }

  /// Of each form of a condition in the formula two candidates: that it holds, and that it does not.
  void add_candidates(const Recurrence& recurrence, const Expr& body, std::vector<IdleCandidate>& candidates) const {
    for_each(body, [&](const Expression& part) {
      const auto* choice = std::get_if<Call>(&part.kind);
      if (!choice || choice->function != Function::Select) return;
      Expr condition = choice->arguments[0];
      if (const Call* denied = call_of(condition, Function::Not)) condition = denied->arguments[0];
      const auto place = place_condition(condition, trip_axis);
      if (!place || !is_about_rows(recurrence, condition)) return;
      bool known = false;
      for (IdleCandidate& candidate : candidates)
        if (same(candidate.known.form, place->form)) known = add_condition(candidate, condition, place->shift);
      for (const bool holds : {false, true})
        if (!known)
          add_condition(candidates.emplace_back(IdleCandidate{&recurrence, {place->form, holds}}), condition,
                        place->shift);
    });
  }

  static bool add_condition(IdleCandidate& candidate, const Expr& condition, int64_t shift) {
    candidate.idle.holds = candidate.known.holds;
    if (std::ranges::find(candidate.known.shifts, shift) != candidate.known.shifts.end()) return true;
    candidate.known.shifts.push_back(shift);
    candidate.idle.conditions.push_back(condition);
    return true;
  }

  /// Asks something of each row, which is known before the loop, and of the trip.
  bool is_about_rows(const Recurrence& recurrence, const Expr& condition) const {
    const std::set<uint32_t> used = indices_of(condition);
    const std::vector<Axis>& slice = order_.slices.at(recurrence.members.front());
    bool possible = !slice.empty() && used.contains(trip_axis) && (used.size() == 1 || *used.rbegin() == row_axis),
         reads = false;
    for_each(condition, [&](const Expression& part) {
      if (const auto* number = std::get_if<IndexValue>(&part.kind))
        possible = possible && !mentions(number->value, row_axis);
      const auto* read = std::get_if<Load>(&part.kind);
      if (!read) return;
      reads = true;
      possible = possible && !holds_member(recurrence, read->source);
      for (size_t axis = 0; axis < read->at.size(); ++axis)
        if (const auto* at = std::get_if<Affine>(&read->at[axis]); at && mentions(*at, row_axis))
          possible = possible && graph_[read->source].axes[axis].extent == slice[0].extent;
    });
    const auto has_rows = [&](NodeId member) {
      const std::vector<Axis>& own = order_.slices.at(member);
      return !own.empty() && own[0].extent == slice[0].extent;
    };
    return possible && reads && std::ranges::all_of(recurrence.members, has_rows);
  }

  /// Leaves out what nothing reads. Whether the rest is without sums.
  bool settle(IdleCandidate& candidate) const {
    for (const auto& [member, formula] : candidate.formulas) {
      const bool sums = formula_of(graph_, member)->reduction != Reduction::None,
                 read = candidate.needed.contains(member);
      candidate.idle.bodies[member] = read ? formula : constant(0);
      if (read && sums && !is_number(formula, 0)) return false;
    }
    return true;
  }

  /// The members that something reads as they are in idle trips.
  std::set<NodeId> needed(const IdleCandidate& candidate) {
    std::set<NodeId> needed;
    std::vector<NodeId> open;
    const auto need = [&](NodeId member) {
      if (needed.insert(member).second) open.push_back(member);
    };
    for (NodeId member : candidate.recurrence->members)
      if (matters(member, trip_axis, candidate, candidate.known)) need(member);
    while (!open.empty()) {
      const Expr formula = candidate.formulas.at(open.back());
      open.pop_back();
      for_each(formula, [&](const Expression& part) {
        const auto* read = std::get_if<Load>(&part.kind);
        if (read && holds_member(*candidate.recurrence, read->source)) need(read->source);
      });
    }
    return needed;
  }

  /// Whether anything outside of its own idle trips reads what a node is at a place of which something is known.
  bool matters(NodeId node, uint32_t place, const IdleCandidate& candidate, const KnownAtPlace& known) {
    if (shown_.contains(node)) return true;
    for (NodeId reader : readers_[node.value])
      for (const Expr& formula : formulas_of(reader))
        if (reads(reader, formula, {node, place}, candidate, known)) return true;
    return false;
  }

  /// That of each trip, and that of idle ones.
  std::vector<Expr> formulas_of(NodeId reader) const {
    std::vector<Expr> formulas = {formula_of(graph_, reader)->body};
    for (const auto& [number, candidate] : chosen_)
      if (const auto idle = candidate.idle.bodies.find(reader); idle != candidate.idle.bodies.end())
        formulas.push_back(idle->second);
    return formulas;
  }

  struct Read {
    NodeId node;
    uint32_t place;
  };

  bool reads(NodeId reader, const Expr& formula, const Read& read, const IdleCandidate& candidate,
             const KnownAtPlace& known) {
    const bool own = holds_member(*candidate.recurrence, reader);
    std::vector<Affine> places;
    for_each(formula, [&](const Expression& part) {
      if (std::holds_alternative<Draw>(part.kind)) places.emplace_back();
      const auto* load = std::get_if<Load>(&part.kind);
      if (!load || load->source != read.node) return;
      const auto* at = std::get_if<Affine>(&load->at[read.place]);
      places.push_back(at ? *at : Affine{});
    });
    for (const Affine& at : places) {
      if (at.terms.size() != 1 || at.terms[0].coefficient != 1 || at != affine(at.terms[0].index, 1, at.offset))
        return true;
      if (own && at == affine(trip_axis)) continue;  // an idle trip of its own
      if (reads_at(reader, formula, read, at, candidate, known)) return true;
    }
    return false;
  }

  bool reads_at(NodeId reader, const Expr& formula, const Read& read, const Affine& at, const IdleCandidate& candidate,
                const KnownAtPlace& known) {
    const uint32_t place = at.terms[0].index;
    const KnownAtPlace there = known.from_before(at.offset);
    bool found = false;
    for_each(KnownFormulas(graph_, there).of(reader, place, formula), [&](const Expression& part) {
      const auto* load = std::get_if<Load>(&part.kind);
      if (!load || load->source != read.node) return;
      const auto* left = std::get_if<Affine>(&load->at[read.place]);
      const bool elsewhere = left && is_constant(*left - at) && *left != at;
      found = found || !elsewhere;
    });
    if (!found) return false;
    // A copy, or what else is made of it place by place, may be read where it does not matter.
    const bool passes_on =
        place < graph_[reader].axes.size() && formula_of(graph_, reader)->reduction == Reduction::None;
    return !passes_on || is_member_of_any(reader) || matters(reader, place, candidate, there);
  }

  bool is_member_of_any(NodeId node) const { return order_.slices.contains(node); }

  const TripOrder& order_;
  const Graph& graph_;
  const std::vector<std::vector<NodeId>> readers_;
  std::set<NodeId> shown_;
  std::map<size_t, IdleCandidate> chosen_;
};

}  // namespace

std::map<size_t, IdleTrips> find_idle_trips(const TripOrder& order) {
  if (order.graph.recurrences.empty()) return {};
  return IdleSearch(order).run();
}

Comprehension rows_at_work(const IdleTrips& idle, int64_t rows_of_a_part) {
  // Indices of the result: the trip, the part; then the row of the part.
  const std::vector<Affine> places = {affine(0), affine(1, rows_of_a_part) + affine(2)};
  Expr works;
  for (const Expr& condition : idle.conditions) {
    Expr moved = substitute(condition, places);
    if (idle.holds) moved = call(Function::Not, {moved});
    works = works ? call(Function::Or, {works, moved}) : moved;
  }
  return {Reduction::Sum, {{"row", rows_of_a_part, false}}, call(Function::Select, {works, constant(1), constant(0)})};
}

}  // namespace dnnc
