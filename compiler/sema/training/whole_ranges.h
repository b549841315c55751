#pragma once
#include <functional>
#include <optional>

#include "compiler/ir/affine.h"
#include "compiler/ir/graph.h"
#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// The whole numbers that a field of the source may hold; std::nullopt if it holds others.
using FieldRange = std::function<std::optional<Interval>(const std::string& field)>;

/// The whole numbers among which the value of a formula is, whatever the data; std::nullopt if nothing tells that it is whole:
/// `label - 1`, comparisons, choices between such.
std::optional<Interval> whole_range(const Graph& graph, const Expr& value, const FieldRange& field);
/// The same of fields of a run's data.
std::optional<Interval> whole_range(const Graph& graph, const Expr& value, const Run& run);

}  // namespace dnnc
