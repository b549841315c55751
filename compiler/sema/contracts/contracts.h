#pragma once
#include <optional>
#include <vector>

#include "compiler/sema/training/check_training.h"

namespace dnnc {

/// What contracts may speak of.
struct ContractWorld {
  const Program& program;
  const std::map<std::string, Run>& runs;
  const std::vector<Training>& trainings;  ///< those of `runs` that are right
  const std::vector<LoneNet>& nets;        ///< that no training uses
  bool complete = true;                    ///< all trainings of the file are right
};

/// An `expect` of the file as a tree; settled if nothing has to be known but the text. Reports what cannot be told and
/// what is settled and does not hold; std::nullopt then, or if it may speak of a training with errors.
std::optional<Contract> read_contract(const ast::Expect& expect, const ContractWorld& world, Diagnostics& diagnostics);

}  // namespace dnnc
