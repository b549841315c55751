#include "compiler/ir/looked_through.h"

#include "compiler/ir/affine.h"

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

}  // namespace dnnc
