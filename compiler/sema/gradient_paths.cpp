#include "compiler/sema/gradient_paths.h"

#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Which arguments of a function its derivative reaches, as bits.
unsigned derivable_arguments(Function function) {
  switch (function) {
    case Function::Floor:
    case Function::Equal:
    case Function::Unequal:
    case Function::Less:
    case Function::LessEqual:
    case Function::And:
    case Function::Or:
    case Function::Not:
    case Function::StopGradient:
      return 0;
    case Function::Select:
      return 0b110;
    case Function::Add:
    case Function::Subtract:
    case Function::Multiply:
    case Function::Divide:
    case Function::Power:
    case Function::Negate:
    case Function::Absolute:
    case Function::Exp:
    case Function::Log:
    case Function::Log1p:
    case Function::Expm1:
    case Function::Sqrt:
    case Function::Sin:
    case Function::Cos:
    case Function::Tanh:
    case Function::Sigmoid:
    case Function::Erf:
    case Function::Minimum:
    case Function::Maximum:
    case Function::Remainder:
    case Function::Softplus:
    case Function::LogSigmoid:
      return 0b111;
  }
  return 0;
}

bool is_zero(const Expr& expression) {
  const auto* constant = std::get_if<Constant>(&expression->kind);
  return constant && constant->value == 0;
}

void collect(const Expr& expression, std::vector<NodeId>& sources) {
  std::visit(match{
                 [](const Constant&) {},
                 [](const IndexValue&) {},
                 [](const Draw&) {},
                 [&](const Load& load) {
                   sources.push_back(load.source);
                   if (load.outside) collect(load.outside, sources);
                 },
                 [&](const Call& call) {
                   unsigned derivable = derivable_arguments(call.function);
                   for (size_t k = 0; k < call.arguments.size(); ++k)
                     if (derivable >> k & 1) collect(call.arguments[k], sources);
                 },
                 [&](const Overridden& overridden) {
                   if (!is_zero(overridden.derivative)) collect(overridden.argument, sources);
                 },
             },
             expression->kind);
}

std::vector<NodeId> derivable_sources(const Node& node) {
  std::vector<NodeId> sources;
  std::visit(match{
                 [](const Input&) {},
                 [](const Gradient&) {},
                 [&](const Reshape& reshape) { sources.push_back(reshape.source); },
                 [&](const Comprehension& formula) {
                   bool place =
                       formula.reduction == Reduction::ArgMaximum || formula.reduction == Reduction::ArgMinimum;
                   if (!place) collect(formula.body, sources);
                 },
             },
             node.kind);
  return sources;
}

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

NodeSet gradient_paths(const Graph& graph, NodeId root) {
  return reach({root}, [&](NodeId node) {
    std::vector<NodeId> sources = derivable_sources(graph[node]);
    std::erase_if(sources, [&](NodeId source) { return graph[source].element.kind != Element::Kind::Real; });
    return sources;
  });
}

NodeSet dependencies(const Graph& graph, const std::vector<NodeId>& roots) {
  return reach(roots, [&](NodeId node) { return sources_of(graph, node); });
}

}  // namespace dnnc
