#include "compiler/kernels/trip_arrays.h"

#include <algorithm>
#include <numeric>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "runtime/program/roles.h"

namespace dnnc {
namespace {

/// The least number of places, `count` at least, so that as many times `bytes` are aligned.
int64_t aligned_count(int64_t count, int64_t bytes, int64_t alignment) {
  const int64_t group = alignment / std::gcd(bytes, alignment);
  return (count + group - 1) / group * group;
}

/// What formulas compute is kept so.
const int64_t bytes_of_element = runtime::bytes_of(runtime::Storage::Float32);

int64_t product_of(const std::vector<Axis>& axes, size_t first) {
  int64_t product = 1;
  for (size_t axis = first; axis < axes.size(); ++axis) product *= axes[axis].extent;
  return product;
}

}  // namespace

std::vector<Axis> TripArrays::Place::new_axes() const {
  std::vector<Axis> result = {axes[along]};
  result.insert(result.end(), slice.begin(), slice.end());
  if (slice.empty()) result.push_back({"piece", first_of_slice, false});
  result[1].extent = first_of_slice;
  for (Axis& axis : result) axis.batch = false;
  return result;
}

std::vector<Subscript> TripArrays::Place::subscripts(const std::vector<Subscript>& at) const {
  std::vector<Subscript> result = {at[along]};
  for (uint32_t axis = 0; axis < at.size(); ++axis)
    if (axis != along) result.push_back(at[axis]);
  if (slice.empty()) result.emplace_back(affine_constant(0));
  return result;
}

TripArrays::TripArrays(const Graph& graph, const runtime::MemoryLayout& memory) {
  for (size_t number = 0; number < graph.recurrences.size(); ++number) {
    const Recurrence& recurrence = graph.recurrences[number];
    for (size_t place = 0; place < recurrence.members.size(); ++place) {
      add(graph, recurrence.members[place], recurrence.axis[place], memory);
      recurrence_of_[recurrence.members[place]] = number;
    }
  }
  for (const Recurrence& recurrence : graph.recurrences) add_sources(graph, recurrence, memory);
}

void TripArrays::add(const Graph& graph, NodeId node, uint32_t along, const runtime::MemoryLayout& memory) {
  Place place{along, graph[node].axes, graph[node].axes};
  place.slice.erase(place.slice.begin() + along);
  for (Axis& axis : place.slice) axis.batch = false;
  const int64_t bytes = bytes_of_element * product_of(place.slice, 1);
  place.first_of_slice = aligned_count(place.slice.empty() ? 1 : place.slice[0].extent, bytes, memory.alignment);
  places_[node] = std::move(place);
}

/// What is computed outside of the loop and read at the trip, one piece after the other.
void TripArrays::add_sources(const Graph& graph, const Recurrence& recurrence, const runtime::MemoryLayout& memory) {
  for (size_t place = 0; place < recurrence.members.size(); ++place)
    for (const Load* load : loads_of(*formula_of(graph, recurrence.members[place]))) {
      const Node& source = graph[load->source];
      if (places_.contains(load->source) || !formula_of(graph, load->source) || source.axes.size() < 2) continue;
      for (uint32_t axis = 0; axis < load->at.size(); ++axis) {
        const auto* subscript = std::get_if<Affine>(&load->at[axis]);
        if (!subscript || single_index(*subscript) != recurrence.axis[place]) continue;
        if (source.axes[axis].extent != recurrence.extent) continue;
        const int64_t piece = element_count(source) / recurrence.extent * bytes_of_element;
        if (piece % memory.alignment == 0) add(graph, load->source, axis, memory);
        break;
      }
    }
}

/// A place behind the last is not one of those that fill a piece: readers outside of the loop see these too.
Expr TripArrays::with_new_subscripts(const Graph& graph, NodeId reader, const Expr& formula) const {
  const auto extents = extents_of(all_axes(graph[reader]));
  return rewrite(formula, [&](const Expr& expression) -> Expr {
    const auto* old = std::get_if<Load>(&expression->kind);
    const auto found = old ? places_.find(old->source) : places_.end();
    if (found == places_.end()) return expression;
    const Place& place = found->second;
    const std::vector<Subscript> at = place.subscripts(old->at);
    const Expr moved = load(old->source, at, old->outside);
    const auto own = recurrence_of_.find(reader), read = recurrence_of_.find(old->source);
    const bool together = own != recurrence_of_.end() && read != recurrence_of_.end() && own->second == read->second;
    const auto* first = std::get_if<Affine>(&at[1]);
    if (together || !old->outside || !first || place.slice.empty()) return moved;
    const int64_t last = place.slice[0].extent - 1;
    if (range_of(*first, extents).high <= last || place.first_of_slice == last + 1) return moved;
    return call(
        Function::Select,
        {call(Function::LessEqual, {index_value(*first), constant(static_cast<double>(last))}), moved, old->outside});
  });
}

void TripArrays::move(Graph& graph, NodeId node) const {
  auto* formula = std::get_if<Comprehension>(&graph[node].kind);
  if (!formula) return;
  formula->body = with_new_subscripts(graph, node, formula->body);
  const auto found = places_.find(node);
  if (found == places_.end()) return;
  const uint32_t along = found->second.along;
  const std::vector<Axis> axes = found->second.new_axes();
  std::vector<Affine> replacement;
  const auto old_rank = static_cast<uint32_t>(graph[node].axes.size());
  for (uint32_t index = 0; index < old_rank; ++index)
    replacement.push_back(affine(index == along ? 0 : index < along ? index + 1 : index));
  for (uint32_t index = 0; index < formula->reduced.size(); ++index)
    replacement.push_back(affine(static_cast<uint32_t>(axes.size()) + index));
  graph[node].axes = axes;
  formula->body = substitute(formula->body, replacement, extents_of(all_axes(graph[node])));
}

NodeId TripArrays::add_copy(Graph& graph, NodeId node) const {
  const Place& place = places_.at(node);
  std::vector<Subscript> own;
  for (uint32_t axis = 0; axis < place.axes.size(); ++axis) own.emplace_back(affine(axis));
  const Node shown = graph[node];
  return add_comprehension(graph, shown.name, place.axes, {Reduction::None, {}, load(node, place.subscripts(own))},
                           shown.span, shown.element);
}

}  // namespace dnnc
