#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/training/copy_nodes.h"
#include "compiler/sema/training/forward_graph.h"

namespace dnnc {

/// A graph of a run with what the model says of it.
struct Assembled {
  Graph graph;
  std::vector<ParameterRecord> parameters;  ///< of the net: parameters and states
  std::vector<std::string> optimizers;      ///< the optimizer of each of them; empty for states
  std::vector<LayerInfo> layers;
  std::vector<std::string> nets;  ///< paths of those inside of the trained one
  std::vector<OutputInfo> outputs;
  std::vector<MetricInfo> metrics;
  std::vector<MetricNodes> metric_nodes;  ///< in `graph` as it was before unneeded nodes were dropped
  std::vector<runtime::FittedInfo> fitted;
  /// Metrics that a small change of the scores changes: their goal cannot be told from their kind.
  std::vector<std::string> smooth_metrics;
};

/// What of the graph the outputs need.
Graph without_dead_nodes(const Graph& graph, NodeMap& known);

/// Adds what `predict` shows of the results.
void add_answers(Forward& forward, const Run& run);
/// Likewise of results that are compared with nothing.
void add_answers_of_scores(Forward& forward, const Run& run);

/// Parameters are read from their running averages.
void read_averages(Graph& graph);

/// The graph of one function of a run for a batch. Reports what is wrong; std::nullopt then.
std::optional<Assembled> assemble(const Program& program, const Run& run, GraphKind kind, int64_t batch,
                                  Diagnostics& diagnostics);

}  // namespace dnnc
