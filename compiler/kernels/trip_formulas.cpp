#include "compiler/kernels/trip_formulas.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

constexpr uint32_t trip = 0;  ///< the index of every member's first axis

bool mentions_trip(const Subscript& subscript) {
  const auto* place = std::get_if<Affine>(&subscript);
  return place && mentions(*place, trip);
}

bool divides_trip(const Affine& value) {
  return std::any_of(value.terms.begin(), value.terms.end(),
                     [](const Term& term) { return term.index == trip && (term.divisor != 1 || term.modulus != 0); });
}

Expr number(int64_t value) { return constant(static_cast<double>(value)); }
Expr at_most(Expr a, Expr b) { return call(Function::LessEqual, {std::move(a), std::move(b)}); }
Expr both(Expr a, Expr b) { return a ? call(Function::And, {std::move(a), std::move(b)}) : b; }

/// The whole number within the array.
Expr clamped(const Affine& value, int64_t extent) {
  return call(Function::Maximum, {call(Function::Minimum, {index_value(value), number(extent - 1)}), constant(0)});
}

}  // namespace

TripFormulas::TripFormulas(Graph& graph, TripArrays& arrays, const Recurrence& recurrence)
    : graph_(graph), arrays_(arrays), recurrence_(recurrence) {}

void TripFormulas::run() {
  for (NodeId member : recurrence_.members) {
    reader_ = member;
    axes_ = all_axes(graph_[member]);
    if (const auto& slice = arrays_.slice(member); !slice.empty()) axes_[1].extent = slice[0].extent;
    extents_ = extents_of(axes_);
    made_.clear();
    const Expr whole = formula_of(graph_, member)->body;  // nodes that are added move the formula
    Expr body = simple(whole);
    std::get<Comprehension>(graph_[member].kind).body = std::move(body);
  }
}

bool TripFormulas::is_member(NodeId node) const {
  return std::find(recurrence_.members.begin(), recurrence_.members.end(), node) != recurrence_.members.end();
}

bool TripFormulas::reads_members(const Expr& expression) const {
  bool found = false;
  for_each(expression, [&](const Expression& part) {
    const auto* load = std::get_if<Load>(&part.kind);
    found = found || (load && is_member(load->source));
  });
  return found;
}

Expr TripFormulas::simple(const Expr& expression) {
  if (!expression) return expression;
  Expr& known = made_[expression];
  if (known) return known;
  Expr result = std::visit(match{[&](const Constant&) { return expression; },
                                 [&](const IndexValue& index) {
                                   return divides_trip(index.value) ? computed_before(expression) : expression;
                                 },
                                 [&](const Load& load) { return simple(load); },
                                 [&](const Call& old) {
                                   std::vector<Expr> arguments;
                                   for (const Expr& argument : old.arguments) arguments.push_back(simple(argument));
                                   return call(old.function, std::move(arguments));
                                 },
                                 [&](const Overridden& stated) { return simple(stated.value); },
                                 [&](const Draw& draw) {
                                   const bool moves = mentions(draw.example, trip) || mentions(draw.element, trip);
                                   return moves ? computed_before(expression) : expression;
                                 }},
                           expression->kind);
  return known = result;
}

Load TripFormulas::with_simple_parts(const Load& load) {
  Load result = load;
  for (Subscript& subscript : result.at)
    if (auto* gather = std::get_if<Gather>(&subscript)) gather->value = simple(gather->value);
  result.outside = simple(load.outside);
  return result;
}

Expr TripFormulas::simple(const Load& load) {
  if (is_member(load.source)) return own_element(load);
  const Node& source = graph_[load.source];
  const auto moving = std::count_if(load.at.begin(), load.at.end(), mentions_trip);
  bool plain = moving <= 1;
  for (size_t axis = 0; axis < load.at.size(); ++axis)
    if (mentions_trip(load.at[axis]))
      plain = plain && single_index(std::get<Affine>(load.at[axis])) == trip &&
              source.axes[axis].extent >= recurrence_.extent;
  if (plain) {
    const Load made = with_simple_parts(load);
    return dnnc::load(made.source, made.at, made.outside);
  }
  const Expr whole = dnnc::load(load.source, load.at, load.outside);
  return reads_members(whole) ? at_told_places(load) : computed_before(whole);
}

Expr TripFormulas::own_element(const Load& load) {
  const Affine back = std::get<Affine>(load.at[0]) - affine(trip);
  if (!is_constant(back)) return at_told_places(load);
  const int64_t trips = std::abs(back.offset);
  if (trips >= recurrence_.extent) return simple(load.outside);
  if (trips > 0) return earlier(load, trips);
  const Load made = with_simple_parts(load);
  return dnnc::load(made.source, made.at, made.outside);
}

/// Whether so many trips have been made before this one.
Expr TripFormulas::is_begun(int64_t trips) const {
  const Expr place = index_value(trip);
  return recurrence_.backward ? at_most(place, number(recurrence_.extent - 1 - trips)) : at_most(number(trips), place);
}

bool TripFormulas::may_be_outside(const Affine& subscript, int64_t extent) const {
  const Interval range = range_of(subscript, extents_);
  return range.low < 0 || range.high >= extent;
}

/// Whether an element of a member lies in its piece, whatever the trip.
bool TripFormulas::rest_is_inside(const Load& load) const {
  const std::vector<Axis>& slice = arrays_.slice(load.source);
  for (size_t axis = 0; axis < slice.size(); ++axis) {
    const auto* place = std::get_if<Affine>(&load.at[axis + 1]);
    if (place && may_be_outside(*place, slice[axis].extent)) return false;
  }
  return true;
}

Expr TripFormulas::earlier(const Load& load, int64_t trips) {
  if (rest_is_inside(load)) {
    if (const std::optional<NodeId> start = start_of(load, trips)) {
      const Load made = with_simple_parts({load.source, load.at, nullptr});
      return dnnc::load(made.source, made.at, piece_of_start(*start, made.at, trips));
    }
  }
  const auto [known, is_new] = earlier_.try_emplace({load.source, trips});
  if (is_new) known->second = add_member_before(load.source, trips);
  Load made = with_simple_parts(load);
  made.at[0] = affine(trip);
  const Expr outside = made.outside ? made.outside : constant(0);
  return call(Function::Select,
              {is_begun(trips), dnnc::load(known->second, made.at, rest_is_inside(load) ? nullptr : outside), outside});
}

/// The piece that stands before the first of these trips, as `else` of what reads that many before.
Expr TripFormulas::piece_of_start(NodeId start, const std::vector<Subscript>& at, int64_t trips) const {
  std::vector<Subscript> place = at;
  place[0] = affine(trip, 1, recurrence_.backward ? trips - recurrence_.extent : 0);
  return dnnc::load(start, std::move(place), constant(0));
}

/// The array of what stands before, if it is the same wherever it is read: a number, or told by the place in the piece.
std::optional<NodeId> TripFormulas::start_of(const Load& load, int64_t trips) {
  const Expr value = load.outside ? load.outside : constant(0);
  if (std::holds_alternative<Constant>(value->kind)) return add_start(load.source, trips, value, value);
  const auto replacement = places_in_source(load, trips);
  if (!replacement) return std::nullopt;
  std::vector<int64_t> extents = extents_of(graph_[load.source].axes);
  extents[0] = trips;
  const auto body = try_substitute(value, *replacement, extents);
  return body ? std::optional(add_start(load.source, trips, *body, *body)) : std::nullopt;
}

/// For each index of the reader its place in the array of what stands before; nothing if the value cannot be told there.
std::optional<std::vector<Affine>> TripFormulas::places_in_source(const Load& load, int64_t trips) const {
  const std::vector<Axis>& slice = arrays_.slice(load.source);
  const std::vector<Axis>& axes = graph_[load.source].axes;
  const std::set<uint32_t> used = indices_of(load.outside);
  if (reads_members(load.outside) || slice.empty() || axes[1].extent != slice[0].extent) return std::nullopt;
  std::vector<Affine> replacement(extents_.size(), affine_constant(0));
  std::set<uint32_t> told = {trip};
  replacement[trip] = affine(trip, 1, recurrence_.backward ? recurrence_.extent - trips : 0);
  for (uint32_t axis = 1; axis < axes.size(); ++axis) {
    const auto* place = std::get_if<Affine>(&load.at[axis]);
    const auto index = place ? single_index(*place) : std::nullopt;
    if (!index || extents_[*index] != axes[axis].extent || !told.insert(*index).second) continue;
    replacement[*index] = affine(axis);
  }
  if (!std::includes(told.begin(), told.end(), used.begin(), used.end())) return std::nullopt;
  return replacement;
}

NodeId TripFormulas::add_start(NodeId member, int64_t trips, const Expr& value, Expr body) {
  for (const Start& start : starts_)
    if (start.trips == trips && same(start.value, value) &&
        extents_of(graph_[start.member].axes) == extents_of(graph_[member].axes))
      return start.pieces;
  const Node like = graph_[member];
  std::vector<Axis> axes = like.axes;
  axes[0].extent = trips;
  outside_.push_back(add_comprehension(graph_, like.name + " before", axes, {Reduction::None, {}, std::move(body)},
                                       like.span, like.element));
  starts_.push_back({member, trips, value, outside_.back()});
  return outside_.back();
}

/// A member that holds what another was so many trips before, and something before the first of them.
NodeId TripFormulas::add_member_before(NodeId member, int64_t trips) {
  const Node like = graph_[member];
  std::vector<Subscript> at;
  for (uint32_t axis = 0; axis < like.axes.size(); ++axis) at.emplace_back(affine(axis));
  if (arrays_.slice(member).empty()) at[1] = affine_constant(0);
  const NodeId start = add_start(member, trips, constant(0), constant(0));
  const Expr otherwise = piece_of_start(start, at, trips);
  at[0] = affine(trip, 1, recurrence_.backward ? trips : -trips);
  const NodeId node = add_comprehension(graph_, like.name + " earlier", like.axes,
                                        {Reduction::None, {}, load(member, at, otherwise)}, like.span, like.element);
  arrays_.add_like(node, member);
  inside_.push_back(node);
  return node;
}

/// An element whose place no loop can move to: arrays that are computed before say where it is.
Expr TripFormulas::at_told_places(const Load& load) {
  Load made = with_simple_parts(load);
  const bool own = is_member(load.source);
  Expr inside;
  bool rest_may_be_outside = false;
  for (size_t axis = 0; axis < load.at.size(); ++axis) {
    const auto* place = std::get_if<Affine>(&load.at[axis]);
    if (!place) continue;
    const bool of_trips = own && axis == 0, in_piece = own && axis > 0 && !arrays_.slice(load.source).empty();
    const int64_t extent =
        in_piece ? arrays_.slice(load.source)[axis - 1].extent : graph_[load.source].axes[axis].extent;
    const bool may_be_outside = this->may_be_outside(*place, extent);
    if (!of_trips && !mentions_trip(load.at[axis]) && !(in_piece && may_be_outside)) {
      rest_may_be_outside |= may_be_outside;
      continue;
    }
    const Interval range = range_of(*place, extents_);
    const Expr value = simple(index_value(*place));
    if (range.low < 0) inside = both(inside, at_most(constant(0), value));
    if (range.high >= extent) inside = both(inside, at_most(value, number(extent - 1)));
    made.at[axis] = Gather{computed_before(clamped(*place, extent), {Element::Kind::Class, extent})};
  }
  Expr found = dnnc::load(made.source, made.at, rest_may_be_outside ? made.outside : nullptr);
  if (own) found = or_of_this_trip(load, made, std::move(found));
  return inside ? call(Function::Select, {inside, found, made.outside}) : found;
}

/// What a member has just been given stands in no array that holds those of other trips.
Expr TripFormulas::or_of_this_trip(const Load& load, Load made, Expr found) {
  const Affine back = std::get<Affine>(load.at[0]) - affine(trip);
  const Interval range = range_of(back, extents_);
  if (range.low > 0 || range.high < 0) return found;
  made.at[0] = affine(trip);
  return call(Function::Select, {call(Function::Equal, {simple(index_value(back)), constant(0)}),
                                 dnnc::load(made.source, made.at, made.outside), std::move(found)});
}

/// A value that no member has a part in is made for all trips before the loop.
Expr TripFormulas::computed_before(const Expr& expression, Element element) {
  std::set<uint32_t> used = indices_of(expression);
  used.insert(trip);
  std::vector<Affine> replacement(axes_.size(), affine_constant(0));
  std::vector<Axis> axes;
  std::vector<Subscript> at;
  for (uint32_t index : used) {
    replacement[index] = affine(static_cast<uint32_t>(axes.size()));
    axes.push_back(axes_[index]);
    at.emplace_back(affine(index));
  }
  const Expr body = substitute(expression, replacement, extents_of(axes));
  for (NodeId node : outside_)
    if (same(formula_of(graph_, node)->body, body) && extents_of(graph_[node].axes) == extents_of(axes))
      return load(node, at);
  outside_.push_back(add_comprehension(graph_, graph_[reader_].name, axes, {Reduction::None, {}, body},
                                       graph_[reader_].span, element));
  return load(outside_.back(), at);
}

}  // namespace dnnc
