#pragma once
#include <optional>

#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// Builds the graphs of a run with all reports on, and says of it what the model says. std::nullopt after an error.
std::optional<Training> check_training(const Program& program, const Run& run, Diagnostics& diagnostics);

/// Elaborates a net that no run uses, so that it is checked. Nothing if it depends on sizes that only a use can give.
struct LoneNet {
  std::string name;
  int64_t parameters = 0;
};
std::optional<LoneNet> check_net(const Program& program, const Definition& net, Diagnostics& diagnostics);

}  // namespace dnnc
