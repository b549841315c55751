#include "compiler/interpret/bound.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/interpret/function_bounds.h"
#include "compiler/interpret/schedule.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A term of a reduction, or its result: a value, and how far it may be off.
struct Bounded {
  double value = 0;
  double error = 0;
};

/// Any order of summation of n terms, in which no term goes through more than n roundings.
double rounding_of_terms(const std::vector<Bounded>& terms, double size, const Precision& precision) {
  return terms.size() == 1 ? 0 : 4 * static_cast<double>(terms.size()) * precision.roundoff * size;
}

double sum_bound(const std::vector<Bounded>& terms, const Precision& precision) {
  double errors = 0, size = 0;
  for (const Bounded& term : terms) {
    errors += term.error;
    size += std::fabs(term.value) + term.error;
  }
  return errors + rounding_of_terms(terms, size, precision);
}

/// A product on its way may fall below the smallest number, and grow again what was lost there.
double product_bound(const std::vector<Bounded>& terms, const Precision& precision) {
  double exact = 1, largest = 1, growth = 1;
  for (const Bounded& term : terms) {
    exact *= std::fabs(term.value);
    largest *= std::fabs(term.value) + term.error;
    growth *= std::max(1.0, std::fabs(term.value) + term.error);
  }
  double lost = terms.size() == 1 ? 0 : static_cast<double>(terms.size()) * precision.smallest_normal * growth;
  return largest - exact + rounding_of_terms(terms, largest, precision) + lost;
}

/// The best is what it is, but for the largest that another may come out as; `sign` is -1 for a minimum.
double extreme_bound(const std::vector<Bounded>& terms, double sign) {
  double low = -infinity, best = -infinity, high = -infinity;
  for (const Bounded& term : terms) {
    low = std::max(low, sign * term.value - term.error);
    best = std::max(best, sign * term.value);
    high = std::max(high, sign * term.value + term.error);
  }
  return std::isinf(best) && low == best ? 0 : std::max(high - best, best - low);
}

/// 0 if no other can come out before the best, else infinite. Terms known exactly may tie.
double extreme_place_bound(const std::vector<Bounded>& terms, double sign) {
  auto before = [&](const Bounded& a, const Bounded& b) { return sign * a.value < sign * b.value; };
  const Bounded& best = *std::max_element(terms.begin(), terms.end(), before);
  for (const Bounded& term : terms) {
    bool exact = term.error == 0 && best.error == 0;
    if (&term != &best && !exact && !(sign * (best.value - term.value) > best.error + term.error)) return infinity;
  }
  return 0;
}

double reduction_bound(Reduction reduction, const std::vector<Bounded>& terms, const Precision& precision) {
  switch (reduction) {
    case Reduction::None:
      return terms.front().error;
    case Reduction::Sum:
      return sum_bound(terms, precision);
    case Reduction::Product:
      return product_bound(terms, precision);
    case Reduction::Maximum:
      return extreme_bound(terms, 1);
    case Reduction::Minimum:
      return extreme_bound(terms, -1);
    case Reduction::ArgMaximum:
      return extreme_place_bound(terms, 1);
    case Reduction::ArgMinimum:
      return extreme_place_bound(terms, -1);
  }
  return infinity;
}

double draw_bound(const Draw& draw, double value, const Precision& precision) {
  double size = std::fabs(draw.a) + std::fabs(draw.b);
  switch (draw.distribution) {
    case Distribution::Uniform:
      return 8 * precision.roundoff * size;
    case Distribution::Normal:
      return 128 * precision.roundoff * size + rounding_bound(value, precision);
    case Distribution::Bernoulli:
      return 0;
  }
  return infinity;
}

/// Bounds of all registers of a body at a block of points, of which the values are known.
class BodyBounds {
 public:
  BodyBounds(const BodyCode& code, const BoundedValues& known, const Precision& precision)
      : code_(code), known_(known), precision_(precision), values_(code.instructions.size()), errors_(code.instructions.size()) {}

  void run(const Points& points) {
    run_body(code_, known_.values, points, values_);
    for (size_t place = 0; place < code_.instructions.size(); ++place) {
      if (const auto* load = std::get_if<LoadCode>(&code_.instructions[place])) {
        run_load(*load, points, errors_[place]);
        continue;
      }
      for (size_t lane = 0; lane < points.count; ++lane)
        errors_[place][lane] = error(code_.instructions[place], values_[place][lane], lane);
    }
  }

  Bounded term(size_t lane) const { return {values_.back()[lane], errors_.back()[lane]}; }

 private:
  double error(const Instruction& instruction, double value, size_t lane) const {
    return std::visit(
        match{[&](const NumberCode&) { return rounding_bound(value, precision_); },
              [&](const IndexCode&) { return rounding_bound(value, precision_); }, [&](const LoadCode&) { return infinity; },
              [&](const CallCode& call) { return call_error(call, value, lane); },
              [&](const DrawCode& draw) { return draw_bound(draw.draw, value, precision_); }},
        instruction);
  }

  void run_load(const LoadCode& load, const Points& points, Lanes& out) const {
    std::array<int64_t, block_size> elements;
    for (size_t run = 0; run < points.runs(); ++run) {
      size_t first = points.first[run];
      elements_read(code_, load, points, run, values_, elements.data());
      for (size_t lane = first; lane < points.first[run + 1]; ++lane) {
        int64_t element = elements[lane - first];
        out[lane] = element < 0 ? errors_[load.outside][lane] : known_.bounds[load.source][element];
        for (const GatherSubscript& gather : load.gathers)
          if (errors_[gather.value][lane] > 0) out[lane] = infinity;
      }
    }
  }

  double call_error(const CallCode& call, double value, size_t lane) const {
    std::array<double, 3> arguments{}, argument_errors{};
    for (int place = 0; place < info(call.function).arity; ++place) {
      arguments[place] = values_[call.arguments[place]][lane];
      argument_errors[place] = errors_[call.arguments[place]][lane];
    }
    return function_bound(call.function, arguments, argument_errors, value, precision_);
  }

  const BodyCode& code_;
  const BoundedValues& known_;
  const Precision& precision_;
  std::vector<Lanes> values_, errors_;  ///< a register each
};

void bound_comprehension(const Node& node, const BodyCode& code, const Box& box, const Precision& precision,
                         BoundedValues& known) {
  Reduction reduction = std::get<Comprehension>(node.kind).reduction;
  BodyBounds body(code, known, precision);
  std::vector<Bounded> terms;
  walk_box(
      node, box, [&](const Points& points) { body.run(points); },
      [&](size_t begin, size_t end) {
        for (size_t lane = begin; lane < end; ++lane) terms.push_back(body.term(lane));
      },
      [&](int64_t place) {
        double bound = reduction_bound(reduction, terms, precision), value = known.values[box.node][place];
        bool overflows = std::isfinite(value) && std::fabs(value) + bound > precision.largest;
        known.bounds[box.node][place] = std::isnan(bound) || overflows ? infinity : bound;
        terms.clear();
      });
}

Values bounds_of_input(const Values& values, const std::string& name, const Inputs& input_bounds,
                       const Precision& precision) {
  auto given = input_bounds.find(name);
  if (given != input_bounds.end()) return given->second;
  Values bounds;
  for (double value : values) bounds.push_back(rounding_bound(value, precision));
  return bounds;
}

}  // namespace

BoundedValues interpret_with_bounds(const Graph& graph, const Inputs& inputs, const Inputs& input_bounds,
                                    const Precision& precision) {
  BoundedValues result{interpret(graph, inputs), {}};
  std::vector<NodeId> computed;
  for (NodeId id : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[id].kind);
    result.bounds.push(input ? bounds_of_input(result.values[id], input->name, input_bounds, precision)
                             : Values(result.values[id].size()));
    check(result.bounds[id].size() == result.values[id].size(), "interpret_with_bounds: wrong number of bounds");
    if (!input) computed.push_back(id);
  }
  IdVector<NodeTag, BodyCode> code;
  for (NodeId id : node_ids(graph))
    code.push(std::holds_alternative<Comprehension>(graph[id].kind) ? compile_body(graph, id) : BodyCode{});
  Schedule(graph).run(computed, [&](const Box& box) {
    if (const auto* reshape = std::get_if<Reshape>(&graph[box.node].kind))
      result.bounds[box.node] = result.bounds[reshape->source];
    else bound_comprehension(graph[box.node], code[box.node], box, precision, result);
  });
  return result;
}

Comparison compare(const Values& computed, const Values& expected, const Values& bounds) {
  check(computed.size() == expected.size() && bounds.size() == expected.size(), "compare: arrays of different sizes");
  Comparison result;
  for (size_t element = 0; element < computed.size(); ++element) {
    double error = std::fabs(computed[element] - expected[element]), bound = bounds[element];
    bool equal =
        computed[element] == expected[element] || (std::isnan(computed[element]) && std::isnan(expected[element]));
    double share = equal || std::isinf(bound) ? 0 : bound > 0 ? error / bound : infinity;
    if (std::isnan(share)) share = infinity;
    if (share <= result.worst && element > 0) continue;
    result = {share, element, computed[element], expected[element], bound};
  }
  return result;
}

}  // namespace dnnc
