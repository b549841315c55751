#include <cmath>

#include "compiler/ir/looked_through.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/stable_sums.h"

namespace dnnc {
namespace {

Expr unary(Function function, const Expr& a) { return call(function, {a}); }

Expr negated(const Expr& a) {
  const Call* negative = call_of(a, Function::Negate);
  return negative ? negative->arguments[0] : -a;
}

/// Rewrites the bodies of one graph, from the inside out; what a body reads has been rewritten before.
class Stabilizer {
 public:
  explicit Stabilizer(Graph graph) : graph_(std::move(graph)), sums_(graph_) {}

  Graph run() {
    for (NodeId id : node_ids(graph_)) {
      Node node = graph_[id];
      auto* comprehension = std::get_if<Comprehension>(&node.kind);
      if (!comprehension) continue;
      extents_ = extents_of(all_axes(node));
      comprehension->body = rewrite(comprehension->body, [&](const Expr& expression) { return changed(expression); });
      graph_[id] = std::move(node);
    }
    return insert_nodes(std::move(graph_), {sums_.made(), {}, {}});
  }

 private:
  Expr changed(const Expr& expression) {
    const auto* call = std::get_if<Call>(&expression->kind);
    if (!call) return expression;
    const std::vector<Expr>& a = call->arguments;
    Expr stable;
    if (call->function == Function::Divide) stable = quotient(a[0], a[1]);
    if (call->function == Function::Power && is_number(a[1], -1)) stable = quotient(constant(1), a[0]);
    if (call->function == Function::Subtract && is_number(a[0], 1)) stable = one_minus(a[1]);
    if (call->function == Function::Subtract && !stable) stable = softplus_less(a[0], a[1]);
    if (call->function == Function::Log) stable = logarithm(a[0]);
    if (call->function == Function::Log1p) stable = logarithm_of_one_plus(a[0]);
    return stable ? stable : expression;
  }

  Expr seen(const Expr& expression) const { return looked_through(graph_, expression, extents_); }

  /// e of exp(e), else null.
  Expr exponent(const Expr& expression) const {
    Expr form = seen(expression);
    const Call* exponential = call_of(form, Function::Exp);
    return exponential ? exponential->arguments[0] : nullptr;
  }
  /// e of 1 + exp(e), else null.
  Expr exponent_of_one_plus(const Expr& expression) const {
    Expr form = seen(expression);
    const Call* sum = call_of(form, Function::Add);
    if (!sum) return nullptr;
    if (is_number(sum->arguments[0], 1)) return exponent(sum->arguments[1]);
    return is_number(sum->arguments[1], 1) ? exponent(sum->arguments[0]) : nullptr;
  }
  /// e of sigmoid(e) or 1 - sigmoid(-e), else null.
  Expr sigmoid_argument(const Expr& expression) const {
    Expr form = seen(expression);
    if (const Call* sigmoid = call_of(form, Function::Sigmoid)) return sigmoid->arguments[0];
    const Call* difference = call_of(form, Function::Subtract);
    if (!difference || !is_number(difference->arguments[0], 1)) return nullptr;
    Expr inner = sigmoid_argument(difference->arguments[1]);
    return inner ? negated(inner) : nullptr;
  }

  /// 1 / (1 + exp(e)), exp(e) / (1 + exp(e)), exp(e) / sum(exp(e)).
  Expr quotient(const Expr& a, const Expr& b) {
    if (Expr e = exponent_of_one_plus(b)) {
      if (is_number(a, 1)) return unary(Function::Sigmoid, negated(e));
      Expr above = exponent(a);
      return above && same(above, e) ? unary(Function::Sigmoid, e) : nullptr;
    }
    std::optional<Read> sum = read_sum(b);
    if (!sum || !sum->stable.largest) return nullptr;
    std::optional<Exponential> above = as_exponential(graph_, a, extents_);
    return above ? relative_to(*above, largest(*sum)) / terms(*sum) : nullptr;
  }

  /// Of sigmoid(e), or of c^e where c is a constant between 0 and 1. Only in the same formula: to look it up in its node costs
  /// less than a second one.
  static Expr one_minus(const Expr& a) {
    if (const Call* sigmoid = call_of(a, Function::Sigmoid))
      return unary(Function::Sigmoid, negated(sigmoid->arguments[0]));
    const Call* power = call_of(a, Function::Power);
    const auto* base = power ? std::get_if<Constant>(&power->arguments[0]->kind) : nullptr;
    if (!base || base->value <= 0 || base->value >= 1) return nullptr;
    return -unary(Function::Expm1, power->arguments[1] * constant(std::log(base->value)));
  }

  /// softplus(e) - e, also once e: where e is large the difference has no digits.
  Expr softplus_less(const Expr& a, const Expr& b) const {
    Expr form = seen(a), other = seen(b);
    const Call* softplus = call_of(form, Function::Softplus);
    if (!softplus) return nullptr;
    const Expr& e = softplus->arguments[0];
    const Call* product = call_of(other, Function::Multiply);
    for (size_t place = 0; place < 2; ++place)
      if (product && is_number(seen(product->arguments[place]), 1))
        return softplus_less(a, product->arguments[1 - place]);
    return same(b, e) || same(other, e) ? unary(Function::Softplus, negated(e)) : nullptr;
  }

  /// log of sigmoid(e), 1 - sigmoid(e), 1 + exp(e), sum(exp(e)) and exp(e) / sum(exp(e)).
  Expr logarithm(const Expr& a) {
    if (Expr e = sigmoid_argument(a)) return unary(Function::LogSigmoid, e);
    if (Expr e = exponent_of_one_plus(a)) return unary(Function::Softplus, e);
    if (std::optional<Read> sum = read_sum(a); sum && sum->stable.largest)
      return unary(Function::Log, terms(*sum)) + largest(*sum);
    Expr form = seen(a);
    const Call* share = call_of(form, Function::Divide);
    if (!share) return nullptr;
    Expr e = exponent(share->arguments[0]);
    std::optional<Read> sum = e ? read_sum(share->arguments[1]) : std::nullopt;
    if (!sum || sum->stable.largest) return nullptr;
    return e - unary(Function::Log, terms(*sum));
  }

  Expr logarithm_of_one_plus(const Expr& a) const {
    Expr e = exponent(a);
    return e ? unary(Function::Softplus, e) : nullptr;
  }

  /// A load of a sum of exponentials.
  struct Read {
    StableSum stable;
    std::vector<Subscript> at;
  };
  std::optional<Read> read_sum(const Expr& expression) {
    Expr form = seen(expression);
    const auto* load = std::get_if<Load>(&form->kind);
    if (!load || load->outside) return std::nullopt;
    std::optional<StableSum> stable = sums_.of(load->source);
    if (!stable) return std::nullopt;
    return Read{*stable, load->at};
  }
  static Expr terms(const Read& sum) { return load(sum.stable.sum, sum.at); }
  static Expr largest(const Read& sum) { return unary(Function::StopGradient, load(*sum.stable.largest, sum.at)); }

  Graph graph_;
  StableSums sums_;
  std::vector<int64_t> extents_;  ///< of the indices of the body being rewritten
};

}  // namespace

Graph stabilize(Graph graph) { return Stabilizer(std::move(graph)).run(); }

}  // namespace dnnc
