#include "compiler/passes/formulas/solve_indices.h"

#include <algorithm>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/passes/formulas/index_equations.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// The symbols of a role, in order.
std::vector<uint32_t> with_role(const State& state, Symbol::Role role) {
  std::vector<uint32_t> result;
  for (uint32_t symbol = 0; symbol < state.symbols.size(); ++symbol)
    if (state.symbols[symbol].role == role) result.push_back(symbol);
  std::stable_sort(result.begin(), result.end(),
                   [&](uint32_t a, uint32_t b) { return state.symbols[a].order < state.symbols[b].order; });
  return result;
}

InverseIndices inverse_of(const State& state) {
  InverseIndices result;
  std::vector<uint32_t> axes = with_role(state, Symbol::Role::Axis), summed = with_role(state, Symbol::Role::Free);
  std::set<uint32_t> tested;
  for (const Expr& test : state.tests) tested.merge(indices_of(test));
  const auto untested =
      std::stable_partition(summed.begin(), summed.end(), [&](uint32_t symbol) { return tested.contains(symbol); });
  result.first_untested = untested - summed.begin();
  std::vector<Affine> places(state.symbols.size());
  std::set<std::string> names;
  auto named = [&](Axis axis) {
    while (!names.insert(axis.name).second) axis.name += "'";
    return axis;
  };
  for (uint32_t symbol : axes) {
    places[symbol] = affine(result.axes.size());
    result.axes.push_back(named(state.symbols[symbol].axis));
    result.at.push_back(state.symbols[symbol].at);
  }
  for (uint32_t symbol : summed) {
    places[symbol] = affine(axes.size() + result.summed.size());
    result.summed.push_back(named(state.symbols[symbol].axis));
  }
  std::vector<int64_t> extents = dnnc::extents_of(result.axes);
  for (const Axis& axis : result.summed) extents.push_back(axis.extent);
  for (const Affine& form : state.replacement) result.replacement.push_back(*compose(form, places, extents));
  for (const Expr& test : state.tests) result.tests.push_back(substitute(test, places, extents));
  result.region = state.region;
  return result;
}

/// All indices free, one equation for each affine subscript, a test for each value used as a subscript.
State start(const std::vector<Subscript>& subscripts, const std::vector<Axis>& indices, const std::vector<Axis>& array,
            const std::vector<bool>& bounded) {
  State state;
  for (size_t index = 0; index < indices.size(); ++index) {
    state.symbols.push_back({Symbol::Role::Free, indices[index], {index}, bounded.at(index), {}});
    state.replacement.push_back(affine(index));
  }
  for (size_t axis = 0; axis < array.size(); ++axis) {
    std::optional<Affine>& equation = state.equations.emplace_back();
    if (const auto* form = std::get_if<Affine>(&subscripts.at(axis))) {
      equation = normal_form(*form);
      continue;
    }
    uint32_t place = add_symbol(state, axis_symbol(array, axis));
    const Expr& value = std::get<Gather>(subscripts[axis]).value;
    state.tests.push_back(call(Function::Equal, {value, index_value(place)}));
  }
  return state;
}

}  // namespace

std::vector<InverseIndices> solve_indices(const std::vector<Subscript>& subscripts, const std::vector<Axis>& indices,
                                          const std::vector<Axis>& array, const std::vector<bool>& bounded,
                                          bool simple) {
  std::vector<State> solved = solve_equations(start(subscripts, indices, array, bounded), array, simple);
  bool affine = std::all_of(solved.begin(), solved.end(), [](const State& state) { return state.affine; });
  check(affine || !simple, "solve_indices: one index in place of another cannot be divided");
  if (!affine) return solve_indices(subscripts, indices, array, bounded, true);
  std::vector<InverseIndices> result;
  for (State& one : solved) result.push_back(inverse_of(one));
  return result;
}

std::optional<Untested> without_tests(const InverseIndices& part, const std::set<uint32_t>& used) {
  const auto axes = static_cast<uint32_t>(part.axes.size());
  const auto untested_from = static_cast<uint32_t>(axes + part.first_untested);
  if (part.tests.empty() || used.lower_bound(untested_from) == used.end()) return std::nullopt;

  std::vector<uint32_t> order;  // of the indices that become axes, the batch first
  for (uint32_t index = axes; index < untested_from; ++index) order.push_back(index);
  for (uint32_t axis = 0; axis < axes; ++axis) order.push_back(axis);
  std::erase_if(order, [&](uint32_t index) { return !used.contains(index); });
  const auto axis_of = [&](uint32_t index) { return index < axes ? part.axes[index] : part.summed[index - axes]; };
  std::stable_partition(order.begin(), order.end(), [&](uint32_t index) { return axis_of(index).batch; });

  Untested result;
  result.from.resize(axes + part.summed.size());  // 0 for what the term does not read
  for (uint32_t index : order) {
    result.from[index] = affine(result.to.size());
    result.to.push_back(affine(index));
    result.part.axes.push_back(axis_of(index));
    result.part.at.push_back(index < axes ? part.at[index] : affine_constant(0));
  }
  result.part.summed.assign(part.summed.begin() + part.first_untested, part.summed.end());
  for (uint32_t place = 0; place < result.part.summed.size(); ++place)
    result.from[untested_from + place] = affine(result.to.size() + place);
  return result;
}

}  // namespace dnnc
