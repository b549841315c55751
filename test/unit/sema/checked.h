#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compiler/interpret/interpret.h"
#include "compiler/sema/model.h"
#include "compiler/syntax/parse.h"

namespace dnnc {

/// A program that has been checked, and its graphs.
struct Checked {
  explicit Checked(const std::string& text, const CheckOptions& options = {}) : diagnostics(sources) {
    std::optional<ast::File> file = parse(sources.add("test.dnn", "dnn 1\n" + text + "\n"), diagnostics);
    if (file) model = check({*file}, options, sources, diagnostics);
  }

  /// `E0601 message @ text under the carets`, in the order of the text.
  std::vector<std::string> messages() const {
    std::vector<std::string> result;
    for (const Diagnostic& diagnostic : diagnostics.sorted())
      result.push_back(diagnostic.code + " " + diagnostic.message + " @ " + std::string(sources.text(diagnostic.span)));
    return result;
  }

  const Training& training(size_t number = 0) const { return model.value().trainings.at(number); }

  /// The graph of a run, verified.
  Graph graph(GraphKind kind, int64_t batch = 4, size_t run = 0) const {
    Graph result = build_graph(*model, training(run), kind, batch);
    for (const std::string& fault : verify(result)) ADD_FAILURE() << fault << "\n" << print(result);
    return result;
  }

  Sources sources;
  Diagnostics diagnostics;
  std::optional<Model> model;
};

using Messages = std::vector<std::string>;

inline std::vector<std::string> outputs_of(const Graph& graph, OutputRole role) {
  std::vector<std::string> names;
  for (const Output& output : graph.outputs)
    if (output.role == role) names.push_back(output.name);
  return names;
}

inline std::vector<std::string> inputs_of(const Graph& graph, InputRole role) {
  std::vector<std::string> names;
  for (NodeId node : node_ids(graph))
    if (const auto* input = std::get_if<Input>(&graph[node].kind); input && input->role == role)
      names.push_back(input->name);
  return names;
}

/// The value of an output when parameters are 0 unless `inputs` gives them.
inline Values value_of(const Graph& graph, OutputRole role, const std::string& name, Inputs inputs) {
  for (NodeId node : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[node].kind);
    if (input) inputs.emplace(input->name, Values(element_count(graph[node]), 0.0));
  }
  return interpret(graph, inputs)[output_named(graph, role, name).node];
}

/// Fails with the messages of a program that should be right.
#define ASSERT_RIGHT(checked) \
  ASSERT_TRUE((checked).model.has_value()) << ((checked).messages().empty() ? "" : (checked).messages().front())

}  // namespace dnnc
