#include "compiler/passes/formulas/sides.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "compiler/ir/affine.h"

namespace dnnc {
namespace {

/// For indices of one formula those of another in which they are the same.
using Places = std::map<uint32_t, uint32_t>;

bool agree(const Expr& a, const Expr& b, Places& places);

bool agree(const Subscript& a, const Subscript& b, Places& places) {
  const auto *x = std::get_if<Affine>(&a), *y = std::get_if<Affine>(&b);
  if (!x || !y) return false;
  if (is_constant(*x)) return *x == *y;
  const auto index = single_index(*x), other = single_index(*y);
  return index && other && places.try_emplace(*index, *other).first->second == *other;
}

/// Whether both are the same formula of elements of arrays, under other indices.
bool agree(const Expr& a, const Expr& b, Places& places) {
  if (const auto* x = std::get_if<Constant>(&a->kind))
    return std::holds_alternative<Constant>(b->kind) && is_number(b, x->value);
  if (const auto* x = std::get_if<Load>(&a->kind)) {
    const auto* y = std::get_if<Load>(&b->kind);
    return y && x->source == y->source && !x->outside && !y->outside &&
           std::equal(x->at.begin(), x->at.end(), y->at.begin(), y->at.end(),
                      [&](const Subscript& one, const Subscript& other) { return agree(one, other, places); });
  }
  const auto *x = std::get_if<Call>(&a->kind), *y = std::get_if<Call>(&b->kind);
  return x && y && x->function == y->function &&
         std::equal(x->arguments.begin(), x->arguments.end(), y->arguments.begin(), y->arguments.end(),
                    [&](const Expr& one, const Expr& other) { return agree(one, other, places); });
}

void add_terms(const Expr& sum, std::vector<Expr>& terms) {
  const Call* both = call_of(sum, Function::Add);
  if (!both) return terms.push_back(sum);
  for (const Expr& term : both->arguments) add_terms(term, terms);
}

}  // namespace

void Sides::add(const Graph& graph, NodeId node) {
  const auto* formula = std::get_if<Comprehension>(&graph[node].kind);
  if (!formula || formula->reduction != Reduction::None) return;
  std::vector<Expr> terms;
  add_terms(formula->body, terms);
  std::vector<Side> found;
  std::set<int64_t> places;
  for (const Expr& term : terms) {
    const Call* choice = call_of(term, Function::Select);
    const Call* here = choice ? call_of(choice->arguments[0], Function::Equal) : nullptr;
    if (!here || !is_number(choice->arguments[2], 0)) return;
    const auto* value = std::get_if<IndexValue>(&here->arguments[0]->kind);
    const auto* place = std::get_if<Constant>(&here->arguments[1]->kind);
    const auto axis = value ? single_index(value->value) : std::nullopt;
    if (!axis || !place || place->value != std::floor(place->value)) return;
    const auto number = static_cast<int64_t>(place->value);
    const bool own = number >= 0 && number < graph[node].axes[*axis].extent && places.insert(number).second;
    if (!own || (!found.empty() && found.front().axis != *axis)) return;
    if (indices_of(choice->arguments[1]).contains(*axis)) return;
    found.push_back({node, *axis, number, choice->arguments[1]});
  }
  for (Side& side : found)
    if (const auto* call = std::get_if<Call>(&side.value->kind)) sides_.emplace(call->function, std::move(side));
}

Expr Sides::read(const Graph& graph, NodeId node) const {
  const auto* formula = std::get_if<Comprehension>(&graph[node].kind);
  const auto* outermost = formula ? std::get_if<Call>(&formula->body->kind) : nullptr;
  if (!outermost) return nullptr;
  const std::vector<Axis> axes = all_axes(graph[node]);
  const auto [first, last] = sides_.equal_range(outermost->function);
  for (auto found = first; found != last; ++found) {
    const Side& side = found->second;
    Places places;
    if (!agree(side.value, formula->body, places)) continue;
    std::vector<Subscript> at;
    for (uint32_t axis = 0; axis < graph[side.array].axes.size(); ++axis) {
      if (axis == side.axis) {
        at.emplace_back(affine_constant(side.place));
        continue;
      }
      const auto place = places.find(axis);
      if (place == places.end() || axes[place->second].extent > graph[side.array].axes[axis].extent) break;
      at.emplace_back(affine(place->second));
    }
    if (at.size() == graph[side.array].axes.size()) return load(side.array, std::move(at));
  }
  return nullptr;
}

}  // namespace dnnc
