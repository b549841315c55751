#include "compiler/halide/lower_reduction.h"

#include <limits>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

const float infinity = std::numeric_limits<float>::infinity();

/// A pair: the row-major number of the place of the best value so far, as float32, and that value. Halide stores the
/// elements of a Tuple in order and may compute each after the store before it, so the place, which is decided by the
/// old best value, comes first.
void define_place_of_best(Stage& stage, const Comprehension& formula, float start, const HalideExpr& body) {
  HalideExpr place = 0;
  for (size_t k = 0; k < stage.reduced.size(); ++k)
    place = place * static_cast<int>(formula.reduced[k].extent) + stage.reduced[k];
  const std::vector<Halide::Var> at(stage.axes.rbegin(), stage.axes.rend());
  Halide::Func& f = stage.func;
  f(at) = Halide::Tuple(HalideExpr(0.0f), HalideExpr(start));
  HalideExpr best_place = f(at)[0], best = f(at)[1];
  HalideExpr better = start < 0 ? strict::less(best, body) : strict::less(body, best);
  f(at) = Halide::Tuple(select(better, Halide::cast<float>(place), best_place), select(better, body, best));
}

}  // namespace

void define_reduction(Stage& stage, const Comprehension& formula, const HalideExpr& body) {
  const std::vector<Halide::Var> at(stage.axes.rbegin(), stage.axes.rend());
  Halide::Func& f = stage.func;
  switch (formula.reduction) {
    case Reduction::None:
      throw InternalError("halide: no reduction");
    case Reduction::Sum:
      f(at) = HalideExpr(0.0f);
      f(at) = f(at) + body;
      return;
    case Reduction::Product:
      f(at) = HalideExpr(1.0f);
      f(at) = strict::multiply(HalideExpr(f(at)), body);
      return;
    case Reduction::Maximum:
      f(at) = HalideExpr(-infinity);
      f(at) = strict::maximum(HalideExpr(f(at)), body);
      return;
    case Reduction::Minimum:
      f(at) = HalideExpr(infinity);
      f(at) = strict::minimum(HalideExpr(f(at)), body);
      return;
    case Reduction::ArgMaximum:
      return define_place_of_best(stage, formula, -infinity, body);
    case Reduction::ArgMinimum:
      return define_place_of_best(stage, formula, infinity, body);
  }
}

}  // namespace dnnc
