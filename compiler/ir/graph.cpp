#include "compiler/ir/graph.h"

#include <algorithm>

#include "compiler/ir/axes.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"
#include "runtime/program/setting_names.h"

namespace dnnc {
namespace {

NodeId add(Graph& graph, Node node) {
  std::vector<std::string> faults = axis_faults(node);
  check(faults.empty(), "ir: node `" + node.name + "`: " + (faults.empty() ? "" : faults.front()));
  return graph.nodes.push(std::move(node));
}

void check_defined(const Graph& graph, NodeId node, const std::string& reader) {
  check(graph.nodes.contains(node), "ir: `" + reader + "` reads a node that is not there");
}

}  // namespace

int64_t element_count(const Node& node) {
  int64_t count = 1;
  for (const Axis& axis : node.axes) count *= axis.extent;
  return count;
}

bool batched(const Node& node) { return !node.axes.empty() && node.axes[0].batch; }

std::string input_key(const Input& input) {
  const bool as_a_setting = input.role != InputRole::Setting && runtime::value_named<runtime::SettingName>(input.name);
  return (as_a_setting ? "field " : "") + input.name;
}

NodeId add_input(Graph& graph, Input input, std::vector<Axis> axes, Element element, Span span) {
  std::string name = input.name;
  return add(graph, {std::move(name), std::move(axes), std::move(input), element, span});
}

NodeId add_comprehension(Graph& graph, std::string name, std::vector<Axis> axes, Comprehension comprehension, Span span,
                         Element element) {
  check(comprehension.body != nullptr, "ir: `" + name + "` has no body");
  return add(graph, {std::move(name), std::move(axes), std::move(comprehension), element, span});
}

NodeId add_reshape(Graph& graph, std::string name, NodeId source, std::vector<Axis> axes, Span span) {
  check_defined(graph, source, name);
  Element element = graph[source].element;
  Node node{std::move(name), std::move(axes), Reshape{source}, element, span};
  check(element_count(node) == element_count(graph[source]), "ir: `" + node.name + "` has another number of elements");
  return add(graph, std::move(node));
}

NodeId add_gradient(Graph& graph, NodeId loss, NodeId of, Span span) {
  check_defined(graph, loss, "gradient");
  check_defined(graph, of, "gradient");
  std::string name = adjoint_name(graph[of].name);
  return add(graph, {std::move(name), graph[of].axes, Gradient{loss, of}, {}, span});
}

std::vector<Axis> all_axes(const Node& node) {
  std::vector<Axis> axes = node.axes;
  if (const auto* comprehension = std::get_if<Comprehension>(&node.kind))
    axes.insert(axes.end(), comprehension->reduced.begin(), comprehension->reduced.end());
  return axes;
}

std::vector<int64_t> extents_of(const std::vector<Axis>& axes) {
  std::vector<int64_t> extents;
  for (const Axis& axis : axes) extents.push_back(axis.extent);
  return extents;
}

std::vector<NodeId> node_ids(const Graph& graph) {
  std::vector<NodeId> ids;
  for (uint32_t value = 0; value < graph.nodes.size(); ++value) ids.push_back(NodeId{value});
  return ids;
}

std::vector<NodeId> sources_of(const Graph& graph, NodeId node) {
  std::vector<NodeId> sources;
  auto found = [&](NodeId source) {
    if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
  };
  auto in_expression = [&](const Expression& expression) {
    if (const auto* load = std::get_if<Load>(&expression.kind)) found(load->source);
    if (const auto* draw = std::get_if<Draw>(&expression.kind)) {
      for (const auto setting : draw_settings)
        if ((draw->*setting).valid()) found(draw->*setting);
      if (const auto* stream = std::get_if<NodeId>(&draw->stream)) found(*stream);
    }
  };
  std::visit(match{[](const Input&) {},
                   [&](const Comprehension& comprehension) { for_each(comprehension.body, in_expression); },
                   [&](const Reshape& reshape) { found(reshape.source); },
                   [&](const Gradient& gradient) {
                     found(gradient.loss);
                     found(gradient.of);
                   }},
             graph[node].kind);
  return sources;
}

Node rename_sources(Node node, const std::function<NodeId(NodeId)>& change) {
  std::visit(match{[](Input&) {},
                   [&](Comprehension& comprehension) { comprehension.body = rename_nodes(comprehension.body, change); },
                   [&](Reshape& reshape) { reshape.source = change(reshape.source); },
                   [&](Gradient& gradient) { gradient = {change(gradient.loss), change(gradient.of)}; }},
             node.kind);
  return node;
}

}  // namespace dnnc
