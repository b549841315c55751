#include "compiler/passes/stable_sums.h"

#include <limits>

#include "compiler/ir/affine.h"
#include "compiler/passes/formulas/own_element.h"

namespace dnnc {
namespace {

/// Puts values, the subscripts of a load that are no affine forms, in place of the indices from `first` on. Fails where
/// such an index is part of a larger form.
class ValuesForIndices {
 public:
  ValuesForIndices(uint32_t first, const std::vector<Expr>& values) : first_(first), values_(values) {}
  bool failed = false;

  Expr change(const Expr& expression) {
    if (const auto* index = std::get_if<IndexValue>(&expression->kind))
      return is_replaced(index->value) ? value_of(index->value) : expression;
    if (const auto* draw = std::get_if<Draw>(&expression->kind))
      failed = failed || is_replaced(draw->example) || is_replaced(draw->element);
    const auto* read = std::get_if<Load>(&expression->kind);
    if (!read) return expression;
    std::vector<Subscript> at = read->at;
    for (Subscript& subscript : at)
      if (const auto* affine = std::get_if<Affine>(&subscript); affine && is_replaced(*affine))
        subscript = Gather{value_of(*affine)};
    return load(read->source, std::move(at), read->outside);
  }

 private:
  bool is_replaced(const Affine& form) const {
    for (const Term& term : form.terms)
      if (term.index >= first_) return true;
    return false;
  }
  Expr value_of(const Affine& form) {
    std::optional<uint32_t> index = single_index(form);
    failed = failed || !index;
    return values_[index ? *index - first_ : 0];
  }

  uint32_t first_;
  const std::vector<Expr>& values_;
};

/// The body of the pointwise node that `load` reads, at the place where it is read.
std::optional<Expr> body_read(const Graph& graph, const Load& load, std::vector<int64_t> extents) {
  const auto* source = std::get_if<Comprehension>(&graph[load.source].kind);
  if (!source || source->reduction != Reduction::None || load.outside) return std::nullopt;
  uint32_t first = extents.size();
  std::vector<Affine> places;
  std::vector<Expr> values;
  for (size_t axis = 0; axis < load.at.size(); ++axis) {
    if (const auto* at = std::get_if<Affine>(&load.at[axis])) {
      places.push_back(*at);
      continue;
    }
    places.push_back(affine(extents.size()));
    extents.push_back(graph[load.source].axes[axis].extent);
    values.push_back(std::get<Gather>(load.at[axis]).value);
  }
  std::optional<Expr> body = try_substitute(source->body, places, extents);
  if (!body || values.empty()) return body;
  ValuesForIndices put(first, values);
  Expr result = rewrite(*body, [&](const Expr& expression) { return put.change(expression); });
  if (put.failed) return std::nullopt;
  return result;
}

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

Expr looked_through(const Graph& graph, const Expr& expression, const std::vector<int64_t>& extents) {
  Expr result = expression;
  while (const auto* read = std::get_if<Load>(&result->kind)) {
    std::optional<Expr> body = body_read(graph, *read, extents);
    if (!body) break;
    result = *body;
  }
  return result;
}

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
