#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/training/elaborator.h"
#include "compiler/sema/training/field_values.h"
#include "compiler/sema/training/metric_means.h"

namespace dnnc {

/// A metric in a graph: its value is computed from means over the batch.
struct MetricNodes {
  std::string name;
  NodeId value;                      ///< from the means of this batch
  std::vector<CollectedMean> means;  ///< in the order in which MetricInfo names them
  std::vector<Axis> axes;            ///< of a table
};

/// A net used on the fields of a batch.
struct Forward {
  Elaboration elaboration;
  FieldValues fields;
  std::vector<NetResult> results;
  NodeId loss;  ///< the mean over the batch, without axes; invalid before judge()
  std::vector<MetricNodes> metrics;
  NodeId weight = {};  ///< of all examples of the batch; invalid if all count the same
};

/// Fields, the steps of the data, the net. Also makes the fields called `also`. Arguments of nets inside of the net are nodes
/// of their own if they are to be kept. std::nullopt after an error.
std::optional<Forward> use_net_on_data(const Program& program, const Run& run, Graph& graph, Diagnostics& diagnostics,
                                       bool training, int64_t batch, const std::vector<std::string>& also,
                                       bool keeps_arguments = false);

/// The fields that loss and metrics read.
std::vector<std::string> judged_fields(const Run& run);

/// What each example counts, where fields alone tell it. std::nullopt if all count the same, if results of the net tell it, or
/// after an error.
std::optional<NodeId> weight_of_fields(Forward& forward, const Run& run);

/// Adds loss and metrics. Metrics see results and targets with standardisation undone. False after an error.
bool judge(Forward& forward, const Run& run);

/// The scores of a result, undone if the field it is compared with has been standardised.
Tensor undone_scores(Forward& forward, const Run& run, const NetResult& result);

}  // namespace dnnc
