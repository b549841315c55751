#include "compiler/kernels/trip_graph.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

constexpr uint32_t trip_index = 0;

bool is_trip(const Subscript& subscript) {
  const auto* place = std::get_if<Affine>(&subscript);
  return place && single_index(*place) == trip_index;
}

class Trip {
 public:
  Trip(const TripOrder& order, const Recurrence& recurrence, const std::set<std::string>& byte_fields,
       const runtime::MemoryLayout& memory)
      : order_(order), whole_(order.graph), recurrence_(recurrence), byte_fields_(byte_fields), memory_(memory) {}

  TripGraph run(const std::set<NodeId>& shown) {
    result_.graph.name = whole_.name;
    result_.stored = shown;
    for (NodeId member : recurrence_.members) add_member(member);
    for (NodeId member : recurrence_.members)
      if (result_.stored.contains(member))
        result_.graph.outputs.push_back({OutputRole::Value, whole_[member].name, result_.members.at(member), NodeId{}});
    return std::move(result_);
  }

 private:
  const std::vector<Axis>& slice(NodeId member) const { return order_.slices.at(member); }

  void add_member(NodeId member) {
    const Node& node = whole_[member];
    Comprehension formula = std::get<Comprehension>(node.kind);
    made_.clear();
    const auto rank = static_cast<uint32_t>(node.axes.size()), left = static_cast<uint32_t>(slice(member).size());
    replacement_.assign(1, affine_constant(0));
    for (uint32_t index = 1; index < rank; ++index)
      replacement_.push_back(index <= left ? affine(index - 1) : affine_constant(0));
    for (uint32_t index = 0; index < formula.reduced.size(); ++index) replacement_.push_back(affine(left + index));
    extents_ = extents_of(slice(member));
    for (const Axis& axis : formula.reduced) extents_.push_back(axis.extent);
    formula.body = of_trip(formula.body);
    result_.members[member] =
        add_comprehension(result_.graph, node.name, slice(member), std::move(formula), node.span, node.element);
  }

  /// The expression in one trip, of the indices that are left.
  Expr of_trip(const Expr& expression) {
    if (!expression) return expression;
    if (const auto known = made_.find(expression.get()); known != made_.end()) return known->second;
    const Expr result = std::visit(match{[&](const Constant&) { return expression; },
                                         [&](const IndexValue& index) { return of_trip(index.value); },
                                         [&](const Load& load) { return of_trip(load); },
                                         [&](const Call& old) {
                                           std::vector<Expr> arguments;
                                           for (const Expr& argument : old.arguments)
                                             arguments.push_back(of_trip(argument));
                                           return call(old.function, std::move(arguments));
                                         },
                                         [&](const Overridden& stated) { return of_trip(stated.value); },
                                         [&](const Draw& draw) { return of_trip(draw, expression); }},
                                   expression->kind);
    return made_[expression.get()] = result;
  }

  Expr of_trip(const Affine& value) {
    Affine rest;
    rest.offset = value.offset;
    int64_t factor = 0;
    for (const Term& term : value.terms) {
      if (term.index != trip_index) rest.terms.push_back(term);
      else factor += term.coefficient;
    }
    const Expr others = substitute(index_value(rest), replacement_, extents_);
    if (factor == 0) return others;
    const Expr trips = factor == 1 ? trip_number() : trip_number() * constant(static_cast<double>(factor));
    return is_constant(rest) && rest.offset == 0 ? trips : trips + others;
  }

  Expr of_trip(const Draw&, const Expr& expression) {
    const Expr moved = substitute(expression, replacement_, extents_);
    return rename_nodes(moved, [&](NodeId node) { return input({node}); });
  }

  /// Subscripts from that of axis `first` on.
  std::vector<Subscript> subscripts(const Load& load, size_t first) {
    std::vector<Subscript> at;
    for (size_t axis = first; axis < load.at.size(); ++axis) {
      if (const auto* gather = std::get_if<Gather>(&load.at[axis])) {
        at.emplace_back(Gather{of_trip(gather->value)});
        continue;
      }
      const Affine& place = std::get<Affine>(load.at[axis]);
      if (mentions(place, trip_index)) at.emplace_back(Gather{trip_number()});
      else at.emplace_back(std::get<Affine>(moved(place)));
    }
    return at;
  }
  Subscript moved(const Affine& place) const {
    const auto composed = compose(place, replacement_, extents_);
    check(composed.has_value(), "trips: a subscript that is no form of the indices of a trip");
    return *composed;
  }

  std::vector<Subscript> in_piece(const Load& load, NodeId array) {
    std::vector<Subscript> at = subscripts(load, 1);
    if (const auto found = order_.slices.find(array); found != order_.slices.end()) at.resize(found->second.size());
    return at;
  }

  Expr of_trip(const Load& old) {
    const bool own = result_.members.contains(old.source) || is_member(old.source);
    if (own) return own_element(old);
    const bool has_piece = !old.at.empty() && is_trip(old.at[0]) &&
                           whole_[old.source].axes[0].extent == recurrence_.extent &&
                           bytes_of_piece(whole_, old.source, byte_fields_) % memory_.alignment == 0;
    if (has_piece) return load(input({old.source, true}), in_piece(old, old.source), of_trip(old.outside));
    return load(input({old.source}), subscripts(old, 0), of_trip(old.outside));
  }

  bool is_member(NodeId node) const {
    return std::find(recurrence_.members.begin(), recurrence_.members.end(), node) != recurrence_.members.end();
  }

  Expr own_element(const Load& old) {
    const auto* place = std::get_if<Affine>(&old.at[0]);
    if (!place) {
      result_.stored.insert(old.source);
      result_.read_whole.insert(old.source);
      return load(input({old.source}), subscripts(old, 0), of_trip(old.outside));
    }
    const int64_t back = (*place - affine(trip_index)).offset;
    if (back == 0) return load(result_.members.at(old.source), in_piece(old, old.source), of_trip(old.outside));
    result_.stored.insert(old.source);
    const NodeId start = std::get<Load>(old.outside->kind).source;
    return load(input({old.source, true, std::abs(back), start}), in_piece(old, old.source));
  }

  Expr trip_number() { return load(input({}), {}); }

  /// Has the storage of what it shows a piece of.
  NodeId input(const TripInput& read) {
    const auto known = inputs_.find(read);
    if (known != inputs_.end()) return known->second;
    NodeId node;
    if (!read.array.valid()) {
      node = add_input(result_.graph, {InputRole::Stream, "number of the trip", ""}, {},
                       {Element::Kind::Class, recurrence_.extent}, {});
    } else {
      const Node& array = whole_[read.array];
      const Input* known_input = input_of(whole_, root_of(whole_, read.array));
      const Input as = known_input ? *known_input : Input{InputRole::Fitted, array.name, ""};
      std::vector<Axis> axes = array.axes;
      if (read.piece) {
        axes.erase(axes.begin());
        if (const auto found = order_.slices.find(read.array); found != order_.slices.end()) axes = found->second;
      }
      for (Axis& axis : axes) axis.batch = false;
      node = add_input(result_.graph, as, axes, array.element, {});
    }
    result_.inputs[node] = read;
    return inputs_[read] = node;
  }

  const TripOrder& order_;
  const Graph& whole_;
  const Recurrence& recurrence_;
  const std::set<std::string>& byte_fields_;
  const runtime::MemoryLayout& memory_;
  TripGraph result_;
  std::map<TripInput, NodeId> inputs_;
  // Of the member whose formula is being made:
  std::vector<Affine> replacement_;  ///< of its indices
  std::vector<int64_t> extents_;     ///< of those that are left
  std::map<const Expression*, Expr> made_;
};

}  // namespace

int64_t bytes_of_piece(const Graph& graph, NodeId array, const std::set<std::string>& byte_fields) {
  return element_count(graph[array]) / graph[array].axes[0].extent * bytes_of(storage_of(graph, array, byte_fields));
}

TripGraph trip_graph(const TripOrder& order, const Recurrence& recurrence, const std::set<NodeId>& shown,
                     const std::set<std::string>& byte_fields, const runtime::MemoryLayout& memory) {
  return Trip(order, recurrence, byte_fields, memory).run(shown);
}

}  // namespace dnnc
