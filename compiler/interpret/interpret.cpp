#include "compiler/interpret/interpret.h"

#include <algorithm>

#include "compiler/interpret/accumulator.h"
#include "compiler/interpret/schedule.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

void run_comprehension(const Node& node, const BodyCode& code, const Box& box, const IdVector<NodeTag, Values>& values,
                       Values& result) {
  Reduction reduction = std::get<Comprehension>(node.kind).reduction;
  std::vector<Lanes> registers(code.instructions.size());
  Accumulator accumulator(reduction);
  walk_box(
      node, box, [&](const Points& points) { run_body(code, values, points, registers); },
      [&](size_t begin, size_t end) {
        const double* terms = registers.back().data();
        accumulator.add(terms + begin, terms + end);
      },
      [&](int64_t place) {
        result[place] = accumulator.result();
        accumulator = Accumulator(reduction);
      });
}

Values input_values(const Node& node, const Input& input, const Inputs& inputs) {
  auto found = inputs.find(input.name);
  check(found != inputs.end(), "interpret: no value for the input \"" + input.name + "\"");
  check(static_cast<int64_t>(found->second.size()) == element_count(node),
        "interpret: the input \"" + input.name + "\" has " + std::to_string(found->second.size()) + " values, not " +
            std::to_string(element_count(node)));
  return found->second;
}

}  // namespace

Interpreter::Interpreter(Graph graph) : graph_(std::move(graph)), schedule_(std::make_unique<Schedule>(graph_)) {
  for (NodeId node : node_ids(graph_)) {
    bool computed = std::holds_alternative<Comprehension>(graph_[node].kind);
    code_.push(computed ? std::make_unique<BodyCode>(compile_body(graph_, node)) : nullptr);
  }
}

Interpreter::~Interpreter() = default;

IdVector<NodeTag, Values> Interpreter::run(const Inputs& inputs) const {
  IdVector<NodeTag, Values> values;
  std::vector<NodeId> computed;
  for (NodeId node : node_ids(graph_)) {
    const auto* input = std::get_if<Input>(&graph_[node].kind);
    values.push(input ? input_values(graph_[node], *input, inputs) : Values(element_count(graph_[node])));
    if (!input) computed.push_back(node);
  }
  run_again(values, computed);
  return values;
}

void Interpreter::run_again(IdVector<NodeTag, Values>& values, const std::vector<NodeId>& nodes) const {
  schedule_->run(nodes, [&](const Box& box) {
    const Node& node = graph_[box.node];
    std::visit(
        match{[](const Input&) { check(false, "interpret: an input is not computed"); },
              [&](const Comprehension&) { run_comprehension(node, *code_[box.node], box, values, values[box.node]); },
              [&](const Reshape& reshape) { values[box.node] = values[reshape.source]; },
              [&](const Gradient&) {
                check(false, "interpret: `" + node.name + "` is a gradient; differentiate comes first");
              }},
        node.kind);
  });
}

IdVector<NodeTag, Values> interpret(const Graph& graph, const Inputs& inputs) { return Interpreter(graph).run(inputs); }

int64_t bytes_of_values(const Graph& graph) {
  int64_t bytes = 0;
  for (const Node& node : graph.nodes) bytes += element_count(node) * static_cast<int64_t>(sizeof(double));
  return bytes;
}

const Output& output_named(const Graph& graph, OutputRole role, const std::string& name) {
  auto found = std::find_if(graph.outputs.begin(), graph.outputs.end(),
                            [&](const Output& output) { return output.role == role && output.name == name; });
  check(found != graph.outputs.end(), "interpret: no output \"" + name + "\"");
  return *found;
}

}  // namespace dnnc
