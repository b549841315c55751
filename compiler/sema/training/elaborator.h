#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/sema/data/field_plan.h"
#include "compiler/sema/data/field_types.h"
#include "compiler/sema/elaborate/elaborate.h"
#include "compiler/sema/training/train_blocks.h"

namespace dnnc {

/// A number reported beside the loss.
struct MetricPlan {
  std::string
      name;  ///< that it is given; else of the metric, with a number if another is called so, or of a formula its text
  ast::Ptr value;
  bool smaller_is_better = false;  ///< it is a loss
  bool formula = false;            ///< it is more than a loss or metric by its name
};

/// A result of the net and the field that it is compared with.
struct Pair {
  std::string result, field;
  Span span;  ///< where they meet
};

/// A train block joined with its net and data.
struct Run {
  TrainBlock block;  ///< its batch no larger than the training part, if the text tells that
  const Definition* net = nullptr;
  std::shared_ptr<const DataBlock> data;
  std::shared_ptr<const FieldNames> names;
  std::vector<std::string> inputs;  ///< for each parameter of the net, the field that it takes
  std::vector<Pair> pairs;
  std::vector<MetricPlan> metrics;
  ast::Ptr weight;             ///< what an example counts in loss and metrics; null if all count the same
  std::vector<FieldUse> uses;  ///< all that is read of the data: first the inputs, in order
  std::vector<RawField> raw;
};

/// What build_graph makes graphs from.
struct Elaborator {
  std::shared_ptr<const Program> program;
  std::map<std::string, Run> runs;
};

}  // namespace dnnc
