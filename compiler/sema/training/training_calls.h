#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// A name for the factor of `anneal` in formulas. No text can write it, so it hides nothing.
inline const char* const rate_scale_name = "rate scale";

/// What the written arguments of a call may name of the training loop.
Environment loop_environment(Elaboration& elaboration, const std::vector<ast::Argument>& arguments);

/// The one result of a definition that is given arrays of training in front of its written arguments: an optimizer, a
/// clipping, an average. `own_arguments` stand in place of defaults and may name the factor of `anneal`. The states of
/// an optimizer are recorded below `path`. std::nullopt after an error.
std::optional<NodeId> applied(Elaboration& elaboration, const Definition& definition, const WrittenCall& call,
                              std::vector<Value> given, const std::string& path, Span span,
                              const std::vector<ast::Argument>& own_arguments = {});

/// The function that a setting like `clip` names, which is given `count` values in front of its own arguments. Null
/// after an error.
const Definition* training_function(const Program& program, const ast::Ptr& value, const std::string& setting_name,
                                    size_t count, Diagnostics& diagnostics);

}  // namespace dnnc
