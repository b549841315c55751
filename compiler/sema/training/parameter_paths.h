#pragma once
#include <vector>

#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// Whether patterns may also match the states of layers.
enum class MatchedStates { No, Yes };

/// Reports a pattern that matches nothing: E0613.
void report_unmatched(const ast::Word& pattern, const std::vector<ParameterRecord>& parameters, MatchedStates states,
                      Diagnostics& diagnostics);

/// What `start` says, its patterns held to the parameters and states of the net and to each other. Reports every fault.
std::vector<runtime::BasicStartRule<Span>> start_rules(const std::vector<WrittenStart>& starts,
                                                       const std::vector<ParameterRecord>& parameters,
                                                       Diagnostics& diagnostics);

}  // namespace dnnc
