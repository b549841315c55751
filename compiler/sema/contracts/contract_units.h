#pragma once
#include "compiler/sema/contracts/contracts.h"

namespace dnnc {

/// Whether bytes, times and other numbers of trainings are compared and added only with what is of their kind. A number
/// without a unit goes with any. Reports what does not.
bool units_agree(const ast::Ptr& condition, const ContractWorld& world, Diagnostics& diagnostics);

}  // namespace dnnc
