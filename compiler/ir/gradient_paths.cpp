#include "compiler/ir/gradient_paths.h"

#include <algorithm>

#include "compiler/support/match.h"

namespace dnnc {
namespace {

bool is_real(const Graph& graph, NodeId node) { return graph[node].element.kind == Element::Kind::Real; }

bool has_derivative(Reduction reduction) {
  switch (reduction) {
    case Reduction::None:
    case Reduction::Sum:
    case Reduction::Product:
    case Reduction::Maximum:
    case Reduction::Minimum:
      return true;
    case Reduction::ArgMaximum:
    case Reduction::ArgMinimum:
      return false;
  }
  return false;
}

/// Gathers the loads that a derivative reaches, each shared part of the expression once.
class SourceSearch {
 public:
  explicit SourceSearch(const Graph& graph) : graph_(graph) {}

  void run(const Expr& expression) {
    if (!seen_.insert(expression.get()).second) return;
    if (const auto* load = std::get_if<Load>(&expression->kind)) add(load->source);
    for (const Expr& part : differentiable_parts(*expression)) run(part);
  }
  void add(NodeId source) {
    if (is_real(graph_, source) && std::find(sources.begin(), sources.end(), source) == sources.end())
      sources.push_back(source);
  }
  std::vector<NodeId> sources;

 private:
  const Graph& graph_;
  std::unordered_set<const Expression*> seen_;
};

template <class SourcesOf>
NodeSet reach(std::vector<NodeId> pending, SourcesOf sources_of_node) {
  NodeSet seen(pending.begin(), pending.end());
  while (!pending.empty()) {
    NodeId node = pending.back();
    pending.pop_back();
    for (NodeId source : sources_of_node(node))
      if (seen.insert(source).second) pending.push_back(source);
  }
  return seen;
}

}  // namespace

std::vector<Expr> differentiable_parts(const Expression& expression) {
  std::vector<Expr> parts;
  std::visit(match{[](const Constant&) {}, [](const IndexValue&) {}, [](const Draw&) {},
                   [&](const Load& load) {
                     if (load.outside) parts.push_back(load.outside);
                   },
                   [&](const Call& call) {
                     for (size_t by = 0; by < call.arguments.size(); ++by)
                       if (has_derivative(call.function, by)) parts.push_back(call.arguments[by]);
                   },
                   [&](const Overridden& overridden) {
                     if (!is_number(overridden.derivative, 0)) parts.push_back(overridden.argument);
                   }},
             expression.kind);
  return parts;
}

std::vector<NodeId> differentiable_sources(const Graph& graph, NodeId node) {
  SourceSearch search(graph);
  if (!is_real(graph, node)) return {};
  std::visit(match{[](const Input&) {}, [](const Gradient&) {},
                   [&](const Comprehension& comprehension) {
                     if (has_derivative(comprehension.reduction)) search.run(comprehension.body);
                   },
                   [&](const Reshape& reshape) { search.add(reshape.source); }},
             graph[node].kind);
  return search.sources;
}

NodeSet gradient_paths(const Graph& graph, NodeId root) {
  return reach({root}, [&](NodeId node) { return differentiable_sources(graph, node); });
}

NodeSet dependencies(const Graph& graph, const std::vector<NodeId>& roots) {
  return reach(roots, [&](NodeId node) { return sources_of(graph, node); });
}

}  // namespace dnnc
