#pragma once
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "test/unit/native/program_runner.h"

namespace dnnc::campaign {

/// The entries of a run, optimized but for the passes named `without`. The train entry also gives the
/// gradient of every field of numbers. A graph that a pass leaves invalid is an InternalError.
std::vector<EntryGraph> entries_of(const Model& model, const Training& training,
                                   const std::set<std::string>& without = {});

/// The same with nothing but derivatives made: these read every input that the entries read after other passes.
std::vector<EntryGraph> plain_entries_of(const Model& model, const Training& training);

/// The graph with the gradient of every field of numbers as a further output.
Graph with_input_gradients(Graph graph);

/// Made-up values for the inputs of all entries, each name once, as float32 holds them.
Inputs inputs_of(const Model& model, const Training& training, const std::vector<EntryGraph>& entries);

/// One call of an entry.
struct Round {
  size_t entry = 0;
  int64_t number = 0;           ///< the step, from 1
  const Inputs& inputs;         ///< of this entry
  std::vector<Values> outputs;  ///< of its graph, in their order
};

/// Runs every entry, the train entry for ten updates of batches of different sizes; what is stored is carried on in
/// float32. Ends early if `visit` gives false. Gives the number of kernels.
int64_t run_rounds(const std::vector<EntryGraph>& entries, const test::Making& making, Inputs inputs,
                   const std::function<bool(const Round&)>& visit);

}  // namespace dnnc::campaign
