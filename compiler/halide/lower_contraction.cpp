#include "compiler/halide/lower_contraction.h"

#include <algorithm>

#include "compiler/halide/lower_expression.h"
#include "compiler/ir/affine.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Terms of an index that are summed in registers.
int64_t register_terms(const PlannedContraction& planned, uint32_t index) {
  const auto& memory = planned.plan.memory_sum;
  return memory && memory->index == index ? memory->block : planned.contraction.extents[index];
}

/// Arguments of the sums: the vector index, the other indices of the result from the last to the first, the block.
template <class T>
std::vector<T> sum_arguments(const ContractionFuncs& funcs, const std::vector<T>& indices,
                             const std::vector<T>& blocks) {
  const uint32_t along = funcs.planned.plan.vector_index;
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

size_t axis_of_vector_index(const PlannedContraction& planned) {
  const ContractionOperand& operand = planned.contraction.operands[planned.plan.vector_operand];
  for (size_t axis = 0; axis < operand.at.size(); ++axis)
    if (mentions(operand.at[axis], planned.plan.vector_index)) return axis;
  throw InternalError("halide: the vector operand does not depend on the vector index");
}

/// The copy is made of whole blocks, so rows beyond the last are asked for: they are clamped to it.
void lower_packing(ContractionFuncs& funcs, const std::string& name, const ElementOf& element) {
  const ContractionOperand& operand = funcs.planned.contraction.operands[funcs.planned.plan.vector_operand];
  funcs.packed_axis = axis_of_vector_index(funcs.planned);
  for (size_t axis = 0; axis < operand.extents.size(); ++axis)
    funcs.packed_axes.emplace_back("p" + std::to_string(axis));
  std::vector<HalideExpr> at(funcs.packed_axes.begin(), funcs.packed_axes.end());
  at[funcs.packed_axis] = Halide::min(at[funcs.packed_axis], static_cast<int>(operand.extents[funcs.packed_axis]) - 1);
  std::vector<Halide::Var> rows(funcs.packed_axes.rbegin(), funcs.packed_axes.rend());
  funcs.loaded = Halide::Func(name + "_rows");
  (*funcs.loaded)(rows) = element(operand.source, at);
  std::vector<Halide::Var> columns = {funcs.packed_axes[funcs.packed_axis]};
  for (size_t axis = funcs.packed_axes.size(); axis-- > 0;)
    if (axis != funcs.packed_axis) columns.push_back(funcs.packed_axes[axis]);
  funcs.packed = Halide::Func(name + "_packed");
  (*funcs.packed)(columns) = HalideExpr((*funcs.loaded)(rows));
}

HalideExpr packed_element(const ContractionFuncs& funcs, const std::vector<HalideExpr>& at) {
  std::vector<HalideExpr> columns = {at[funcs.packed_axis]};
  for (size_t axis = at.size(); axis-- > 0;)
    if (axis != funcs.packed_axis) columns.push_back(at[axis]);
  return (*funcs.packed)(columns);
}

}  // namespace

ContractionFuncs lower_contraction(const PlannedContraction& planned, const std::string& name,
                                   const ElementOf& element) {
  const Contraction& contraction = planned.contraction;
  const ContractionPlan& plan = planned.plan;
  ContractionFuncs funcs{planned, Halide::Func(name + "_sums"), {}, {}, {}, {}, {}, {}, {}, 0};
  std::vector<HalideExpr> indices(contraction.extents.size(), HalideExpr(0));
  for (size_t k = 0; k < contraction.outputs; ++k) {
    funcs.indices.emplace_back("i" + std::to_string(k));
    indices[k] = funcs.indices.back();
  }
  Halide::Region region;
  for (uint32_t index : plan.reductions) region.emplace_back(0, static_cast<int>(register_terms(planned, index)));
  Halide::RDom domain(region, "r");
  for (size_t k = 0; k < plan.reductions.size(); ++k) {
    funcs.reduced.push_back(domain[static_cast<int>(k)]);
    indices[plan.reductions[k]] = funcs.reduced.back();
  }
  if (plan.memory_sum) {
    funcs.blocks.emplace_back("block");
    HalideExpr first = funcs.blocks[0] * static_cast<int>(plan.memory_sum->block);
    HalideExpr& index = indices[plan.memory_sum->index];
    index = plan.memory_sum->block == 1 ? first : first + index;
  }
  HalideExpr factors[2];
  if (plan.pack) lower_packing(funcs, name, element);
  for (size_t k = 0; k < 2; ++k) {
    const ContractionOperand& operand = contraction.operands[k];
    const auto at = subscripts(operand, indices);
    skip_outside(domain, operand, at);
    const auto inside = kept_inside(operand, at);
    factors[k] =
        plan.pack && k == plan.vector_operand ? packed_element(funcs, inside) : element(operand.source, inside);
  }
  const auto at = sum_arguments(funcs, funcs.indices, funcs.blocks);
  funcs.sums(at) = HalideExpr(0.0f);
  funcs.sums(at) += factors[0] * factors[1];
  return funcs;
}

HalideExpr sum_at(const ContractionFuncs& funcs, const std::vector<HalideExpr>& at) {
  Halide::Func sums = funcs.sums;
  return sums(sum_arguments(funcs, at, {}));
}

void define_result(Stage& stage, const std::string& name) {
  ContractionFuncs& funcs = *stage.contraction;
  const std::vector<Halide::Var> at(stage.axes.rbegin(), stage.axes.rend());
  const std::vector<HalideExpr> indices(stage.axes.begin(), stage.axes.end());
  if (!funcs.planned.plan.memory_sum) {
    stage.func(at) = sum_at(funcs, indices);
    return;
  }
  const MemorySum& memory = *funcs.planned.plan.memory_sum;
  const int64_t blocks = funcs.planned.contraction.extents[memory.index] / memory.block;
  Halide::RDom domain(0, static_cast<int>(blocks), name + "_blocks");
  funcs.memory.push_back(domain.x);
  Halide::Func sums = funcs.sums;
  stage.func(at) = HalideExpr(0.0f);
  stage.func(at) += sums(sum_arguments(funcs, indices, {HalideExpr(domain.x)}));
}

}  // namespace dnnc
