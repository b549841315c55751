#include "compiler/interpret/bound.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/interpret/function_bounds.h"
#include "compiler/interpret/reduction_bounds.h"
#include "compiler/interpret/schedule.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Bounds of all registers of a body at a block of points, of which the values are known.
class BodyBounds {
 public:
  BodyBounds(const BodyCode& code, const BoundedValues& known, const Precision& precision)
      : code_(code),
        known_(known),
        precision_(precision),
        values_(code.instructions.size()),
        errors_(code.instructions.size()) {}

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
    return std::visit(match{[&](const NumberCode&) { return rounding_bound(value, precision_); },
                            [&](const IndexCode&) { return rounding_bound(value, precision_); },
                            [&](const LoadCode&) { return infinity; },
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
                         const Effort& effort, BoundedValues& known) {
  Reduction reduction = std::get<Comprehension>(node.kind).reduction;
  BodyBounds body(code, known, precision);
  std::vector<Bounded> terms;
  walk_box(
      node, box,
      [&](const Points& points) {
        effort.expect_going_on();
        body.run(points);
      },
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
                                    const Precision& precision, const Effort& effort) {
  BoundedValues result{interpret(graph, inputs, effort), {}};
  std::vector<NodeId> computed;
  for (NodeId id : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[id].kind);
    result.bounds.push(input ? bounds_of_input(result.values[id], input_key(*input), input_bounds, precision)
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
    else bound_comprehension(graph[box.node], code[box.node], box, precision, effort, result);
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
