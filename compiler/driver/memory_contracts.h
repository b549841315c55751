#pragma once
#include <functional>
#include <string>

#include "compiler/driver/session.h"
#include "compiler/kernels/kernel.h"
#include "compiler/sema/model.h"

namespace dnnc {

/// Whether some contract asks how much memory the run needs, so that it can be settled once the run is planned.
bool asks_for_memory(const Model& model, const Training& training);

/// The plan of a run, or null if it cannot be made.
using PlanOf = std::function<const Plan*(const std::string& run)>;

/// Settles the contracts that ask for the memory of the training: reports those that do not hold whatever it comes to, and is
/// false then. Contracts that need a training besides are left to it.
bool settle_memory(Session& session, const Model& model, const Training& training, const PlanOf& plan_of);

}  // namespace dnnc
