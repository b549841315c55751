#include "compiler/halide/lower/lower_reduction.h"

#include <algorithm>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// What a reduction has found so far: one value, or a place and the value there. Halide stores the elements of a Tuple
/// in order and may compute each after the store before it, so the place, which is decided by the old best value, is
/// first.
using State = std::vector<HalideExpr>;

bool finds_place(Reduction reduction) {
  return reduction == Reduction::ArgMaximum || reduction == Reduction::ArgMinimum;
}

State start_of(Reduction reduction) {
  switch (reduction) {
    case Reduction::Sum:
      return {HalideExpr(0.0f)};
    case Reduction::Product:
      return {HalideExpr(1.0f)};
    case Reduction::Maximum:
      return {HalideExpr(-strict::infinity)};
    case Reduction::Minimum:
      return {HalideExpr(strict::infinity)};
    case Reduction::ArgMaximum:
      return {HalideExpr(0.0f), HalideExpr(-strict::infinity)};
    case Reduction::ArgMinimum:
      return {HalideExpr(0.0f), HalideExpr(strict::infinity)};
    case Reduction::None:
      break;
  }
  throw InternalError("halide: no reduction");
}

/// Both are found; of equal values the first place counts. `in_order`: all places of b come after those of a.
State merged(Reduction reduction, const State& a, const State& b, bool in_order) {
  switch (reduction) {
    case Reduction::Sum:
      return {a[0] + b[0]};
    case Reduction::Product:
      return {strict::multiply(a[0], b[0])};
    case Reduction::Maximum:
      return {strict::maximum(a[0], b[0])};
    case Reduction::Minimum:
      return {strict::minimum(a[0], b[0])};
    case Reduction::ArgMaximum:
    case Reduction::ArgMinimum: {
      const bool largest = reduction == Reduction::ArgMaximum;
      HalideExpr better = largest ? strict::less(a[1], b[1]) : strict::less(b[1], a[1]);
      if (!in_order) better = better || (strict::equals(a[1], b[1]) && strict::less(b[0], a[0]));
      return {strict::choose(better, b[0], a[0]), strict::choose(better, b[1], a[1])};
    }
    case Reduction::None:
      break;
  }
  throw InternalError("halide: no reduction");
}

State state_at(const Halide::Func& func, const std::vector<HalideExpr>& at) {
  if (func.outputs() == 1) return {HalideExpr(func(at))};
  return {HalideExpr(func(at)[0]), HalideExpr(func(at)[1])};
}

/// Merges neighbours until one is left.
State tree(Reduction reduction, std::vector<State> states, bool in_order) {
  while (states.size() > 1) {
    std::vector<State> next;
    for (size_t k = 0; k + 1 < states.size(); k += 2)
      next.push_back(merged(reduction, states[k], states[k + 1], in_order));
    if (states.size() % 2 == 1) next.push_back(states.back());
    states = std::move(next);
  }
  return states.front();
}

class ReductionLowering {
 public:
  ReductionLowering(const Comprehension& formula, const ReductionCut& cut, size_t results, std::string name,
                    const BodyAt& body)
      : formula_(formula), name_(std::move(name)), body_(body) {
    funcs_.cut = cut;
    funcs_.reduction = formula.reduction;
    for (size_t k = 0; k < results; ++k) funcs_.axes.emplace_back("a" + std::to_string(k));
    if (in_rows()) funcs_.lane.emplace_back("lane");
    if (cut.parts > 1) funcs_.part.emplace_back("part");
  }

  ReductionFuncs run() {
    const int64_t row = formula_.reduced.back().extent;
    whole_ = in_rows() ? row / funcs_.cut.lanes * funcs_.cut.lanes : row;
    add_partial();
    if (in_rows()) add_folded();
    if (whole_ < row) add_rest(row);
    return std::move(funcs_);
  }

 private:
  bool in_rows() const { return funcs_.cut.along == ReductionCut::Lanes::Reduced; }
  size_t cut_index() const { return 0; }
  size_t last() const { return formula_.reduced.size() - 1; }

  /// Trips of the loop over an index of the reduction, within a part, by steps of whole vectors along a row.
  int64_t trips(size_t k) const {
    int64_t count = k == last() ? whole_ : formula_.reduced[k].extent;
    if (k == last() && in_rows()) count /= funcs_.cut.lanes;
    return k == cut_index() ? count / funcs_.cut.parts : count;
  }

  Halide::RDom domain(const std::vector<int64_t>& extents, const std::string& name) const {
    Halide::Region region;
    for (size_t k = extents.size(); k-- > 0;) region.emplace_back(0, static_cast<int>(extents[k]));
    return Halide::RDom(region, name);
  }

  State found_at(const std::vector<HalideExpr>& reduced) const {
    std::vector<HalideExpr> indices(funcs_.axes.begin(), funcs_.axes.end());
    indices.insert(indices.end(), reduced.begin(), reduced.end());
    HalideExpr value = body_(indices);
    if (!finds_place(formula_.reduction)) return {value};
    HalideExpr place = 0;
    for (size_t k = 0; k < reduced.size(); ++k)
      place = place * static_cast<int>(formula_.reduced[k].extent) + reduced[k];
    return {Halide::cast<float>(place), value};
  }

  /// Halide knows the loops of an update by what it reads: where the body reads none of them, the first one is read by a
  /// condition that always holds.
  void define(Halide::Func& func, const std::vector<Halide::Var>& at, const std::vector<HalideExpr>& reduced,
              const Halide::RDom& loops) {
    func(at) = Halide::Tuple(start_of(formula_.reduction));
    const State before = state_at(func, {at.begin(), at.end()});
    State found = found_at(reduced);
    bool read = false;
    for (int k = 0; k < loops.dimensions(); ++k)
      for (const HalideExpr& value : found) read = read || Halide::Internal::expr_uses_var(value, loops[k].name());
    if (!read) found[0] = strict::choose(HalideExpr(loops[0]) >= 0, found[0], start_of(formula_.reduction)[0]);
    func(at) = Halide::Tuple(merged(formula_.reduction, before, found, true));
  }

  /// One partial result for each result, lane and part.
  void add_partial() {
    std::vector<int64_t> extents;
    for (size_t k = 0; k < formula_.reduced.size(); ++k) extents.push_back(trips(k));
    Halide::RDom loops = domain(extents, "r");
    std::vector<HalideExpr> reduced;
    for (size_t k = 0; k < extents.size(); ++k) {
      const Halide::RVar loop = loops[static_cast<int>(extents.size() - 1 - k)];
      funcs_.loops.push_back(loop);
      HalideExpr index = loop;
      if (k == cut_index() && !funcs_.part.empty()) index = funcs_.part[0] * static_cast<int>(extents[k]) + index;
      if (k == last() && in_rows()) index = index * static_cast<int>(funcs_.cut.lanes) + funcs_.lane[0];
      reduced.push_back(index);
    }
    std::vector<Halide::Var> at = funcs_.lane;
    at.insert(at.end(), funcs_.axes.rbegin(), funcs_.axes.rend());
    at.insert(at.end(), funcs_.part.begin(), funcs_.part.end());
    funcs_.partial = Halide::Func(name_ + "_partial");
    define(funcs_.partial, at, reduced, loops);
    if (funcs_.part.empty()) return;
    funcs_.parts = Halide::Func(name_ + parts_ending);
    (*funcs_.parts)(at) = Halide::Tuple(state_at(funcs_.partial, {at.begin(), at.end()}));
  }

  /// Merges parts and whole vectors, so that one vector is left of each row.
  void add_folded() {
    const int width = static_cast<int>(std::min(funcs_.cut.lanes, funcs_.cut.vector));
    std::vector<State> states;
    for (int part = 0; part < funcs_.cut.parts; ++part)
      for (int vector = 0; vector < funcs_.cut.lanes / width; ++vector) {
        std::vector<HalideExpr> point = {funcs_.lane[0] + vector * width};
        point.insert(point.end(), funcs_.axes.rbegin(), funcs_.axes.rend());
        if (!funcs_.part.empty()) point.emplace_back(part);
        states.push_back(state_at(funcs_.parts ? *funcs_.parts : funcs_.partial, point));
      }
    std::vector<Halide::Var> at = funcs_.lane;
    at.insert(at.end(), funcs_.axes.rbegin(), funcs_.axes.rend());
    funcs_.folded = Halide::Func(name_ + "_folded");
    (*funcs_.folded)(at) = Halide::Tuple(tree(formula_.reduction, std::move(states), false));
  }

  /// The end of each row, too short for a vector.
  void add_rest(int64_t row) {
    std::vector<int64_t> extents;
    for (const Axis& axis : formula_.reduced) extents.push_back(axis.extent);
    extents.back() = row - whole_;
    Halide::RDom loops = domain(extents, "t");
    std::vector<HalideExpr> reduced;
    for (size_t k = 0; k < extents.size(); ++k) reduced.emplace_back(loops[static_cast<int>(extents.size() - 1 - k)]);
    reduced.back() = reduced.back() + static_cast<int>(whole_);
    funcs_.rest = Halide::Func(name_ + "_rest");
    define(*funcs_.rest, {funcs_.axes.rbegin(), funcs_.axes.rend()}, reduced, loops);
  }

  const Comprehension& formula_;
  const std::string name_;
  const BodyAt& body_;
  ReductionFuncs funcs_;
  int64_t whole_ = 0;  ///< of the last index of the reduction, by whole vectors
};

}  // namespace

ReductionFuncs lower_reduction(const Comprehension& formula, const ReductionCut& cut, size_t results,
                               const std::string& name, const BodyAt& body) {
  return ReductionLowering(formula, cut, results, name, body).run();
}

std::vector<HalideExpr> reduced_at(const ReductionFuncs& funcs, const std::vector<HalideExpr>& at) {
  const std::vector<HalideExpr> place(at.rbegin(), at.rend());
  std::vector<State> states;
  if (funcs.folded) {
    for (int lane = 0; lane < std::min(funcs.cut.lanes, funcs.cut.vector); ++lane) {
      std::vector<HalideExpr> point = {HalideExpr(lane)};
      point.insert(point.end(), place.begin(), place.end());
      states.push_back(state_at(*funcs.folded, point));
    }
  } else if (funcs.parts) {
    for (int part = 0; part < funcs.cut.parts; ++part) {
      std::vector<HalideExpr> point = place;
      point.emplace_back(part);
      states.push_back(state_at(*funcs.parts, point));
    }
  } else {
    states.push_back(state_at(funcs.partial, place));
  }
  State result = tree(funcs.reduction, std::move(states), !funcs.folded);
  // With one index the end of the row comes last; with several each row has an end.
  if (funcs.rest) result = merged(funcs.reduction, result, state_at(*funcs.rest, place), funcs.loops.size() == 1);
  return result;
}

}  // namespace dnnc
