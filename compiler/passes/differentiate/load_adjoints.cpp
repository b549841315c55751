#include "compiler/passes/differentiate/load_adjoints.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/ir/affine.h"
#include "compiler/ir/gradient_paths.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

bool is_real(const Graph& graph, NodeId node) { return graph[node].element.kind == Element::Kind::Real; }

/// Adjoints travel from the root to the leaves; a part that is used twice has received from both uses when its turn
/// comes, because users stand before what they use in `order_`.
class Traversal {
 public:
  Traversal(const Graph& graph, const std::vector<int64_t>& extents, const std::function<bool(NodeId)>& wanted)
      : graph_(graph), extents_(extents), wanted_(wanted) {}

  std::vector<LoadAdjoint> run(const Expr& body, const Expr& value, const Product& seed) {
    if (!collect(body)) return {};
    std::reverse(order_.begin(), order_.end());
    adjoints_[body.get()] = {seed};
    for (const Expr& expression : order_) {
      std::vector<Product> received = merged(adjoints_[expression.get()]);
      const Expr& held = value && expression == body ? value : expression;
      for (const Product& product : received) pass_on(expression, held, product);
    }
    return std::move(found_);
  }

 private:
  /// Notes the expressions that lead to a wanted load, what they use first.
  bool collect(const Expr& expression) {
    auto known = leads_.find(expression.get());
    if (known != leads_.end()) return known->second;
    const auto* load = std::get_if<Load>(&expression->kind);
    bool leads = load && is_real(graph_, load->source) && wanted_(load->source);
    for (const Expr& part : differentiable_parts(*expression)) leads = collect(part) || leads;
    leads_[expression.get()] = leads;
    if (leads) order_.push_back(expression);
    return leads;
  }

  void give(const Expr& part, Product product) {
    if (leads_.at(part.get()) && product.coefficient != 0) adjoints_[part.get()].push_back(std::move(product));
  }

  void pass_on(const Expr& expression, const Expr& value, const Product& product) {
    std::visit(match{[&](const Load& load) { pass_on_load(load, product); },
                     [&](const Call& call) {
                       for (size_t by = 0; by < call.arguments.size(); ++by) {
                         if (!has_derivative(call.function, by) || !leads_.at(call.arguments[by].get())) continue;
                         Product share = product;
                         if (call.function == Function::Select) choose(share, call.arguments[0], by == 1);
                         else multiply(share, derivative(call.function, by, call.arguments, value));
                         give(call.arguments[by], std::move(share));
                       }
                     },
                     [&](const Overridden& overridden) {
                       Product share = product;
                       multiply(share, overridden.derivative);
                       give(overridden.argument, std::move(share));
                     },
                     [](const auto&) {}},
               expression->kind);
  }

  static void choose(Product& product, const Expr& condition, bool value) {
    product.guards.push_back({value ? condition : call(Function::Not, {condition}), true});
  }

  void pass_on_load(const Load& load, const Product& product) {
    if (load.outside && leads_.at(load.outside.get())) {
      Product share = product;
      multiply(share, call(Function::Select, {all_inside(load), constant(0), constant(1)}));
      give(load.outside, std::move(share));
    }
    if (!is_real(graph_, load.source) || !wanted_(load.source)) return;
    auto is_same = [&](const LoadAdjoint& other) { return same(as_expression(other.load), as_expression(load)); };
    auto place = std::find_if(found_.begin(), found_.end(), is_same);
    if (place == found_.end()) found_.push_back({load, {product}});
    else place->terms.push_back(product);
  }

  static Expr as_expression(const Load& load) { return dnnc::load(load.source, load.at, load.outside); }

  Expr all_inside(const Load& load) const {
    Expr condition = constant(1);
    for (size_t place = 0; place < load.at.size(); ++place) {
      const auto* at = std::get_if<Affine>(&load.at[place]);
      if (!at) continue;
      int64_t extent = graph_[load.source].axes[place].extent;
      Interval range = range_of(*at, extents_);
      if (range.low < 0 || range.high >= extent) condition = call(Function::And, {condition, inside(*at, extent)});
    }
    return condition;
  }

  const Graph& graph_;
  const std::vector<int64_t>& extents_;
  const std::function<bool(NodeId)>& wanted_;
  std::vector<Expr> order_;
  std::unordered_map<const Expression*, bool> leads_;
  std::unordered_map<const Expression*, std::vector<Product>> adjoints_;
  std::vector<LoadAdjoint> found_;
};

}  // namespace

std::vector<LoadAdjoint> load_adjoints(const Graph& graph, const Expr& body, const Expr& value, const Product& seed,
                                       const std::vector<int64_t>& extents, const std::function<bool(NodeId)>& wanted) {
  return Traversal(graph, extents, wanted).run(body, value, seed);
}

}  // namespace dnnc
