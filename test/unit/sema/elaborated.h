#pragma once
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "compiler/sema/elaborate/constants.h"
#include "compiler/sema/elaborate/elaborate.h"
#include "compiler/syntax/parse.h"

namespace dnnc {

/// The net called `net` of a text, used on fields of its inputs' types, for a batch of 2 unless said otherwise.
struct Elaborated {
  explicit Elaborated(const std::string& text, bool training = true, int64_t batch = 2, const std::string& net = "net")
      : diagnostics(sources) {
    std::optional<ast::File> file = parse(sources.add("test.dnn", "dnn 1\n" + text + "\n"), diagnostics);
    if (!file || diagnostics.has_errors()) return;
    const auto read = make_program({*file}, sources, diagnostics);
    evaluate_constants(*read, {}, diagnostics);
    program = read;
    graph.name = "test";
    elaboration = begin_elaboration(*program, graph, diagnostics, training, batch);
    const Definition* definition = find_definition(program->main(), net);
    if (definition) use(*definition, batch);
  }

  void use(const Definition& definition, int64_t batch) {
    std::vector<Value> inputs;
    for (size_t place = 0; place < definition.tree->parameters.size(); ++place) {
      std::optional<InputType> type = input_type(*program, definition, place, diagnostics);
      if (!type) return;
      std::vector<Axis> axes = {{"n", batch, true}};
      for (int64_t size : type->shape) axes.push_back({"d" + std::to_string(axes.size()), size, false});
      inputs.push_back(
          tensor_of(elaboration, add_input(graph, {InputRole::Field, definition.tree->parameters[place].name.text, ""},
                                           axes, type->element, {})));
    }
    std::optional<std::vector<NetResult>> made = use_net(elaboration, definition, inputs, definition.tree->name.span);
    if (!made) return;
    results = *made;
    for (const NetResult& result : results) {
      NodeId node = node_of(elaboration, result.scores, result.info.name, {});
      graph.outputs.push_back({OutputRole::Result, result.info.name, node, {}});
    }
    if (!diagnostics.has_errors())
      for (const std::string& fault : verify(graph)) ADD_FAILURE() << fault << "\n" << print(graph);
  }

  /// The printed line of the node with that label, without its place in the text.
  std::string line(const std::string& label) const {
    std::istringstream lines(print(graph));
    for (std::string text; std::getline(lines, text);)
      if (text.starts_with("%" + label + "[") || text.starts_with("%" + label + " ")) return text;
    return "no %" + label + " in\n" + print(graph);
  }

  /// `E0207 message @ text` for each error, in the order of the text.
  std::vector<std::string> errors() const {
    std::vector<std::string> result;
    for (const Diagnostic& diagnostic : diagnostics.sorted())
      result.push_back(diagnostic.code + " " + diagnostic.message + " @ " +
                       (diagnostic.span.valid() ? std::string(sources.text(diagnostic.span)) : ""));
    return result;
  }
  /// All errors as a user sees them.
  std::string rendered() const {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics.sorted())
      text += render(diagnostic, sources, MessageFormat::Human, false);
    return text;
  }

  std::vector<std::string> parameter_paths() const {
    std::vector<std::string> paths;
    for (const ParameterRecord& record : elaboration.parameters) paths.push_back(record.path);
    return paths;
  }

  Sources sources;
  Diagnostics diagnostics;
  std::shared_ptr<const Program> program;
  Graph graph;
  Elaboration elaboration;
  std::vector<NetResult> results;
};

}  // namespace dnnc
