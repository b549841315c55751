#include "compiler/check_gradients/undefined_loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/ir/gradient_paths.h"

namespace dnnc {
namespace {

constexpr size_t most_inputs = 4, most_numbers = 6;

/// The elements of a node that are about the example; all, where there is none.
std::pair<size_t, size_t> elements_of(const Node& node, const Values& values, std::optional<size_t> example) {
  if (!batched(node) || !example) return {0, values.size()};
  const size_t each = values.size() / static_cast<size_t>(node.axes.front().extent);
  return {*example * each, (*example + 1) * each};
}

std::optional<size_t> not_finite(const Node& node, const Values& values, std::optional<size_t> example) {
  const auto [begin, end] = elements_of(node, values, example);
  for (size_t element = begin; element < end; ++element)
    if (!std::isfinite(values[element])) return element;
  return std::nullopt;
}

std::string number_text(double value) { return std::isnan(value) ? "nan" : fmt::format("{:.6g}", value); }

std::string list_text(const Values& values) {
  if (values.size() == 1) return number_text(values[0]);
  std::string text;
  for (size_t place = 0; place < std::min(values.size(), most_numbers); ++place)
    text += (place ? ", " : "") + number_text(values[place]);
  return "[" + text + (values.size() > most_numbers ? ", ...]" : "]");
}

}  // namespace

UndefinedLoss undefined_loss(const Graph& graph, const IdVector<NodeTag, Values>& values, NodeId loss) {
  NodeId at = loss;
  std::optional<size_t> example;
  std::set<NodeId> seen;
  for (bool further = true; further;) {
    seen.insert(at);
    further = false;
    for (const NodeId source : sources_of(graph, at)) {
      const std::optional<size_t> element = not_finite(graph[source], values[source], example);
      if (!element || seen.contains(source)) continue;
      if (batched(graph[source]) && !example)
        example = *element / (values[source].size() / static_cast<size_t>(graph[source].axes.front().extent));
      at = source;
      further = true;
      break;
    }
  }
  const std::optional<size_t> element = not_finite(graph[at], values[at], example);
  UndefinedLoss result{graph[at].name, graph[at].span, element ? values[at][*element] : values[loss].at(0), {}};
  const NodeSet behind = dependencies(graph, {at});
  for (const NodeId node : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[node].kind);
    if (!input || !behind.contains(node) || result.inputs.size() == most_inputs) continue;
    if (input->role != InputRole::Field && input->role != InputRole::Parameter) continue;
    const auto [begin, end] = elements_of(graph[node], values[node], example);
    result.inputs.emplace_back(input->name, Values(values[node].begin() + static_cast<std::ptrdiff_t>(begin),
                                                   values[node].begin() + static_cast<std::ptrdiff_t>(end)));
  }
  return result;
}

std::string print(const UndefinedLoss& undefined, const Sources& sources) {
  std::string text = fmt::format("the loss is no number where it was looked at: `{}` ({}) is {}", undefined.name,
                                 sources.describe(undefined.span), number_text(undefined.value));
  for (size_t place = 0; place < undefined.inputs.size(); ++place)
    text += fmt::format("{} {} = {}", place ? "," : ", with", undefined.inputs[place].first,
                        list_text(undefined.inputs[place].second));
  return text + "\n";
}

}  // namespace dnnc
