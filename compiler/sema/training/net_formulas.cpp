#include <algorithm>
#include <set>

#include "compiler/sema/training/assemble.h"
#include "compiler/sema/training/training_nodes.h"
#include "compiler/support/check.h"
#include "runtime/program/formula.h"

namespace dnnc {
namespace {

/// No formula says how many examples there are.
constexpr int64_t formula_batch = 2;

/// What training computes besides: scores as it sees them, and new values of states.
void add_training_outputs(Forward& forward) {
  Graph& graph = *forward.elaboration.graph;
  for (const NetResult& result : forward.results) {
    const NodeId scores = node_of(forward.elaboration, result.scores, result.info.name, {});
    graph.outputs.push_back({OutputRole::Result, result.info.name, scores, {}});
  }
  for (const ParameterRecord& record : forward.elaboration.parameters)
    if (record.updated.valid())
      graph.outputs.push_back({OutputRole::Update, record.path, record.updated, record.input});
}

/// Names as people see them: those of the text form without its mark.
std::vector<std::string> names_of(const Graph& graph) {
  std::vector<std::string> names = labels(graph);
  for (std::string& name : names) name.erase(0, 1);
  return names;
}

class Formulas {
 public:
  /// Of all that is no parameter, state or setting: these are told by their tensors.
  void add(const Graph& graph, const std::map<NodeId, Span>& uses, bool training) {
    const std::vector<std::string> names = names_of(graph);
    for (const NodeId id : node_ids(graph)) {
      const Node& node = graph[id];
      const auto* input = std::get_if<Input>(&node.kind);
      if (input && input->role != InputRole::Field) continue;
      std::string text = input ? runtime::field_formula(input->name, type_text(node.element, shape_of(node)))
                               : formula_text(graph, names, id);
      if (training && said_.contains(text)) continue;
      said_.insert(text);
      if (training) text = runtime::training_formula(text);
      const auto use = uses.find(id);
      formulas_.push_back({std::move(text), use == uses.end() ? node.span : use->second});
    }
  }
  std::vector<runtime::BasicFormula<Span>> take() { return std::move(formulas_); }

 private:
  static std::vector<int64_t> shape_of(const Node& node) {
    std::vector<int64_t> shape;
    for (const Axis& axis : node.axes)
      if (!axis.batch) shape.push_back(axis.extent);
    return shape;
  }
  std::set<std::string> said_;
  std::vector<runtime::BasicFormula<Span>> formulas_;
};

}  // namespace

NetFormulas net_formulas(const Model& model, const Training& training) {
  const Elaborator& elaborator = *model.elaborator;
  const Run& run = elaborator.runs.at(training.name);
  Formulas formulas;
  NetFormulas result;
  for (const bool trains : {false, true}) {
    Graph graph;
    Diagnostics diagnostics(*elaborator.program->sources);
    std::optional<Forward> forward =
        use_net_on_data(*elaborator.program, run, graph, diagnostics, trains, formula_batch, {});
    check(forward.has_value(), "net_formulas: " + training.name + " was checked but its net has errors");
    if (trains) add_training_outputs(*forward);
    else add_answers(*forward, run);
    NodeMap known;
    const Graph needed = without_dead_nodes(graph, known);
    std::map<NodeId, Span> uses;
    for (const auto& [node, use] : forward->elaboration.node_uses)
      if (const auto copy = known.find(node); copy != known.end()) uses[copy->second] = use;
    formulas.add(needed, uses, trains);
    result.key_text += print(without_names(needed));
  }
  result.formulas = formulas.take();
  return result;
}

}  // namespace dnnc
