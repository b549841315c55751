#include "compiler/halide/structure/contraction.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

int64_t product(const std::vector<int64_t>& extents, size_t begin, size_t end) {
  int64_t elements = 1;
  for (size_t k = begin; k < end; ++k) elements *= extents[k];
  return elements;
}

bool is_plain(const Affine& affine) {
  return std::all_of(affine.terms.begin(), affine.terms.end(),
                     [](const Term& term) { return term.divisor == 1 && term.modulus == 0; });
}

std::optional<ContractionOperand> operand_of(const Graph& body, const Expr& factor,
                                             const std::vector<int64_t>& extents) {
  const auto* load = std::get_if<Load>(&factor->kind);
  if (!load || (load->outside && !is_number(load->outside, 0))) return std::nullopt;
  ContractionOperand operand;
  operand.source = load->source;
  operand.in_memory = input_of(body, load->source) != nullptr;
  operand.extents = extents_of(body[load->source].axes);
  for (size_t axis = 0; axis < load->at.size(); ++axis) {
    const auto* affine = std::get_if<Affine>(&load->at[axis]);
    if (!affine || !is_plain(*affine)) return std::nullopt;
    operand.at.push_back(normal_form(*affine));
    const Interval range = range_of(*affine, extents);
    operand.padded.push_back(range.low < 0 || range.high >= operand.extents[axis]);
  }
  return operand;
}

/// The share of all values of the indices of one subscript for which it lies inside.
double share_inside(const Affine& subscript, int64_t extent, const std::vector<int64_t>& extents) {
  std::vector<int64_t> values(extents.size(), 0);
  double inside = 0, all = 0;
  const auto count = [&](const auto& self, size_t term) -> void {
    if (term == subscript.terms.size()) {
      const int64_t place = value_at(subscript, values);
      all += 1;
      inside += place >= 0 && place < extent;
      return;
    }
    const uint32_t index = subscript.terms[term].index;
    for (values[index] = 0; values[index] < extents[index]; ++values[index]) self(self, term + 1);
    values[index] = 0;
  };
  count(count, 0);
  return inside / all;
}

/// The result as an array that is touched: each element at its own place.
ContractionOperand result_of(const Contraction& contraction) {
  ContractionOperand result;
  result.source = contraction.node;
  result.extents.assign(contraction.extents.begin(),
                        contraction.extents.begin() + static_cast<int64_t>(contraction.outputs));
  for (uint32_t index = 0; index < contraction.outputs; ++index) result.at.push_back({{Term{index}}, 0});
  result.padded.assign(contraction.outputs, false);
  return result;
}

/// Whether a factor reads at an index of the reduction. Halide knows the loops of an update by what it reads: where none is
/// read, the terms would be added once only.
bool reads_reduced(const Contraction& contraction) {
  for (const ContractionOperand& operand : contraction.operands)
    for (const Affine& subscript : operand.at)
      for (const Term& term : subscript.terms)
        if (term.index >= contraction.outputs) return true;
  return false;
}

}  // namespace

int64_t ContractionOperand::stride(size_t axis) const { return product(extents, axis + 1, extents.size()); }

int64_t ContractionOperand::step(uint32_t index) const {
  int64_t step = 0;
  for (size_t axis = 0; axis < at.size(); ++axis)
    for (const Term& term : at[axis].terms)
      if (term.index == index) step += term.coefficient * stride(axis);
  return step;
}

std::optional<size_t> ContractionOperand::unit_axis(uint32_t index) const {
  std::optional<size_t> found;
  for (size_t axis = 0; axis < at.size(); ++axis)
    for (const Term& term : at[axis].terms) {
      if (term.index != index) continue;
      if (found || term.coefficient != 1 || padded[axis]) return std::nullopt;
      found = axis;
    }
  return found;
}

std::optional<size_t> ContractionOperand::own_axis(uint32_t index) const {
  const auto axis = unit_axis(index);
  const bool alone = axis && at[*axis].terms.size() == 1 && at[*axis].offset == 0;
  return alone ? axis : std::nullopt;
}

int64_t ContractionOperand::element_count() const { return product(extents, 0, extents.size()); }

int64_t Contraction::output_elements() const { return product(extents, 0, outputs); }
int64_t Contraction::terms() const { return product(extents, outputs, extents.size()); }

bool Contraction::may_be_tiled(uint32_t index) const {
  if (operands[0].depends_on(index) && operands[1].depends_on(index)) return false;
  for (const ContractionOperand& operand : operands)
    for (size_t axis = 0; axis < operand.at.size(); ++axis)
      if (operand.padded[axis] && mentions(operand.at[axis], index)) return false;
  return true;
}

std::vector<VectorChoice> vector_choices(const Contraction& contraction) {
  std::vector<VectorChoice> choices;
  if (contraction.terms() == 1) return choices;
  const auto last = static_cast<uint32_t>(contraction.outputs - 1);
  // Where lanes do not run along the last axis of the result, runs along it are stored for each of them.
  const bool stores_runs = contraction.extents[last] == 1 || contraction.may_be_tiled(last);
  for (size_t number = 0; number < 2; ++number)
    for (uint32_t index = 0; index < contraction.outputs; ++index) {
      const ContractionOperand& operand = contraction.operands[number];
      const auto axis = operand.unit_axis(index);
      if (!axis || contraction.operands[1 - number].depends_on(index)) continue;
      if (index != last && !stores_runs) continue;
      const VectorChoice choice{number, index, operand.stride(*axis) == 1, operand.own_axis(index).has_value()};
      if (choice.side_by_side || choice.packable) choices.push_back(choice);
    }
  return choices;
}

std::optional<Contraction> contraction_of(const Graph& body, NodeId node) {
  const Comprehension* formula = formula_of(body, node);
  if (!formula || formula->reduction != Reduction::Sum || body[node].axes.empty()) return std::nullopt;
  const auto* factors = std::get_if<Call>(&formula->body->kind);
  if (!factors || factors->function != Function::Multiply) return std::nullopt;
  Contraction contraction;
  contraction.node = node;
  contraction.extents = extents_of(all_axes(body[node]));
  contraction.outputs = body[node].axes.size();
  for (size_t k = 0; k < 2; ++k) {
    auto operand = operand_of(body, factors->arguments[k], contraction.extents);
    if (!operand) return std::nullopt;
    for (size_t axis = 0; axis < operand->at.size(); ++axis)
      if (operand->padded[axis])
        contraction.inside *= share_inside(operand->at[axis], operand->extents[axis], contraction.extents);
    contraction.operands[k] = std::move(*operand);
  }
  if (!reads_reduced(contraction)) return std::nullopt;
  contraction.result = result_of(contraction);
  return contraction;
}

double useful_flops(const Kernel& kernel) {
  double flops = 0;
  for (NodeId node : node_ids(kernel.body))
    if (const auto contraction = contraction_of(kernel.body, node)) flops += 2 * contraction->useful_products();
  return flops;
}

double Contraction::useful_products() const {
  return static_cast<double>(output_elements()) * static_cast<double>(terms()) * inside;
}

}  // namespace dnnc
