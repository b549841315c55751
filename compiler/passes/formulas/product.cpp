#include "compiler/passes/formulas/product.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "compiler/ir/affine.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

Expr zero_unless(const Expr& condition, Expr value) {
  return call(Function::Select, {condition, std::move(value), constant(0)});
}

void divide(Product& product, const Expr& by) {
  if (const auto* number = std::get_if<Constant>(&by->kind); number && number->value != 0)
    product.coefficient /= number->value;
  else product.divisors.push_back(by);
}

void multiply_by_call(Product& product, const Expr& by, const Call& call_) {
  const std::vector<Expr>& a = call_.arguments;
  if (call_.function == Function::Multiply) {
    multiply(product, a[0]);
    multiply(product, a[1]);
  } else if (call_.function == Function::Divide) {
    multiply(product, a[0]);
    divide(product, a[1]);
  } else if (call_.function == Function::Negate) {
    product.coefficient = -product.coefficient;
    multiply(product, a[0]);
  } else if (call_.function == Function::Select && is_number(a[2], 0)) {
    product.guards.push_back({a[0]});
    multiply(product, a[1]);
  } else if (call_.function == Function::Select && is_number(a[1], 0)) {
    product.guards.push_back({call(Function::Not, {a[0]})});
    multiply(product, a[2]);
  } else {
    product.factors.push_back(by);
  }
}

bool same_guards(const std::vector<Guard>& a, const std::vector<Guard>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Guard& x, const Guard& y) { return same(x.condition, y.condition); });
}

/// Calls `visit` for every expression of a product.
template <class AnyProduct, class Visit>
void for_each_part(AnyProduct& product, Visit visit) {
  for (auto& factor : product.factors) visit(factor);
  for (auto& divisor : product.divisors) visit(divisor);
  for (auto& guard : product.guards) visit(guard.condition);
}

/// A condition without its `not`, and whether it had one.
std::pair<Expr, bool> stripped(const Expr& condition) {
  const auto* negation = std::get_if<Call>(&condition->kind);
  if (!negation || negation->function != Function::Not) return {condition, false};
  auto [inner, negated] = stripped(negation->arguments[0]);
  return {inner, !negated};
}

/// The lists that can hold where `condition` is `value`, without it.
std::vector<std::vector<Expr>> decided(const std::vector<std::vector<Expr>>& lists, const Expr& condition, bool value) {
  std::vector<std::vector<Expr>> result;
  for (std::vector<Expr> list : lists) {
    auto is_decided = [&](const Expr& e) { return same(stripped(e).first, condition); };
    bool fails = std::any_of(list.begin(), list.end(),
                             [&](const Expr& e) { return is_decided(e) && stripped(e).second == value; });
    std::erase_if(list, is_decided);
    if (!fails) result.push_back(std::move(list));
  }
  return result;
}

bool cover(const std::vector<std::vector<Expr>>& lists) {
  if (lists.empty()) return false;
  if (std::any_of(lists.begin(), lists.end(), [](const std::vector<Expr>& list) { return list.empty(); })) return true;
  Expr condition = stripped(lists[0][0]).first;
  return cover(decided(lists, condition, true)) && cover(decided(lists, condition, false));
}

bool take_out(std::vector<Expr>& from, const Expr& what) {
  auto found = std::find_if(from.begin(), from.end(), [&](const Expr& e) { return same(e, what); });
  if (found == from.end()) return false;
  from.erase(found);
  return true;
}

/// Moves what all products have in their list `part` into that of `common`.
void factor_out(std::vector<Product>& products, Product& common, std::vector<Expr> Product::* part) {
  std::vector<Expr> candidates = products[0].*part;
  for (const Expr& candidate : candidates) {
    std::vector<Product> reduced = products;
    bool everywhere = std::all_of(reduced.begin(), reduced.end(),
                                  [&](Product& product) { return take_out(product.*part, candidate); });
    if (!everywhere) continue;
    products = std::move(reduced);
    (common.*part).push_back(candidate);
  }
}

Expr plain_sum(const std::vector<Product>& products) {
  Expr sum;
  for (const Product& product : products) {
    Product positive = product;
    bool subtract = sum && product.coefficient < 0;
    if (subtract) positive.coefficient = -product.coefficient;
    Expr term = expression_of(positive);
    sum = !sum ? term : subtract ? sum - term : sum + term;
  }
  return sum ? sum : constant(0);
}

/// One product of several that have the same guards.
Product merged_group(std::vector<Product> products) {
  if (products.size() == 1) return products[0];
  Product common;
  common.guards = products[0].guards;
  for (Product& product : products) product.guards.clear();
  factor_out(products, common, &Product::factors);
  factor_out(products, common, &Product::divisors);
  Expr sum = plain_sum(products);
  if (const auto* number = std::get_if<Constant>(&sum->kind)) common.coefficient = number->value;
  else common.factors.push_back(sum);
  return common;
}

/// Whether every draw is at a place that there is.
bool draws_inside(const Expr& root, const std::vector<int64_t>& extents) {
  bool inside = true;
  for_each(root, [&](const Expression& expression) {
    const auto* draw = std::get_if<Draw>(&expression.kind);
    if (!draw) return;
    for (const Affine& place : {draw->example, draw->element}) {
      Interval range = range_of(place, extents);
      inside = inside && range.low >= 0 && range.high <= int64_t{UINT32_MAX};
    }
  });
  return inside;
}

/// Indices before a move: their extents, what they reach after it, and which of them may leave their range.
struct Move {
  std::vector<int64_t> extents;
  std::vector<Interval> reached;
  std::vector<uint32_t> leaving;
};

Move move_of(const std::vector<Affine>& replacement, const std::vector<int64_t>& before,
             const std::vector<int64_t>& after) {
  Move move{before, {}, {}};
  for (uint32_t index = 0; index < replacement.size(); ++index) {
    Interval range = range_of(replacement[index], after);
    move.reached.push_back(range);
    if (range.low < 0 || range.high >= before[index]) move.leaving.push_back(index);
  }
  return move;
}

/// Whether `factor` reads outside of its array, and so is 0, wherever index `index` is not in its range.
bool vanishes_outside(const Graph& graph, const Expr& factor, uint32_t index, const Move& move) {
  const auto* read = std::get_if<Load>(&factor->kind);
  if (!read || (read->outside && !is_number(read->outside, 0))) return false;
  for (size_t place = 0; place < read->at.size(); ++place) {
    const auto* at = std::get_if<Affine>(&read->at[place]);
    if (!at) continue;
    Affine rest = *at;
    auto own = std::find_if(rest.terms.begin(), rest.terms.end(), [&](const Term& term) {
      return term.index == index && term.divisor == 1 && term.modulus == 0 && term.coefficient > 0;
    });
    if (own == rest.terms.end()) continue;
    int64_t coefficient = own->coefficient;
    rest.terms.erase(own);
    bool alone =
        std::none_of(move.leaving.begin(), move.leaving.end(), [&](uint32_t other) { return mentions(rest, other); });
    if (!alone) continue;
    Interval range = range_of(rest, move.extents);
    int64_t extent = move.extents[index];
    bool below = move.reached[index].low >= 0 || range.high - coefficient < 0;
    bool above =
        move.reached[index].high < extent || range.low + coefficient * extent >= graph[read->source].axes[place].extent;
    if (below && above) return true;
  }
  return false;
}

}  // namespace

Product product_of(Expr factor) {
  Product product;
  product.factors.push_back(std::move(factor));
  return product;
}

void multiply(Product& product, const Expr& by) {
  if (const auto* number = std::get_if<Constant>(&by->kind)) product.coefficient *= number->value;
  else if (const auto* function = std::get_if<Call>(&by->kind)) multiply_by_call(product, by, *function);
  else product.factors.push_back(by);
}

Expr expression_of(const Product& product) {
  Expr result;
  for (const Expr& factor : product.factors) result = result ? result * factor : factor;
  if (!result) result = constant(product.coefficient);
  else if (product.coefficient == -1) result = -result;
  else if (product.coefficient != 1) result = result * constant(product.coefficient);
  for (const Expr& divisor : product.divisors) result = result / divisor;
  for (auto guard = product.guards.rbegin(); guard != product.guards.rend(); ++guard)
    result = zero_unless(guard->condition, result);
  return result;
}

std::vector<Product> merged(const std::vector<Product>& products) {
  std::vector<std::vector<Product>> groups;
  for (const Product& product : products) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const std::vector<Product>& g) { return same_guards(g[0].guards, product.guards); });
    if (group == groups.end()) groups.push_back({product});
    else group->push_back(product);
  }
  std::vector<Product> result;
  for (std::vector<Product>& group : groups) result.push_back(merged_group(std::move(group)));
  return result;
}

Expr sum_of(const std::vector<Product>& products) { return plain_sum(merged(products)); }

bool choices_cover(const std::vector<Product>& products) {
  std::vector<std::vector<Expr>> lists;
  for (const Product& product : products) {
    std::vector<Expr>& list = lists.emplace_back();
    for (const Guard& guard : product.guards)
      if (guard.chosen) list.push_back(guard.condition);
  }
  return cover(lists);
}

std::set<uint32_t> indices_of(const Product& product) {
  std::set<uint32_t> result;
  for_each_part(product, [&](const Expr& expression) { result.merge(indices_of(expression)); });
  return result;
}

namespace {

bool is_whole_power(const Expr& exponent) {
  const auto* number = std::get_if<Constant>(&exponent->kind);
  return number && number->value >= 0 && std::floor(number->value) == number->value;
}

}  // namespace

bool stays_finite(const Expr& expression) {
  using Finite = FunctionInfo::Finite;
  bool finite = true;
  for_each(expression, [&](const Expression& e) {
    const auto* call = std::get_if<Call>(&e.kind);
    if (!call) return;
    const Finite where = info(call->function).finite;
    finite =
        finite && (where == Finite::Always || (where == Finite::WholePowers && is_whole_power(call->arguments[1])));
  });
  return finite;
}

bool may_be_no_number(const Graph& graph, const Expr& formula) {
  if (stays_finite(formula)) return false;
  bool may = false;
  for_each(formula, [&](const Expression& part) {
    const auto* call = std::get_if<Call>(&part.kind);
    if (!call || call->function != Function::Divide) {
      may = may || (call && info(call->function).finite == FunctionInfo::Finite::Sometimes) ||
            (call && call->function == Function::Power);
      return;
    }
    const auto* number = std::get_if<Constant>(&call->arguments[1]->kind);
    const auto* read = std::get_if<Load>(&call->arguments[1]->kind);
    const auto* input = read ? std::get_if<Input>(&graph[read->source].kind) : nullptr;
    may = may || !((number && number->value != 0) ||
                   (input && (input->role == InputRole::Setting || input->role == InputRole::Fitted)));
  });
  return may;
}

Expr inside(const Affine& value, int64_t extent) {
  Expr number = index_value(value);
  return call(Function::And, {call(Function::LessEqual, {constant(0), number}),
                              call(Function::Less, {number, constant(static_cast<double>(extent))})});
}

bool bounds_index(const Graph& graph, const Product& product, uint32_t index, const std::vector<int64_t>& extents) {
  Move move{extents, std::vector<Interval>(extents.size(), {-1, INT64_MAX}), {index}};
  return std::any_of(product.factors.begin(), product.factors.end(),
                     [&](const Expr& factor) { return vanishes_outside(graph, factor, index, move); });
}

Expr with_zeros_outside(const Graph& graph, const Expr& root, const std::vector<int64_t>& extents) {
  return rewrite(root, [&](const Expr& expression) -> Expr {
    const auto* read = std::get_if<Load>(&expression->kind);
    if (!read || read->outside) return expression;
    const std::vector<Axis>& axes = graph[read->source].axes;
    for (size_t place = 0; place < read->at.size(); ++place) {
      const auto* at = std::get_if<Affine>(&read->at[place]);
      if (!at) continue;
      Interval range = range_of(*at, extents);
      if (range.low < 0 || range.high >= axes[place].extent) return load(read->source, read->at, constant(0));
    }
    return expression;
  });
}

std::optional<Product> moved(const Graph& graph, const Product& product, const std::vector<Affine>& replacement,
                             const std::vector<int64_t>& before, const std::vector<int64_t>& after) {
  Move move = move_of(replacement, before, after);
  std::vector<Guard> ranges;
  for (uint32_t index : move.leaving) {
    auto depends = [&](const Expr& e) { return indices_of(e).contains(index); };
    auto harmless = [&](const Expr& e) { return stays_finite(e) || !depends(e); };
    auto vanishes = [&](const Expr& e) { return vanishes_outside(graph, e, index, move); };
    bool zero = std::any_of(product.factors.begin(), product.factors.end(), vanishes) &&
                std::all_of(product.factors.begin(), product.factors.end(), harmless) &&
                std::none_of(product.divisors.begin(), product.divisors.end(), depends);
    if (!zero) ranges.push_back({inside(replacement[index], before[index])});
  }
  Product changed = product;
  bool affine = true;
  for_each_part(changed, [&](Expr& expression) {
    std::optional<Expr> replaced = try_substitute(expression, replacement, after);
    affine = affine && replaced && draws_inside(*replaced, after);
    if (affine) expression = with_zeros_outside(graph, *replaced, after);
  });
  if (!affine) return std::nullopt;
  changed.guards.insert(changed.guards.begin(), ranges.begin(), ranges.end());
  return changed;
}

}  // namespace dnnc
