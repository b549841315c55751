#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// How one optimizer setting serves parameters.
struct ServingRule {
  const OptimizerRule* rule = nullptr;
  const Definition* definition = nullptr;
  WrittenCall call;
  std::vector<ast::Argument> own_arguments = {};  ///< in place of defaults
  bool reads_gradient = true;  ///< otherwise no gradient is needed: the parameter stays, or moves by itself
};

/// The rules of a run, its optimizers looked up and their arguments prepared: with `anneal`, every `rate` times the
/// setting `rate_scale`. Reports what is no optimizer; empty after an error.
std::vector<ServingRule> serving_rules(const Program& program, const Run& run, Diagnostics& diagnostics);

/// The formula of the optimizer's `rate`: what the call gives, else its default; null where it has none.
ast::Ptr rate_of(const ServingRule& rule);

/// For each parameter the number of the rule that serves it: of those whose paths match the last. Reports paths that
/// match nothing, and parameters that no rule serves.
std::vector<size_t> assign_rules(const std::vector<ServingRule>& rules, const std::vector<ParameterRecord>& parameters,
                                 Diagnostics& diagnostics);

/// The new value of a parameter. `gradient` may be anything of its shape. std::nullopt after an error.
std::optional<NodeId> new_value(Elaboration& elaboration, const ServingRule& rule, NodeId value, NodeId gradient,
                                const std::string& path, Span span);

}  // namespace dnnc
