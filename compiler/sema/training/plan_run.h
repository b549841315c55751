#pragma once
#include <optional>
#include <span>

#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// The data blocks of a file by name; null for one that is at fault, which has been reported.
using DataBlocks = std::map<std::string, std::shared_ptr<const DataBlock>>;

/// Joins a train block with its net and data: which input takes which field, which result is compared with which
/// field, and so the types of the fields. Reports every fault; std::nullopt if the run cannot be built.
std::optional<Run> plan_run(const TrainBlock& block, const DataBlocks& data, const Program& program,
                            Diagnostics& diagnostics);

/// The field of the source that the target is, or which it is made from by a comparison with a word; empty if neither is loaded.
std::string loaded_target(const Run& run);
/// The one field of the source that the target is made from, by whatever formulas; empty if there are several.
std::string field_of_target(const Run& run);

/// The results of a net whose inputs are new fields of the graph, named like its parameters. std::nullopt after an
/// error.
std::optional<std::vector<NetResult>> use_net_alone(Elaboration& elaboration, const Definition& net);

/// The definition of a kind called so, or null after an error that names what there is.
const Definition* find_of_kind(const Program& program, const ast::Word& word,
                               std::span<const ast::DefinitionKind> kinds, const std::string& what,
                               Diagnostics& diagnostics);

}  // namespace dnnc
