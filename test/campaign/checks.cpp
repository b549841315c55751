#include "test/campaign/checks.h"

#include <fmt/core.h>

#include "compiler/interpret/bound.h"
#include "compiler/passes/check_gradients.h"
#include "compiler/sema/made_up_inputs.h"
#include "compiler/support/check.h"
#include "compiler/syntax/parse.h"
#include "test/unit/native/program_runner.h"

namespace dnnc::campaign {
namespace {

using test::RunningProgram;

constexpr int kUpdates = 10;
constexpr struct {
  const char* name;
  GraphKind kind;
} kEntries[] = {{"initial", GraphKind::Initial},
                {"train", GraphKind::Train},
                {"evaluate", GraphKind::Evaluate},
                {"predict", GraphKind::Predict}};

Report fault(Report report, const std::string& verdict, const std::string& detail) {
  report.verdict = verdict;
  report.detail = detail;
  return report;
}

/// The text as fmt writes it, if that is another program.
std::string changed_by_format(const CheckedProgram& program) {
  Sources sources;
  Diagnostics diagnostics(sources);
  const std::string text = format(program.file(), program.sources());
  const std::optional<ast::File> again = parse(sources.add("formatted.dnn", text), diagnostics);
  return again && same(*again, program.file()) ? "" : text;
}

/// The graph with the gradient of every field of numbers as a further output.
Graph with_input_gradients(Graph graph) {
  NodeId loss;
  for (const Output& output : graph.outputs)
    if (output.role == OutputRole::Loss) loss = output.node;
  for (const NodeId node : node_ids(graph)) {
    const Input* input = std::get_if<Input>(&graph[node].kind);
    if (!input || input->role != InputRole::Field || graph[node].element.kind != Element::Kind::Real) continue;
    const std::string name = "gradient of " + input->name;
    graph.outputs.push_back({OutputRole::Value, name, add_gradient(graph, loss, node, {}), {}});
  }
  return graph;
}

Report with_gradients(const Model& model, const Training& training, Report report) {
  const Graph graph = with_input_gradients(build_graph(model, training, GraphKind::Train, 3));
  const GradientReport gradients = check_gradients(graph, made_up_inputs(model, training, graph, 2));
  report.gradients += gradients.checked();
  report.kinks += gradients.kinks();
  bool wrong = !gradients.unchecked.empty();
  for (const CheckedGradient& gradient : gradients.gradients) wrong |= gradient.wrong > 0;
  return wrong ? fault(std::move(report), "wrong gradient", print(gradients)) : report;
}

Graph optimized(Graph graph) {
  for (const Pass& pass : graph_passes()) {
    graph = pass.run(std::move(graph));
    for (const std::string& wrong : verify(graph)) check(false, fmt::format("after {}: {}", pass.name, wrong));
  }
  return graph;
}

std::vector<EntryGraph> entries_of(const Model& model, const Training& training) {
  std::vector<EntryGraph> entries;
  for (const auto& entry : kEntries) {
    Graph graph = build_graph(model, training, entry.kind, training.batch);
    if (graph.outputs.empty()) continue;
    if (entry.kind == GraphKind::Train) graph = with_input_gradients(std::move(graph));
    entries.push_back({entry.name, training.batch, optimized(std::move(graph)), {}});
  }
  return entries;
}

/// The entries of one program beside the interpreter. What is stored is carried on in float32, so every bound is that of
/// one step.
class Comparing {
 public:
  Comparing(const std::vector<EntryGraph>& entries, const Making& making, Inputs inputs)
      : entries_(entries), program_(entries, making.limits, making.cache), inputs_(std::move(inputs)) {
    for (auto& [name, values] : inputs_)
      for (double& value : values) value = static_cast<float>(value);
  }

  /// Computes an entry on both sides and compares all it gives; false at the first fault.
  bool step(size_t entry, int64_t examples, int64_t number, Report& report) {
    const Graph& graph = entries_[entry].graph;
    set("count", static_cast<double>(examples));
    set("step", static_cast<double>(number));
    Inputs inputs;
    for (const Node& node : graph.nodes)
      if (const Input* input = std::get_if<Input>(&node.kind)) {
        inputs[input->name] = inputs_.at(input->name);
        program_.set(input->name, inputs_.at(input->name), entry);
      }
    const BoundedValues expected = interpret_with_bounds(graph, inputs);
    program_.step(entry);
    for (size_t place = 0; place < graph.outputs.size(); ++place) {
      const Output& output = graph.outputs[place];
      Values computed = program_.output(place, entry);
      computed.resize(expected.values[output.node].size());
      const std::string what = fmt::format("{} {}, {}", entries_[entry].entry, number, output.name);
      if (!within(what, computed, expected.values[output.node], expected.bounds[output.node], report)) return false;
      if (output.role == OutputRole::Update) inputs_[std::get<Input>(graph[output.target].kind).name] = computed;
    }
    return true;
  }

  int64_t kernels() const { return static_cast<int64_t>(program_.plan().kernels.size()); }

 private:
  void set(const std::string& name, double value) {
    if (inputs_.count(name)) inputs_[name] = {value};
  }
  static bool within(const std::string& what, const Values& computed, const Values& expected, const Values& bounds,
                     Report& report) {
    report.elements += static_cast<int64_t>(computed.size());
    for (const double bound : bounds) report.bounded += bound < 1e30;
    const Comparison worst = compare({computed.begin(), computed.end()}, expected, bounds);
    if (worst.within()) return true;
    report = fault(std::move(report), "wrong value",
                   fmt::format("{} at {}: {} for {}, bound {}", what, worst.element, worst.computed, worst.expected,
                               worst.bound));
    return false;
  }

  const std::vector<EntryGraph>& entries_;
  RunningProgram program_;
  Inputs inputs_;
};

/// Values for the inputs of all entries, each name once.
Inputs inputs_of(const Model& model, const Training& training, const std::vector<EntryGraph>& entries) {
  Inputs inputs;
  for (const EntryGraph& entry : entries)
    inputs.merge(made_up_inputs(model, training, entry.graph, training.batch));
  return inputs;
}

Report with_kernels(const Model& model, const Training& training, const Making& making, Report report) {
  const std::vector<EntryGraph> entries = entries_of(model, training);
  const Inputs inputs = inputs_of(model, training, entries);
  for (const EntryGraph& entry : entries)
    if (unsupported(entry.graph)) {
      for (const EntryGraph& interpreted : entries) interpret_with_bounds(interpreted.graph, inputs);
      report.verdict = "interpreted";
      return report;
    }
  Comparing comparing(entries, making, inputs);
  report.kernels = comparing.kernels();
  for (size_t entry = 0; entry < entries.size(); ++entry) {
    const int64_t runs = entries[entry].entry == "train" ? kUpdates : 1;
    for (int64_t number = 1; number <= runs; ++number)
      if (!comparing.step(entry, number % 3 == 0 ? 1 : training.batch, number, report)) return report;
  }
  return report;
}

}  // namespace

Report check_program(const CheckedProgram& program, const Making& making) {
  Report report;
  if (const std::string error = program.error(); !error.empty()) return fault(report, "rejected", error);
  if (const std::string text = changed_by_format(program); !text.empty()) return fault(report, "changed by fmt", text);
  for (const Training& training : program.model().trainings) {
    report = with_gradients(program.model(), training, std::move(report));
    if (!report.fault()) report = with_kernels(program.model(), training, making, std::move(report));
    if (report.fault()) break;
  }
  return report;
}

}  // namespace dnnc::campaign
