#pragma once
#include "compiler/interpret/interpret.h"
#include "compiler/sema/model.h"

namespace dnnc {

/// Values for every input of a graph of a run, drawn by the run's seed: made-up raw fields (labels, bytes, shares, numbers
/// around 0), parameters at their starting values but each moved a little, since starts of 0 would hide wrong signs and put
/// maxima at ties; states at their starting values. `examples` is the setting `count`. Where a loss is no number of these, other
/// tries draw numbers of one sign or above 1, first of all fields, then of each element its own, and move parameters up.
Inputs made_up_inputs(const Model& model, const Training& training, const Graph& graph, int64_t examples,
                      int try_number = 0);
constexpr int most_tries = 32;

}  // namespace dnnc
