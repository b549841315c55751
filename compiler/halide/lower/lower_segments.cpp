#include "compiler/halide/lower/lower_segments.h"

namespace dnnc {

SegmentFuncs lower_segments(const Node& node, const std::vector<Segment>& segments, Stage& stage,
                            const ContextAt& context) {
  const auto& formula = std::get<Comprehension>(node.kind);
  Halide::Region region;
  for (size_t k = formula.reduced.size(); k-- > 0;) region.emplace_back(0, static_cast<int>(formula.reduced[k].extent));
  const Halide::RDom domain(region, stage.func.name() + "_terms");

  SegmentFuncs funcs;
  std::vector<HalideExpr> indices(stage.axes.begin(), stage.axes.end());
  for (size_t k = 0; k < formula.reduced.size(); ++k) {
    funcs.terms.push_back(domain[static_cast<int>(formula.reduced.size() - 1 - k)]);
    indices.emplace_back(funcs.terms.back());
  }
  std::vector<HalideExpr> places = indices;
  for (const Segment& segment : segments) {
    places[segment.axis] = lower_place(segment.value, node.axes[segment.axis].extent, context(indices));
    funcs.told_by_value.insert(segment.axis);
  }
  stage.func(std::vector<Halide::Var>(stage.axes.rbegin(), stage.axes.rend())) = HalideExpr(0.0f);
  const std::vector<HalideExpr> at(places.rend() - static_cast<std::ptrdiff_t>(node.axes.size()), places.rend());
  stage.func(at) += lower_expression(formula.body, context(places));
  return funcs;
}

}  // namespace dnnc
