#include "compiler/passes/stable_sums.h"

#include <limits>

#include "compiler/ir/affine.h"
#include "compiler/ir/looked_through.h"
#include "compiler/passes/formulas/own_element.h"

namespace dnnc {
namespace {

/// Whether an exponent is `e - (a maximum)`.
bool is_relative(const Graph& graph, const Expr& exponent) {
  const Call* difference = call_of(exponent, Function::Subtract);
  if (!difference) return false;
  Expr less = difference->arguments[1];
  if (const Call* stopped = call_of(less, Function::StopGradient)) less = stopped->arguments[0];
  const auto* read = std::get_if<Load>(&less->kind);
  const auto* node = read ? std::get_if<Comprehension>(&graph[read->source].kind) : nullptr;
  return node && node->reduction == Reduction::Maximum;
}

}  // namespace

std::optional<Exponential> as_exponential(const Graph& graph, const Expr& expression,
                                          const std::vector<int64_t>& extents) {
  Expr seen = looked_through(graph, expression, extents);
  if (const Call* exponential = call_of(seen, Function::Exp)) return Exponential{exponential->arguments[0], {}};
  Product parts;
  multiply(parts, seen);
  bool is_product = parts.factors.size() != 1 || parts.factors[0] != seen;
  if (!is_product) return std::nullopt;
  for (size_t place = 0; place < parts.factors.size(); ++place) {
    std::optional<Exponential> found = as_exponential(graph, parts.factors[place], extents);
    if (!found) continue;
    parts.factors.erase(parts.factors.begin() + static_cast<std::ptrdiff_t>(place));
    found->rest.coefficient *= parts.coefficient;
    auto add = [](auto& list, const auto& more) { list.insert(list.end(), more.begin(), more.end()); };
    add(found->rest.factors, parts.factors);
    add(found->rest.divisors, parts.divisors);
    add(found->rest.guards, parts.guards);
    return found;
  }
  return std::nullopt;
}

Expr relative_to(const Exponential& exponential, const Expr& less) {
  Product product = exponential.rest;
  Expr relative = call(Function::Exp, {exponential.exponent - less});
  product.factors.insert(product.factors.begin(), relative);
  return expression_of(product);
}

std::optional<StableSum> StableSums::of(NodeId node) {
  auto known = known_.find(node);
  if (known == known_.end()) known = known_.emplace(node, stable_form(node)).first;
  return known->second;
}

/// The maximum has no part in the gradient: adding a number to all exponents changes nothing.
std::optional<StableSum> StableSums::stable_form(NodeId id) {
  Node node = graph_[id];
  const auto* text = std::get_if<Comprehension>(&node.kind);
  if (!text || text->reduction != Reduction::Sum) return std::nullopt;
  std::optional<Exponential> terms = as_exponential(graph_, text->body, extents_of(all_axes(node)));
  if (!terms) return std::nullopt;
  if (is_relative(graph_, terms->exponent)) return StableSum{id, std::nullopt};

  Expr exponent = terms->exponent;
  constexpr double lowest = std::numeric_limits<float>::lowest();
  for (const Guard& guard : terms->rest.guards)
    exponent = call(Function::Select, {guard.condition, exponent, constant(lowest)});
  NodeId largest = add_comprehension(graph_, "max_" + node.name, node.axes,
                                     {Reduction::Maximum, text->reduced, exponent}, node.span);
  Expr less = call(Function::StopGradient, {own_element(graph_, largest)});
  NodeId sum = add_comprehension(graph_, node.name, node.axes,
                                 {Reduction::Sum, text->reduced, relative_to(*terms, less)}, node.span);
  made_[id] = {largest, sum};
  return StableSum{sum, largest};
}

}  // namespace dnnc
