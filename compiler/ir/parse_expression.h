#pragma once
#include <map>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/ir/token_stream.h"

namespace dnnc::text {

/// Ids of the nodes by their labels without `%`.
using NodeNames = std::map<std::string, NodeId>;

NodeId parse_node_reference(TokenStream& tokens, const NodeNames& nodes);
/// The number of the axis of that name.
uint32_t axis_named(const Token& name, const std::vector<Axis>& axes);
/// An expression over the indices of `axes`. Throws Fault.
Expr parse_expression(TokenStream& tokens, const NodeNames& nodes, const std::vector<Axis>& axes);

}  // namespace dnnc::text
