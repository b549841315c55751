#include "compiler/sema/training/counted_labels.h"

#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Adds the fields whose labels the value is, as they are; `counts`: the value is computed with.
class CountedLabels {
 public:
  explicit CountedLabels(const Graph& graph) : graph_(graph) {}

  void visit(const Expr& value, bool counts) {
    if (!value) return;
    std::visit(
        match{[&](const Load& read) { visit_load(read, counts); }, [&](const Call& call) { visit_call(call, counts); },
              [&](const Overridden& stated) { visit(stated.value, counts), visit(stated.argument, false); },
              [](const auto&) {}},
        value->kind);
  }
  std::set<std::string> fields;

 private:
  void visit_load(const Load& read, bool counts) {
    visit(read.outside, counts);
    for (const Subscript& subscript : read.at)
      if (const auto* gather = std::get_if<Gather>(&subscript)) visit(gather->value, false);
    if (counts) count(read.source);
  }

  void visit_call(const Call& call, bool counts) {
    const bool chooses = call.function == Function::Select, truth = info(call.function).truth;
    for (size_t place = 0; place < call.arguments.size(); ++place)
      visit(call.arguments[place], chooses ? counts && place > 0 : !truth);
  }

  /// The labels of a node are those of the fields that it takes them from.
  void count(NodeId node) {
    if (graph_[node].element.kind != Element::Kind::Class || !seen_.insert(node).second) return;
    std::visit(match{[&](const Input& input) {
                       if (input.role == InputRole::Field) fields.insert(input.name);
                     },
                     [&](const Comprehension& made) { visit(made.body, true); },
                     [&](const Reshape& reshaped) { count(reshaped.source); }, [](const auto&) {}},
               graph_[node].kind);
  }

  const Graph& graph_;
  std::set<NodeId> seen_;
};

}  // namespace

std::set<std::string> counted_labels(const Graph& graph) {
  CountedLabels counted(graph);
  for (const Node& node : graph.nodes)
    if (const auto* made = std::get_if<Comprehension>(&node.kind))
      counted.visit(made->body, made->reduction != Reduction::None);
  return counted.fields;
}

}  // namespace dnnc
