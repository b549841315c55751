#pragma once
#include <optional>

#include "compiler/sema/contracts/contracts.h"

namespace dnnc {

/// A number named in a contract: a term, or the number itself if the text tells it (`params`).
struct ContractNumber {
  ContractTerm term;
  std::optional<int64_t> known;
};

/// Whether the dotted name begins like a number that contracts may name, or is a word that means nothing but is near
/// one, rather than the beginning of a formula.
bool is_contract_name(const std::string& name, const ContractWorld& world);

/// Whether some training gives numbers of this name for parts of the data: `accuracy`, `loss`.
bool lacks_its_part(const std::string& name, const ContractWorld& world);

/// `test.accuracy`, `fast.memory.train`, `params`. Reports what there is not; std::nullopt then.
std::optional<ContractNumber> contract_number(const std::string& name, Span span, const ContractWorld& world,
                                              Diagnostics& diagnostics);

/// `xor_net([0, 1])`: the answer of a net, or of a run, to a raw example. Reports what does not fit.
std::optional<ContractTerm> contract_answer(const ast::Call& call, Span span, const ContractWorld& world,
                                            Diagnostics& diagnostics);
/// Whether what a name or call means may depend on a training that has errors and so is not in `world`.
bool may_be_missing(const ast::Ptr& expression, const ContractWorld& world);

/// Whether a call asks a net or a run.
bool asks_net(const ast::Call& call, const ContractWorld& world);

}  // namespace dnnc
