#pragma once
#include "compiler/driver/session.h"
#include "compiler/sema/model.h"

namespace dnnc {

/// `check --gradients`: every derivative of every run against finite differences in float64, on made-up examples and
/// the run's own starting values. Prints a table; gives exit_wrong if one is wrong.
int check_gradients_of(Session& session, const Model& model);

}  // namespace dnnc
