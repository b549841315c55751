#pragma once
#include "runtime/program/call_arguments.h"
#include "runtime/program/manifest.h"

/// What may be written for the rules of the training loop: the compiler reads programs by this table. A header alone, as no
/// trainer needs it.
namespace dnnc::runtime {

/// `patience: 3`. What is not given keeps the value of a LoopRule.
struct LoopArgument {
  const char* name = nullptr;
  ArgumentKind kind = ArgumentKind::Whole;
  bool required = false;
  void (*set)(LoopRule&, double) = nullptr;
};

/// Beside its arguments each rule takes `on`, what it watches, and `goal`.
struct LoopRuleRow {
  LoopRuleKind kind;
  std::optional<LoopRule> RunInfo::* place;
  const char* setting;  ///< the key of a train block
  ShortList<LoopArgument, 2> arguments = {};
};

namespace loop_arguments {
inline constexpr const char *on = "on", *goal = "goal";
inline constexpr LoopArgument patience = {"patience", ArgumentKind::Whole, true, [](LoopRule& rule, double epochs) {
                                            rule.patience = static_cast<int64_t>(epochs);
                                          }};
inline constexpr LoopArgument factor = {"factor", ArgumentKind::Share, false,
                                        [](LoopRule& rule, double factor) { rule.factor = factor; }};

}  // namespace loop_arguments

inline constexpr LoopRuleRow loop_rules[] = {
    {LoopRuleKind::Early, &RunInfo::stop, "stop", {loop_arguments::patience}},
    {LoopRuleKind::Best, &RunInfo::keep, "keep"},
    {LoopRuleKind::Plateau, &RunInfo::anneal, "anneal", {loop_arguments::factor, loop_arguments::patience}},
};

}  // namespace dnnc::runtime
