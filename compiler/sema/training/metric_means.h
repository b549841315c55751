#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/model.h"

namespace dnnc {

/// How a mean over all examples, which a metric reads, is collected batch by batch (compiler/docs/metrics.md).
struct CollectedMean {
  NodeId mean;         ///< what the metric reads in its place
  int64_t points = 0;  ///< 0: a plain mean; else a covariance, over so many points of each example
  /// Of a plain mean the sum over the examples; of a covariance its parts, in the order of MeanPart. What is the same of both
  /// factors stands there once: the parts of the second are not valid.
  std::vector<NodeId> parts;
};

struct MetricMeans {
  NodeId value;  ///< of the metric, made of the means
  std::vector<CollectedMean> means;
};

/// What `value`, a metric made of the nodes from `first` on, reads of means over the batch. Covariances are found by what they
/// are: a mean of the product of two distances from means, and a mean of a product less the product of means, which is written
/// anew. std::nullopt if a mean is made of another one in another way: no batch alone can tell it. With `weights` each value that a
/// mean is taken of is multiplied by what its example counts.
std::optional<MetricMeans> metric_means(Graph& graph, NodeId value, NodeId first, bool weights);

}  // namespace dnnc
