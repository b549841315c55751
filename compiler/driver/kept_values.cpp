#include "compiler/driver/kept_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/program/failure.h"
#include "runtime/program/nearest.h"
#include "runtime/program/value_names.h"

namespace dnnc {
namespace {

bool has_shape(const Node& node, const std::vector<int64_t>& shape) {
  return std::equal(node.axes.begin() + 1, node.axes.end(), shape.begin(), shape.end(),
                    [](const Axis& axis, int64_t extent) { return axis.extent == extent; });
}

/// What depends on an example, by its path; of several of one path the last. A layer whose last statement defines by element has
/// the value of that as its own.
std::map<std::string, NodeId> values_of(const Graph& graph, const Training& training) {
  std::map<std::string, NodeId> values, results;
  for (const NodeId node : node_ids(graph)) {
    const std::string& name = graph[node].name;
    if (!batched(graph[node]) || !name.starts_with(training.net + "/")) continue;
    values[name] = node;
    for (const LayerInfo& layer : training.layers)
      if (name.starts_with(layer.path + "/") && has_shape(graph[node], layer.shape)) results[layer.path] = node;
  }
  values.merge(results);
  return values;
}

[[noreturn]] void refuse(const std::string& path, const std::string& net, const std::map<std::string, NodeId>& values) {
  std::vector<std::string> names;
  for (const auto& [name, node] : values) names.push_back(name);
  const std::optional<std::string> near = runtime::nearest(net + "/" + path, names);
  throw runtime::Failure(runtime::exit_usage, fmt::format("--value: net `{}` has no value `{}`; ", net, path) +
                                                  (near ? fmt::format("did you mean `{}`?", *near)
                                                        : fmt::format("it has {}", fmt::join(names, ", "))));
}

}  // namespace

void keep_values(const std::vector<std::string>& paths, const Training& training, Graph& graph) {
  const std::string& net = training.net;
  const std::map<std::string, NodeId> values = values_of(graph, training);
  for (const std::string& path : paths) {
    auto found = values.find(path);
    if (found == values.end()) found = values.find(net + "/" + path);
    if (found == values.end()) refuse(path, net, values);
    const std::string name = runtime::value_name(found->first);
    if (std::ranges::count(graph.outputs, name, &Output::name) == 0)
      graph.outputs.push_back({OutputRole::Result, name, found->second, {}});
  }
}

Graph without_values(Graph graph) {
  std::erase_if(graph.outputs, [](const Output& output) { return output.name.starts_with(runtime::value_mark); });
  return graph;
}

}  // namespace dnnc
