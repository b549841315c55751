#include "compiler/sema/training/metric_means.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/ir/looked_through.h"
#include "compiler/sema/training/training_nodes.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// What a mean over the batch is taken of: `value` at all points of all examples.
struct Population {
  std::vector<Axis> kept;    ///< of the mean; their indices come first
  std::vector<Axis> points;  ///< the batch, then what a mean within an example runs over
  Expr valid, value, count;
  Expr weight;  ///< of an example; null where all count the same
  Span span;

  std::vector<int64_t> extents() const {
    std::vector<int64_t> all = extents_of(kept);
    for (const Axis& axis : points) all.push_back(axis.extent);
    return all;
  }
  int64_t points_of_example() const {
    int64_t count_of_points = 1;
    for (size_t axis = 1; axis < points.size(); ++axis) count_of_points *= points[axis].extent;
    return count_of_points;
  }
  std::vector<Subscript> own_place() const {
    std::vector<Subscript> at;
    for (uint32_t axis = 0; axis < kept.size(); ++axis) at.push_back(affine(axis));
    return at;
  }
};

bool equal_populations(const Population& a, const Population& b) {
  return extents_of(a.kept) == extents_of(b.kept) && extents_of(a.points) == extents_of(b.points);
}

/// The name, or one like it that no axis has.
std::string other_than(const std::vector<Axis>& axes, std::string name) {
  while (std::ranges::any_of(axes, [&](const Axis& axis) { return axis.name == name; })) name += "'";
  return name;
}

/// Whether formulas are the same, in however many nodes they are written down. May say no of what takes long to compare.
class Comparison {
 public:
  explicit Comparison(const Graph& graph) : graph_(graph) {}

  bool equal(const Expr& a, const Expr& b, const std::vector<int64_t>& extents) {
    if (same(a, b)) return true;
    if (--left_ < 0) return false;
    const Expr seen_a = looked_through(graph_, a, extents), seen_b = looked_through(graph_, b, extents);
    if (same(seen_a, seen_b)) return true;
    const auto *call_a = std::get_if<Call>(&seen_a->kind), *call_b = std::get_if<Call>(&seen_b->kind);
    if (call_a && call_b)
      return call_a->function == call_b->function &&
             std::ranges::equal(call_a->arguments, call_b->arguments,
                                [&](const Expr& x, const Expr& y) { return equal(x, y, extents); });
    const auto *load_a = std::get_if<Load>(&seen_a->kind), *load_b = std::get_if<Load>(&seen_b->kind);
    return load_a && load_b && same(load(load_b->source, load_a->at, load_a->outside), seen_b) &&
           equal(load_a->source, load_b->source);
  }

 private:
  bool equal(NodeId a, NodeId b) {
    if (a == b) return true;
    const auto *formula_a = std::get_if<Comprehension>(&graph_[a].kind),
               *formula_b = std::get_if<Comprehension>(&graph_[b].kind);
    return formula_a && formula_b && formula_a->reduction == formula_b->reduction &&
           extents_of(graph_[a].axes) == extents_of(graph_[b].axes) &&
           extents_of(formula_a->reduced) == extents_of(formula_b->reduced) &&
           equal(formula_a->body, formula_b->body, extents_of(all_axes(graph_[a])));
  }

  const Graph& graph_;
  int left_ = 1000;
};

/// The expression as a product of two.
std::optional<std::pair<Expr, Expr>> two_factors(const Graph& graph, const Expr& expression,
                                                 const std::vector<int64_t>& extents) {
  const Expr seen = looked_through(graph, expression, extents);
  if (const Call* product = call_of(seen, Function::Multiply))
    return std::pair(product->arguments[0], product->arguments[1]);
  const Call* power = call_of(seen, Function::Power);
  if (!power || !is_number(power->arguments[1], 2)) return std::nullopt;
  return std::pair(power->arguments[0], power->arguments[0]);
}

class Collector {
 public:
  Collector(Graph& graph, NodeId first, bool weights) : graph_(graph), first_(first), weights_(weights) {}

  std::optional<MetricMeans> collect(NodeId value) {
    MetricMeans result{with_covariances(value), {}};
    for (const NodeId mean : means_read({result.value})) {
      const auto known = covariances_.find(mean);
      if (known != covariances_.end()) {
        result.means.push_back(known->second);
      } else if (!is_made_of_means(mean)) {
        result.means.push_back(plain(mean));
      } else if (std::optional<CollectedMean> found = product_of_distances(mean)) {
        result.means.push_back(*std::move(found));
      } else {
        return std::nullopt;
      }
    }
    return result;
  }

 private:
  bool is_own(NodeId node) const { return node.value >= first_.value; }
  bool is_mean(NodeId node) const { return is_own(node) && is_batch_mean(graph_[node]); }

  /// What the roots need of the metric's own nodes, means and what is behind them left out; in order.
  std::set<NodeId> made_of_means(const std::vector<NodeId>& roots, std::set<NodeId>& means) const {
    std::set<NodeId> seen;
    std::vector<NodeId> pending = roots;
    while (!pending.empty()) {
      const NodeId node = pending.back();
      pending.pop_back();
      if (is_mean(node)) means.insert(node);
      else if (is_own(node) && seen.insert(node).second)
        for (const NodeId source : sources_of(graph_, node)) pending.push_back(source);
    }
    return seen;
  }
  std::set<NodeId> means_read(const std::vector<NodeId>& roots) const {
    std::set<NodeId> means;
    made_of_means(roots, means);
    return means;
  }
  bool is_made_of_means(NodeId mean) const { return !means_read(sources_of(graph_, mean)).empty(); }

  /// A mean of a mean within each example is one over the points of all.
  Population population(NodeId mean) const {
    const Node& node = graph_[mean];
    const auto& formula = std::get<Comprehension>(node.kind);
    const Call* quotient = call_of(formula.body, Function::Divide);
    const Call* chosen = quotient ? call_of(quotient->arguments[0], Function::Select) : nullptr;
    check(chosen && formula.reduced.size() == 1, "sema: a mean over the batch of another form");
    Population whole{node.axes, formula.reduced, chosen->arguments[0], chosen->arguments[1], quotient->arguments[1],
                     nullptr,   node.span};
    if (weights_) {
      const Call* weighted = call_of(whole.value, Function::Multiply);
      check(weighted, "sema: a weighted mean over the batch of another form");
      whole.weight = weighted->arguments[0];
      whole.value = weighted->arguments[1];
    }
    const Expr seen = looked_through(graph_, whole.value, whole.extents());
    const Call* share = call_of(seen, Function::Divide);
    const auto* total = share ? std::get_if<Load>(&share->arguments[0]->kind) : nullptr;
    const auto* sum = total ? std::get_if<Comprehension>(&graph_[total->source].kind) : nullptr;
    if (!sum || sum->reduction != Reduction::Sum || is_batch_mean(graph_[total->source]) || total->outside)
      return whole;
    Population points = whole;
    std::vector<Affine> places;
    for (const Subscript& subscript : total->at) {
      if (!std::holds_alternative<Affine>(subscript)) return whole;
      places.push_back(std::get<Affine>(subscript));
    }
    for (Axis axis : sum->reduced) {
      places.push_back(affine(static_cast<uint32_t>(points.kept.size() + points.points.size())));
      axis.name = other_than(points.points, other_than(points.kept, axis.name));
      points.points.push_back(axis);
    }
    if (!is_number(share->arguments[1], static_cast<double>(points.points_of_example()))) return whole;
    std::optional<Expr> body = try_substitute(sum->body, places, points.extents());
    if (!body) return whole;
    points.value = *body;
    return points;
  }

  const Load* load_of_mean(const Expr& seen) const {
    const auto* read = std::get_if<Load>(&seen->kind);
    return read && !read->outside && is_mean(read->source) ? read : nullptr;
  }

  static Expr weighted(const Population& all, Expr value) { return all.weight ? all.weight * std::move(value) : value; }

  NodeId sum_over(const Population& all, Expr value, const std::string& name) {
    Expr body = call(Function::Select, {all.valid, weighted(all, std::move(value)), constant(0)});
    return add_comprehension(graph_, name, all.kept, {Reduction::Sum, all.points, std::move(body)}, all.span);
  }
  NodeId mean_over(const Population& all, Expr value, const std::string& name) {
    Expr points = all.count * constant(static_cast<double>(all.points_of_example()));
    Expr body = call(Function::Select, {all.valid, weighted(all, std::move(value)), constant(0)}) / points;
    return add_comprehension(graph_, name, all.kept, {Reduction::Sum, all.points, std::move(body)}, all.span);
  }

  CollectedMean plain(NodeId mean) {
    const Node& node = graph_[mean];
    const Call* quotient = call_of(std::get<Comprehension>(node.kind).body, Function::Divide);
    check(quotient, "sema: a mean over the batch of another form");
    Comprehension sum{Reduction::Sum, std::get<Comprehension>(node.kind).reduced, quotient->arguments[0]};
    return {mean, 0, {add_comprehension(graph_, node.name + "_sum", node.axes, std::move(sum), node.span)}};
  }

  /// The parts of the covariance of two values. `mean` is what stands for it, made here if it is not valid.
  CollectedMean covariance(const Population& all, const Expr& left, const Expr& right, NodeId mean) {
    CollectedMean result{mean, all.points_of_example(), {}};
    std::vector<Expr> distances;
    const std::string name = mean.valid() ? graph_[mean].name : "covariance";
    for (const Expr& value : {left, right}) {
      if (!distances.empty() && same(left, right)) {
        result.parts.resize(result.parts.size() + 2);
        distances.push_back(distances.front());
        break;
      }
      result.parts.push_back(mean_over(all, value, name + "_mean"));
      distances.push_back(value - load(result.parts.back(), all.own_place()));
      result.parts.push_back(sum_over(all, distances.back(), name + "_rests"));
    }
    const Expr product = distances[0] * distances[1];
    result.parts.push_back(sum_over(all, product, name + "_products"));
    if (!mean.valid()) result.mean = mean_over(all, product, name);
    return result;
  }

  /// A value less its own mean: the value, over the indices of `all`.
  std::optional<Expr> less_its_mean(const Population& all, const Expr& distance) {
    const Expr seen = looked_through(graph_, distance, all.extents());
    const Call* difference = call_of(seen, Function::Subtract);
    if (!difference) return std::nullopt;
    const Expr second = looked_through(graph_, difference->arguments[1], all.extents());
    const Load* mean = load_of_mean(second);
    if (!mean) return std::nullopt;
    const Population of = population(mean->source);
    if (extents_of(of.points) != extents_of(all.points)) return std::nullopt;
    std::vector<Affine> places;
    for (const Subscript& subscript : mean->at) {
      const auto* place = std::get_if<Affine>(&subscript);
      if (!place || std::ranges::any_of(place->terms, [&](const Term& t) { return t.index >= all.kept.size(); }))
        return std::nullopt;
      places.push_back(*place);
    }
    for (size_t axis = 0; axis < all.points.size(); ++axis)
      places.push_back(affine(static_cast<uint32_t>(all.kept.size() + axis)));
    const std::optional<Expr> value = try_substitute(of.value, places, all.extents());
    if (!value || !Comparison(graph_).equal(difference->arguments[0], *value, all.extents())) return std::nullopt;
    return difference->arguments[0];
  }

  /// batch_mean((a - batch_mean(a)) * (b - batch_mean(b)))
  std::optional<CollectedMean> product_of_distances(NodeId mean) {
    const Population all = population(mean);
    const auto factors = two_factors(graph_, all.value, all.extents());
    if (!factors) return std::nullopt;
    const std::optional<Expr> left = less_its_mean(all, factors->first), right = less_its_mean(all, factors->second);
    if (!left || !right) return std::nullopt;
    return covariance(all, *left, *right, mean);
  }

  /// batch_mean(a * b) - batch_mean(a) * batch_mean(b), over the indices of a node: a load of their covariance.
  std::optional<Expr> covariance_at(const Expr& expression, const std::vector<int64_t>& extents) {
    const Call* difference = call_of(expression, Function::Subtract);
    const auto means = difference ? two_factors(graph_, difference->arguments[1], extents) : std::nullopt;
    if (!means) return std::nullopt;
    const Expr parts[] = {looked_through(graph_, difference->arguments[0], extents),
                          looked_through(graph_, means->first, extents),
                          looked_through(graph_, means->second, extents)};
    const Load* loads[] = {load_of_mean(parts[0]), load_of_mean(parts[1]), load_of_mean(parts[2])};
    for (size_t part = 0; part < 3; ++part)
      if (!loads[part] || is_made_of_means(loads[part]->source) ||
          !same(load(loads[part]->source, loads[0]->at), parts[part]))
        return std::nullopt;
    const Population all = population(loads[0]->source), left = population(loads[1]->source),
                     right = population(loads[2]->source);
    const auto factors = two_factors(graph_, all.value, all.extents());
    if (!factors || !equal_populations(all, left) || !equal_populations(all, right)) return std::nullopt;
    const auto are = [&](const Expr& a, const Expr& b) {
      return Comparison(graph_).equal(factors->first, a, all.extents()) &&
             Comparison(graph_).equal(factors->second, b, all.extents());
    };
    if (!are(left.value, right.value) && !are(right.value, left.value)) return std::nullopt;
    const std::vector<Subscript> at = loads[0]->at;
    const CollectedMean found = covariance(all, factors->first, factors->second, {});
    covariances_[found.mean] = found;
    return load(found.mean, at);
  }

  /// The value with such differences written anew; nodes that hold one are made again at the end of the graph.
  NodeId with_covariances(NodeId value) {
    std::set<NodeId> means;
    std::map<NodeId, NodeId> renamed;
    const auto now = [&](NodeId node) { return renamed.contains(node) ? renamed.at(node) : node; };
    for (const NodeId node : made_of_means({value}, means)) {
      const std::vector<NodeId> sources = sources_of(graph_, node);
      bool changed = std::ranges::any_of(sources, [&](NodeId source) { return renamed.contains(source); });
      Node copy = rename_sources(graph_[node], now);
      if (auto* formula = std::get_if<Comprehension>(&copy.kind)) {
        const std::vector<int64_t> extents = extents_of(all_axes(copy));
        formula->body = rewrite(formula->body, [&](const Expr& part) {
          const std::optional<Expr> covariance = covariance_at(part, extents);
          changed = changed || covariance;
          return covariance.value_or(part);
        });
      }
      if (changed) renamed[node] = graph_.nodes.push(std::move(copy));
    }
    return now(value);
  }

  Graph& graph_;
  NodeId first_;
  bool weights_;
  std::map<NodeId, CollectedMean> covariances_;  ///< of the nodes made for them
};

}  // namespace

std::optional<MetricMeans> metric_means(Graph& graph, NodeId value, NodeId first, bool weights) {
  return Collector(graph, first, weights).collect(value);
}

}  // namespace dnnc
