#pragma once
#include <string>
#include <vector>

#include "compiler/sema/elaborate/elaborate.h"

namespace dnnc {

/// The element of `node` at indices first, first + 1, ... of the reader.
Expr element_of(const Graph& graph, NodeId node, uint32_t first = 0);

/// The mean over the examples of the batch, of which the first `count` (a setting) are examples; each counts its weight, where
/// there are some. Keeps other axes.
NodeId mean_over_batch(Graph& graph, NodeId value, NodeId count, const std::string& name, Span span,
                       const std::optional<ExampleWeights>& weights = {});

/// What the first `count` examples weigh together.
NodeId weight_of_all(Graph& graph, NodeId each, NodeId count, Span span);
/// The same to divide by: 1 where nothing weighs anything.
NodeId divisor_of_weights(Graph& graph, NodeId all, Span span);

/// Whether the node is a mean over the batch.
bool is_batch_mean(const Node& node);

/// What the batch axes do not reach: nodes of the cone of `value` that are means over the batch, in order. With
/// `mixed`, whether `value` also depends on a single example, not by such a mean alone.
struct MeansBehind {
  std::vector<NodeId> means;
  bool mixed = false;
};
MeansBehind means_behind(const Graph& graph, NodeId value);

/// The same values with the batch as first axis; the node itself if it has one.
NodeId with_batch(Graph& graph, NodeId node, int64_t batch);

/// exp(z[..., k]) / sum(exp(z[..., j])) along the last axis.
NodeId softmax_of(Graph& graph, NodeId scores, const std::string& name, Span span);
/// 1 / (1 + exp(-z)), element by element.
NodeId sigmoid_of(Graph& graph, NodeId scores, const std::string& name, Span span);
/// The number of the largest element along the last axis, as a label.
NodeId label_of(Graph& graph, NodeId scores, const std::string& name, Span span);
/// Of a field that is standardised; with its axes, the batch apart.
struct StatisticNodes {
  NodeId mean, mean_rest, deviation;
};
/// value * deviation + mean, element by element.
NodeId unstandardized(Graph& graph, NodeId value, const StatisticNodes& of, const std::string& name, Span span);
/// (value - mean) / deviation. The mean is subtracted before anything is rounded; `rest` is what float32 leaves of the value,
/// and may be missing.
NodeId standardized(Graph& graph, NodeId value, NodeId rest, const StatisticNodes& of, const std::string& name,
                    Span span);
/// The same values, as elements of another kind, of which they are some.
NodeId with_element(Graph& graph, NodeId value, const Element& element, const std::string& name, Span span);
/// `fill` where `gap`, of the same shape, is not 0, else the value, element by element; labels stay labels.
NodeId filled(Graph& graph, NodeId value, NodeId gap, const Expr& fill, const std::string& name, Span span);
/// 1 where one of `gaps`, arrays of one shape, is not 0.
NodeId any_of(Graph& graph, const std::vector<NodeId>& gaps, const std::string& name, Span span);
/// The statistic read at the places of an array with the same axes, the batch apart.
Expr statistic_of(const Graph& graph, NodeId statistic, NodeId array);
/// The root of the sum of the squares of all elements of all arrays, also where squares are no float32: at most the largest one.
NodeId length_of_all(Graph& graph, const std::vector<NodeId>& arrays, const std::string& name, Span span);

}  // namespace dnnc
