#pragma once
#include <array>
#include <cstdint>

#include "runtime/program/words.h"

namespace dnnc {

/// What the compiler does, in this order; passes have names of their own. --time prints how long each took.
enum class Phase : uint8_t {
  Parse,
  Check,
  BuildGraph,
  Passes,
  Verify,
  CheckGradients,
  Fuse,
  Plan,
  Kernels,  ///< become code
  Step,     ///< and so do the calls of them
  Load,
  Link
};

/// What --emit prints.
enum class Emitted : uint8_t { Tokens, Ast, Model, Graph, Gradient, Fused, Kernels, Plan, Statement, Assembly, Llvm };

/// A row of what can be printed: the word of --emit, and the phase after which it is there.
struct EmittedRow {
  Emitted what;
  const char* word;
  Phase made_by;
};
inline constexpr std::array emitted_rows = {EmittedRow{Emitted::Tokens, "tokens", Phase::Parse},
                                            EmittedRow{Emitted::Ast, "ast", Phase::Parse},
                                            EmittedRow{Emitted::Model, "model", Phase::Check},
                                            EmittedRow{Emitted::Graph, "graph", Phase::BuildGraph},
                                            EmittedRow{Emitted::Gradient, "gradient", Phase::Passes},
                                            EmittedRow{Emitted::Fused, "fused", Phase::Fuse},
                                            EmittedRow{Emitted::Kernels, "kernels", Phase::Plan},
                                            EmittedRow{Emitted::Plan, "plan", Phase::Plan},
                                            EmittedRow{Emitted::Statement, "stmt", Phase::Kernels},
                                            EmittedRow{Emitted::Assembly, "asm", Phase::Kernels},
                                            EmittedRow{Emitted::Llvm, "llvm", Phase::Step}};

constexpr Phase made_by(Emitted what) {
  for (const EmittedRow& row : emitted_rows)
    if (row.what == what) return row.made_by;
  return Phase::Link;
}

}  // namespace dnnc

namespace dnnc::runtime {

template <>
inline constexpr std::array words<Phase> = {
    Word{Phase::Parse, "parse"},   Word{Phase::Check, "check"},   Word{Phase::BuildGraph, "build_graph"},
    Word{Phase::Passes, "passes"}, Word{Phase::Verify, "verify"}, Word{Phase::CheckGradients, "check_gradients"},
    Word{Phase::Fuse, "fuse"},     Word{Phase::Plan, "plan"},     Word{Phase::Kernels, "kernels"},
    Word{Phase::Step, "step"},     Word{Phase::Load, "load"},     Word{Phase::Link, "link"}};
template <>
inline constexpr auto words<Emitted> = [] {
  std::array<Word<Emitted>, emitted_rows.size()> all{};
  for (size_t k = 0; k < all.size(); ++k) all[k] = {emitted_rows[k].what, emitted_rows[k].word};
  return all;
}();

}  // namespace dnnc::runtime
