#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// A field after the steps of its data, in a graph.
struct FieldValue {
  Tensor value;
  std::optional<Tensor> original;  ///< the value before the standardisations that nothing has followed
  NodeId rest = {};                ///< what float32 leaves of a value whose gaps are filled
};

/// A value that a statistic is fitted to.
struct FittedValue {
  std::string name;
  std::vector<int64_t> shape;
  NodeId node;       ///< the values for a batch
  Span formula;      ///< that gives them
  NodeId rest = {};  ///< what float32 leaves of them; not valid where they are no more than float32
  runtime::FitMethod method = runtime::FitMethod::Standardize;
  NodeId gap = {};  ///< of a field that is filled: where a value is missing
};

/// The fields that a graph reads, by the names under which they are kept.
struct FieldValues {
  std::map<std::string, FieldValue> fields;
  std::vector<FittedValue> fitted;  ///< in the order in which they must be fitted
};

/// The step whose formula gives a field that is kept under that name after the first `end` steps: steps that only measure, fill
/// or rename it stand behind. Null where it is as the source has it.
const FieldStep* formula_behind(const Run& run, const std::string& kept, size_t end);

/// An input of the graph for a field of the source.
NodeId add_field(Elaboration& elaboration, const RawField& field, Span span);

/// Carries out the steps of the run's data, as far as the fields called `wanted` at the end need them. std::nullopt
/// after an error.
std::optional<FieldValues> field_values(Elaboration& elaboration, const Run& run,
                                        const std::vector<std::string>& wanted);

/// Whether the values are numbers, or labels that count something, as hours do. Labels as the source has them are none.
bool are_quantities(const Run& run, const Graph& graph, NodeId node);

/// The field as it is called at the end.
const FieldValue& field_at_end(const FieldValues& values, const Run& run, const std::string& name);

/// `value` times the deviations plus the means, the last standardisation undone first.
Tensor undo_standardization(Elaboration& elaboration, const Tensor& value, const std::vector<std::string>& fitted,
                            const std::string& name, Span span);

}  // namespace dnnc
