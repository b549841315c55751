#pragma once
#include <optional>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// A whole-number unknown. Symbols 0 … n-1 are the reader's indices.
struct Symbol {
  enum class Role {
    Free,   ///< runs over its range: summed, unless an equation is solved for it
    Axis,   ///< an axis of the part
    Solved  ///< replaced everywhere
  } role = Role::Free;
  Axis axis;
  std::vector<size_t> order;  ///< axes in the order of the array's, free symbols in that of the reader's indices
  bool bounded = false;       ///< a contribution vanishes where it leaves its range
  Affine at;                  ///< of an Axis: over the array's axes
};

/// One branch of the solution: everything is in terms of symbols that are not solved.
struct State {
  std::vector<Symbol> symbols;
  std::vector<Affine> replacement;               ///< of the reader's indices
  std::vector<std::optional<Affine>> equations;  ///< for each axis of the array; std::nullopt once dealt with
  std::vector<Expr> tests;                       ///< over symbols
  std::vector<Expr> region;                      ///< over the array's axes
  bool affine = true;  ///< false once a divided symbol was replaced by a form that cannot be divided
};

/// An axis of the part that is an axis of the array.
Symbol axis_symbol(const std::vector<Axis>& array, size_t axis);
uint32_t add_symbol(State& state, Symbol symbol);

/// Deals with all equations: see solve_indices. Gives the branches of the solution.
std::vector<State> solve_equations(State state, const std::vector<Axis>& array, bool simple);

}  // namespace dnnc
