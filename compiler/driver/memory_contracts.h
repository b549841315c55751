#pragma once
#include "compiler/driver/session.h"
#include "compiler/kernels/kernel.h"
#include "compiler/sema/model.h"

namespace dnnc {

/// Whether some contract asks how much memory the run needs, so that it can be settled once the run is planned.
bool asks_for_memory(const Model& model, const Training& training);

/// Settles the contracts that ask for nothing that is not known of this plan: reports those that do not hold, and is false
/// then. Contracts that need a training or another run's memory are left to the run.
bool settle_memory(Session& session, const Model& model, const Training& training, const Plan& plan);

}  // namespace dnnc
