#include "test/unit/random_graph.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dnnc {
namespace {

RC_GTEST_PROP(RandomGraph, IsWellFormed, ()) {
  Graph graph = *random_graphs();
  std::vector<std::string> faults = verify(graph);
  RC_ASSERT(faults == std::vector<std::string>{});
}

RC_GTEST_PROP(RandomGraph, IsWellFormedWithGradients, ()) {
  RandomGraphOptions options;
  options.gradients = true;
  Graph graph = *random_graphs(options);
  std::vector<std::string> faults = verify(graph);
  RC_ASSERT(faults == std::vector<std::string>{});
}

RC_GTEST_PROP(RandomGraph, PrintsAsItIsRead, ()) {
  Graph graph = *random_graphs();
  std::string error, text = print(graph);
  std::optional<Graph> again = parse_graph(text, error);
  RC_ASSERT(error == "");
  RC_ASSERT(print(*again) == text);
}

}  // namespace
}  // namespace dnnc
