#include "test/campaign/layers.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace dnnc::campaign {
namespace {

using Names = std::vector<std::string>;

std::string listed(const Names& names) { return fmt::format("{}", fmt::join(names, ", ")); }

/// Writes one layer `name(x: f32[s0, s1, ...])`.
class LayerWriter {
 public:
  LayerWriter(Choices& choices, const Shape& shape, const std::vector<Term>& functions)
      : choices_(choices), shape_(shape), functions_(functions) {
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      sizes_.push_back(fmt::format("s{}", axis));
      indices_.push_back(fmt::format("i{}", axis));
    }
  }

  std::string text(const std::string& name, bool recurrences) {
    return fmt::format("layer {}(x: f32[{}]) {{\n{}}}\n", name, listed(sizes_), body(recurrences));
  }

 private:
  std::string body(bool recurrences) {
    const bool pair = shape_.size() == 2;
    // Where elements are read from is what gradients get wrong most.
    switch (choices_.below(recurrences && pair ? 14 : 13)) {
      case 0:
        return elementwise();
      case 1:
      case 2:
      case 3:
        return window();
      case 4:
      case 5:
      case 6:
      case 7:
        return moved();
      case 8:
        return normalized();
      case 9:
        return noise();
      case 10:
        return averaged();
      case 11:
        return pair ? pairs() : window();
      case 12:
        return weighted();
      default:
        return recurrence();
    }
  }
  std::string formula(const Names& leaves, int depth = 2) {
    return scalar_formula(choices_, leaves, functions_, depth);
  }
  std::string element() const { return fmt::format("x[{}]", listed(indices_)); }
  std::string reduction() { return choices_.one_of(Names{"sum", "mean", "max", "min"}); }
  /// How the elements of a parameter start: a draw, or a definition of the library for it.
  std::string start(const std::string& draw) {
    std::vector<Term> terms;
    for (const Term& term : library_terms())
      if (term.file == "initial_values.dnn") terms.push_back(term);
    if (!choices_.chance(2)) return draw;
    const Term& term = choices_.one_of(terms);
    Names arguments;
    for (size_t count = term.parameters.size(); count > 0; --count) arguments.push_back(choices_.chance(2) ? "7" : "3");
    return fmt::format("{}({})", term.name, listed(arguments));
  }

  /// Numbers from indices, a parameter of the last axis, formulas of both.
  std::string elementwise() {
    Names leaves = {element(), fmt::format("p[{}]", indices_.back())};
    for (const std::string& index : indices_) leaves.push_back(fmt::format("({} / 10)", index));
    std::string result = formula(leaves, 3);
    if (indices_.size() > 1 && choices_.chance(2))
      result = fmt::format("if {} <= {}: {} else: {}", indices_[1], indices_[0], result, formula(leaves));
    return fmt::format("  param p: f32[{}] ~ {}\n  y[{}] = {}\n", sizes_.back(), start("uniform(-1, 1)"),
                       listed(indices_), result);
  }

  /// A reduction over windows along some axes, and over the last one with weights.
  std::string window() {
    Names places, firsts, ranges, reduced, weights, weight_sizes;
    bool padded = false, contracted = false;
    for (size_t axis = 0; axis < shape_.size(); ++axis) {
      if (shape_.size() > 1 && axis + 1 == shape_.size()) break;
      const int64_t size = choices_.between(1, std::min<int64_t>(4, shape_[axis]));
      const int64_t most = size > 1 ? std::max<int64_t>(1, (shape_[axis] - 1) / (size - 1)) : 1;
      const int64_t dilation = choices_.between(1, std::min<int64_t>(3, most));
      const int64_t stride = choices_.between(1, 3), padding = choices_.chance(2) ? choices_.between(1, 2) : 0;
      padded |= padding > 0;
      places.push_back(fmt::format("{} * {} + d{} * {} - {}", indices_[axis], stride, axis, dilation, padding));
      firsts.push_back(fmt::format("{} * {} - {}", indices_[axis], stride, padding));
      ranges.push_back(fmt::format("{} in ({} + {} - {} - 1) // {} + 1", indices_[axis], sizes_[axis], 2 * padding,
                                   dilation * (size - 1), stride));
      reduced.push_back(fmt::format("d{} in {}", axis, size));
      weights.push_back(fmt::format("d{}", axis));
      weight_sizes.push_back(fmt::format("{}", size));
    }
    Names results(indices_.begin(), indices_.begin() + static_cast<long>(places.size()));
    if (shape_.size() > 1) {
      contracted = choices_.chance(2);
      const std::string width = fmt::format("{}", choices_.one_of(std::vector<int>{1, 2, 7, 10, 13}));
      places.push_back(contracted ? "q" : "f");
      firsts.push_back(places.back());
      if (contracted) {
        reduced.push_back(fmt::format("q in {}", sizes_.back()));
        weights.push_back("q");
        weight_sizes.push_back(sizes_.back());
      }
      weights.push_back("f");
      weight_sizes.push_back(contracted ? width : sizes_.back());
      results.push_back("f");
      ranges.push_back(fmt::format("f in {}", contracted ? width : sizes_.back()));
    }
    if (choices_.chance(4)) reduced.push_back("e in 3");  // which nothing reads
    const std::string weight = fmt::format("k[{}]", listed(weights));
    const std::string outside = !padded ? "" : choices_.chance(3) ? " else " + weight : " else 0";
    const std::string read = fmt::format("x[{}{}]", listed(places), outside);
    std::string reduced_by = reduction();
    std::string term = choices_.chance(2) ? formula({read, weight}) : fmt::format("{} * {}", read, weight);
    // A long product would be 0 whatever its factors. Here one is, and has a derivative.
    if (!contracted && choices_.chance(2)) {
      reduced_by = "product";
      term = fmt::format("({} - {} * stop_gradient(x[{}{}]))", read, choices_.chance(2) ? weight : "1", listed(firsts),
                         outside);
    }
    return fmt::format("  param k: f32[{}] ~ {}\n  y[{}] = {}({} for {})\n    for {}\n", listed(weight_sizes),
                       start("normal(0, 0.5)"), listed(results), reduced_by, term, listed(reduced), listed(ranges));
  }

  /// Elements at other places: axes permuted, slices, steps, backwards, repeated, two axes made one.
  std::string moved() {
    Names places, ranges, results;
    for (size_t axis = 0; axis < shape_.size(); ++axis) {
      const std::string &i = indices_[axis], &s = sizes_[axis];
      results.push_back(i);
      switch (choices_.below(6)) {
        case 0:
          places.push_back(i), ranges.push_back(fmt::format("{} in {}", i, s));
          break;
        case 1:
          places.push_back(fmt::format("{} - 1 - {}", s, i)), ranges.push_back(fmt::format("{} in {}", i, s));
          break;
        case 2: {
          const int64_t cut = choices_.between(0, std::min<int64_t>(3, shape_[axis] - 1));
          places.push_back(fmt::format("{} + {}", i, cut)), ranges.push_back(fmt::format("{} in {} - {}", i, s, cut));
          break;
        }
        case 3: {
          const int64_t step = choices_.between(2, 3);
          places.push_back(fmt::format("{} * {}", i, step));
          ranges.push_back(fmt::format("{} in ({} - 1) // {} + 1", i, s, step));
          break;
        }
        case 4: {
          const int64_t repeat = choices_.between(2, 3);
          places.push_back(fmt::format("{} // {}", i, repeat));
          ranges.push_back(fmt::format("{} in {} * {}", i, s, repeat));
          break;
        }
        default:
          places.push_back(fmt::format("{} % {}", i, s)), ranges.push_back(fmt::format("{} in {} * 2", i, s));
      }
    }
    if (shape_.size() > 1 && choices_.chance(2)) std::swap(results.front(), results.back());
    return fmt::format("  y[{}] = x[{}] for {}\n", listed(results), listed(places), listed(ranges));
  }

  /// Each row against what it reduces to.
  std::string normalized() {
    Names outer(indices_.begin(), indices_.end() - 1), inner = outer, again = indices_;
    const bool whole = outer.empty();
    inner.push_back("k");
    const std::string read = fmt::format("x[{}]", listed(inner));
    const std::string reduce =
        fmt::format("{}({} for k in {})", choices_.one_of(Names{"sum", "mean", "max", "min", "argmax", "argmin"}),
                    formula({read}), sizes_.back());
    const std::string of = whole ? "m" : fmt::format("m[{}]", listed(outer));
    return fmt::format("  {} = {}\n  y[{}] = {}\n", of, reduce, listed(indices_), formula({element(), of}));
  }

  std::string noise() {
    const std::string draw = choices_.one_of(Names{"bernoulli(0.5)", "uniform(-1, 1)", "normal(0, 0.5)"});
    const std::string other = choices_.chance(2) ? element() : formula({element()});
    return fmt::format("  y[{}] = if training: {} else: {}\n", listed(indices_), formula({element(), draw}, 1), other);
  }

  /// Values of the batch, kept for evaluation.
  std::string averaged() {
    Names outer = indices_;
    const std::string mean = fmt::format(
        "batch_mean({})", shape_.size() == 1 ? formula({element()}, 1) : "mean(" + formula({element()}, 1) + ")");
    const std::string f = indices_.back();
    return fmt::format(
        "  state average: f32[{}] = 0.5\n  m[{}] = if training: {} else: average[{}]\n"
        "  average = 0.9 * average + 0.1 * m\n  y[{}] = {}\n",
        sizes_.back(), f, mean, f, listed(indices_), formula({element(), fmt::format("m[{}]", f)}));
  }

  /// Every row against every other.
  std::string pairs() {
    const std::string score = choices_.chance(2) ? "x[i, k] * x[j, k]" : formula({"x[i, k]", "x[j, k]"}, 1);
    return fmt::format(
        "  a[i, j] = {}({} for k in s1) / s1\n  b[i, j] = exp(a[i, j]) / sum(exp(a[i, k]) for k in s0)\n"
        "  y[i, k] = sum(b[i, j] * x[j, k])\n",
        choices_.one_of(Names{"sum", "max"}), score);
  }

  std::string weighted() {
    Names outer(indices_.begin(), indices_.end() - 1), inner = outer, results = outer;
    inner.push_back("k");
    results.push_back("j");
    const int width = choices_.one_of(std::vector<int>{1, 2, 7, 10, 13, 33});
    const std::string read = fmt::format("x[{}]", listed(inner)), other = fmt::format("w[{}]", "k, j");
    return fmt::format("  param w: f32[{}, {}] ~ {}\n  y[{}] = {}({} for k in {})\n", sizes_.back(), width,
                       start("uniform(-0.5, 0.5)"), listed(results), reduction(), formula({read, other}, 1),
                       sizes_.back());
  }

  std::string recurrence() {
    const bool backward = choices_.chance(2), full = choices_.chance(2);
    const std::string place = backward ? "s + 1" : "s - 1";
    const std::string before =
        full ? fmt::format("sum(h[{}, k else 0] * u[k, j])", place) : fmt::format("(h[{}, j else 0] * u[j, j])", place);
    const std::string next = fmt::format("tanh({} + {})", formula({"x[s, j]", before}, 1), before);
    return "  param u: f32[s1, s1] ~ normal(0, 0.3)\n" + recurring(next, place, backward);
  }

  /// What is made of the next value of a state: it, more that is earlier, a mask, a second state.
  std::string recurring(const std::string& next, const std::string& place, bool backward) {
    switch (choices_.below(5)) {
      case 0:
        return fmt::format("  h[s, j] = {} + 0.25 * h[{}, j else 1]\n", next, backward ? "s + 2" : "s - 2");
      case 1:
        return fmt::format("  h[s, j] = if s < 2: {} else: h[{}, j else 0.5]\n", next, place);
      case 2:
        return fmt::format("  c[s, j] = {}\n  h[s, j] = c[s, j] * sigmoid(c[{}, j else 1])\n", next, place);
      default:
        return fmt::format("  h[s, j] = {}\n", next);
    }
  }

  Choices& choices_;
  const Shape& shape_;
  const std::vector<Term>& functions_;
  Names sizes_, indices_;
};

}  // namespace

std::string layer_text(Choices& choices, const std::string& name, const Shape& shape,
                       const std::vector<Term>& functions, bool recurrences) {
  return LayerWriter(choices, shape, functions).text(name, recurrences);
}

}  // namespace dnnc::campaign
