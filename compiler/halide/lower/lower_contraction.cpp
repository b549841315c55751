#include "compiler/halide/lower/lower_contraction.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/halide/expressions/lower_expression.h"
#include "compiler/ir/affine.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Arguments of the sums: the vector index, the other indices of the result from the last to the first, the block.
template <class T>
std::vector<T> sum_arguments(const ContractionFuncs& funcs, const std::vector<T>& indices,
                             const std::vector<T>& blocks) {
  const uint32_t along = funcs.cut.vector_index;
  std::vector<T> arguments = {indices[along]};
  for (size_t k = indices.size(); k-- > 0;)
    if (k != along) arguments.push_back(indices[k]);
  arguments.insert(arguments.end(), blocks.begin(), blocks.end());
  return arguments;
}

std::vector<HalideExpr> subscripts(const ContractionOperand& operand, const std::vector<HalideExpr>& indices) {
  std::vector<HalideExpr> at;
  for (size_t axis = 0; axis < operand.at.size(); ++axis) at.push_back(lower_affine(operand.at[axis], indices));
  return at;
}

/// Terms where an operand lies outside are left out of the loops.
void skip_outside(Halide::RDom& domain, const ContractionOperand& operand, const std::vector<HalideExpr>& at) {
  for (size_t axis = 0; axis < at.size(); ++axis)
    if (operand.padded[axis]) domain.where(at[axis] >= 0 && at[axis] < static_cast<int>(operand.extents[axis]));
}

std::vector<HalideExpr> kept_inside(const ContractionOperand& operand, std::vector<HalideExpr> at) {
  for (size_t axis = 0; axis < at.size(); ++axis)
    if (operand.padded[axis]) at[axis] = Halide::clamp(at[axis], 0, static_cast<int>(operand.extents[axis]) - 1);
  return at;
}

size_t axis_along(const ContractionOperand& operand, uint32_t index) {
  for (size_t axis = 0; axis < operand.at.size(); ++axis)
    if (mentions(operand.at[axis], index)) return axis;
  throw InternalError("halide: an operand in panels does not depend on their index");
}

/// Arguments of the copy: within a panel the cut axis, then the other axes from the last to the first, the panel.
template <class T>
std::vector<T> panel_arguments(const PanelFuncs& panels, const std::vector<T>& at, T along, T panel) {
  std::vector<T> arguments = {std::move(along)};
  for (size_t axis = at.size(); axis-- > 0;)
    if (axis != panels.axis) arguments.push_back(at[axis]);
  arguments.push_back(std::move(panel));
  return arguments;
}

/// Panels are whole, so places beyond the last are asked for: where the cut axis is not the last one they are rows far
/// away, and clamped to the last row.
PanelFuncs lower_panels(const Contraction& contraction, const ContractionCut& cut, size_t number,
                        const std::string& name, const ElementOf& element) {
  const ContractionOperand& operand = contraction.operands[number];
  const uint32_t index = *cut.panels[number];
  PanelFuncs panels{number,
                    index,
                    axis_along(operand, index),
                    cut.tile[index],
                    {},
                    Halide::Var("panel"),
                    Halide::Func(name + "_rows"),
                    Halide::Func(name + "_packed")};
  for (size_t axis = 0; axis < operand.extents.size(); ++axis) panels.axes.emplace_back("p" + std::to_string(axis));
  std::vector<HalideExpr> at(panels.axes.begin(), panels.axes.end());
  HalideExpr& along = at[panels.axis];
  const HalideExpr within = along;
  if (operand.stride(panels.axis) != 1) along = Halide::min(along, static_cast<int>(operand.extents[panels.axis]) - 1);
  panels.loaded(std::vector<Halide::Var>(panels.axes.rbegin(), panels.axes.rend())) = element(operand.source, at);
  std::vector<HalideExpr> row(panels.axes.rbegin(), panels.axes.rend());
  row[row.size() - 1 - panels.axis] = panels.panel * static_cast<int>(panels.width) + within;
  panels.packed(panel_arguments(panels, panels.axes, panels.axes[panels.axis], panels.panel)) =
      HalideExpr(panels.loaded(row));
  return panels;
}

HalideExpr packed_element(const PanelFuncs& panels, const std::vector<HalideExpr>& at) {
  const HalideExpr along = at[panels.axis];
  const int width = static_cast<int>(panels.width);
  Halide::Func packed = panels.packed;
  return packed(panel_arguments(panels, at, along % width, along / width));
}

/// Who reads whole vectors of the result may ask for places beyond its end. Where one tile is the whole axis there are
/// no sums for them, and any will do.
std::vector<HalideExpr> kept_in_tile(const ContractionFuncs& funcs, std::vector<HalideExpr> at) {
  for (size_t index = 0; index < at.size(); ++index)
    if (const int64_t tile = funcs.cut.tile[index]; tile >= funcs.contraction.extents[index])
      at[index] = Halide::min(at[index], static_cast<int>(tile) - 1);
  return at;
}

}  // namespace

ContractionFuncs lower_contraction(const Contraction& contraction, const ContractionCut& cut, const std::string& name,
                                   const ElementOf& element) {
  ContractionFuncs funcs{contraction, cut, Halide::Func(name + "_sums"), {}, {}, {}, {}, {}, {}};
  std::vector<HalideExpr> indices(contraction.extents.size(), HalideExpr(0));
  for (size_t k = 0; k < contraction.outputs; ++k) {
    funcs.indices.emplace_back("i" + std::to_string(k));
    indices[k] = funcs.indices.back();
  }
  Halide::Region region;
  for (uint32_t index : cut.reductions)
    region.emplace_back(0, static_cast<int>(register_terms(contraction, cut, index)));
  Halide::RDom domain(region, "r");
  for (size_t k = 0; k < cut.reductions.size(); ++k) {
    funcs.reduced.push_back(domain[static_cast<int>(k)]);
    indices[cut.reductions[k]] = funcs.reduced.back();
  }
  if (cut.memory_sum) {
    funcs.blocks.emplace_back("block");
    HalideExpr first = funcs.blocks[0] * static_cast<int>(cut.memory_sum->block);
    HalideExpr& index = indices[cut.memory_sum->index];
    index = cut.memory_sum->block == 1 ? first : first + index;
  }
  HalideExpr factors[2];
  for (size_t k = 0; k < 2; ++k) {
    const ContractionOperand& operand = contraction.operands[k];
    const auto at = subscripts(operand, indices);
    skip_outside(domain, operand, at);
    const auto inside = kept_inside(operand, at);
    if (cut.panels[k])
      funcs.panels.push_back(lower_panels(contraction, cut, k, fmt::format("{}_{}", name, k), element));
    factors[k] = cut.panels[k] ? packed_element(funcs.panels.back(), inside) : element(operand.source, inside);
  }
  const auto at = sum_arguments(funcs, funcs.indices, funcs.blocks);
  funcs.sums(at) = HalideExpr(0.0f);
  funcs.sums(at) += factors[0] * factors[1];
  if (cut.memory_sum && cut.memory_sum->apart) {
    funcs.parts = Halide::Func(name + parts_ending);
    (*funcs.parts)(at) = HalideExpr(funcs.sums(at));
  }
  return funcs;
}

HalideExpr sum_at(const ContractionFuncs& funcs, const std::vector<HalideExpr>& at) {
  if (!funcs.parts) return funcs.sums(sum_arguments(funcs, at, {}));
  const MemorySum& memory = *funcs.cut.memory_sum;
  HalideExpr sum = HalideExpr(0.0f);
  for (int block = 0; block < funcs.contraction.extents[memory.index] / memory.block; ++block)
    sum = block == 0 ? HalideExpr((*funcs.parts)(sum_arguments(funcs, at, {HalideExpr(block)})))
                     : sum + HalideExpr((*funcs.parts)(sum_arguments(funcs, at, {HalideExpr(block)})));
  return sum;
}

void define_result(Stage& stage, const std::string& name) {
  ContractionFuncs& funcs = *stage.contraction;
  const std::vector<Halide::Var> at(stage.axes.rbegin(), stage.axes.rend());
  const std::vector<HalideExpr> indices = kept_in_tile(funcs, {stage.axes.begin(), stage.axes.end()});
  if (!funcs.cut.memory_sum || funcs.parts) {
    stage.func(at) = sum_at(funcs, indices);
    return;
  }
  const MemorySum& memory = *funcs.cut.memory_sum;
  const int64_t blocks = funcs.contraction.extents[memory.index] / memory.block;
  Halide::RDom domain(0, static_cast<int>(blocks), name + "_blocks");
  funcs.memory.push_back(domain.x);
  Halide::Func sums = funcs.sums;
  stage.func(at) = HalideExpr(0.0f);
  stage.func(at) += sums(sum_arguments(funcs, indices, {HalideExpr(domain.x)}));
}

}  // namespace dnnc
