#pragma once
#include <gtest/gtest.h>

#include <string>

#include "compiler/ir/graph.h"

namespace dnnc {

/// The graph of a text that is right: parsed, and verified.
inline Graph graph_of(const std::string& text) {
  std::string error;
  std::optional<Graph> graph = parse_graph("graph \"test\"\n" + text, error);
  EXPECT_TRUE(graph.has_value()) << error;
  if (!graph) return {};
  for (const std::string& fault : verify(*graph)) ADD_FAILURE() << fault;
  return *graph;
}

/// The node of that label without `%`.
inline NodeId node_named(const Graph& graph, const std::string& label) {
  std::vector<std::string> all = labels(graph);
  for (uint32_t place = 0; place < all.size(); ++place)
    if (all[place] == "%" + label) return NodeId{place};
  ADD_FAILURE() << "no node %" << label;
  return NodeId{};
}

}  // namespace dnnc
