#include "compiler/interpret/sampled_bound.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "compiler/interpret/accumulator.h"
#include "compiler/interpret/function_bounds.h"
#include "compiler/interpret/products.h"
#include "compiler/interpret/reduction_bounds.h"
#include "compiler/interpret/schedule.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Numbers from -1 to 1: SplitMix64 (Steele, Lea and Flood 2014).
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}
  double next() {
    uint64_t bits = state_ += 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>(static_cast<int64_t>(bits ^ (bits >> 31))) * 0x1p-63;
  }

 private:
  uint64_t state_;
};

/// What computes a node; which of its instructions, and whether the node, depend on no input.
struct Body {
  BodyCode code;
  std::vector<bool> fixed;
  bool fixed_node = false;
  BodyCode across = {};  ///< of a sum of products (product_of)
};

Body body_of(const Graph& graph, NodeId node, const IdVector<NodeTag, Body>& bodies) {
  Body body{compile_body(graph, node), {}, false};
  for (const Instruction& instruction : body.code.instructions)
    body.fixed.push_back(std::visit(
        match{[](const NumberCode&) { return true; }, [](const IndexCode&) { return true; },
              [&](const LoadCode& load) {
                const bool gathers = std::ranges::all_of(
                    load.gathers, [&](const GatherSubscript& gather) { return body.fixed[gather.value]; });
                return bodies[load.source].fixed_node && gathers && (load.checked.empty() || body.fixed[load.outside]);
              },
              [&](const CallCode& call) {
                const auto end = call.arguments.begin() + info(call.function).arity;
                return std::all_of(call.arguments.begin(), end,
                                   [&](Register argument) { return body.fixed[argument]; });
              },
              [](const DrawCode&) { return true; }},
        instruction));
  body.fixed_node = body.fixed.back();
  const auto& comprehension = std::get<Comprehension>(graph[node].kind);
  const bool sum = comprehension.reduction == Reduction::Sum && !comprehension.reduced.empty();
  if (sum && !graph[node].axes.empty() && product_of(body.code))
    body.across = compile_body(graph, node, PointOrder::AcrossElements);
  return body;
}

/// What rounding of a reduction depends on.
struct Terms {
  double size = 0;    ///< sum of their sizes
  double growth = 1;  ///< product of those above 1
  int64_t count = 0;

  void add(const double* begin, const double* end) {
    count += end - begin;
    for (; begin != end; ++begin) {
      size += std::fabs(*begin);
      growth *= std::max(1.0, std::fabs(*begin));
    }
  }
};

/// A graph made ready for computations with roundings by chance.
struct RoundedProgram {
  RoundedProgram(const Graph& of, const Precision& precision_, Roundings roundings)
      : graph(of), schedule(of), precision(precision_), all(roundings == Roundings::All) {
    for (size_t node = 0; node < graph.nodes.size(); ++node) bodies.push({});  // a body may read nodes behind it
    for (NodeId id : node_ids(graph)) {
      if (std::holds_alternative<Comprehension>(graph[id].kind)) bodies[id] = body_of(graph, id, bodies);
      if (const auto* reshape = std::get_if<Reshape>(&graph[id].kind))
        bodies[id].fixed_node = bodies[reshape->source].fixed_node;
    }
  }

  const Graph& graph;
  Schedule schedule;
  const Precision& precision;
  bool all;
  IdVector<NodeTag, Body> bodies;
};

/// Whether rounding makes of a value at exact arguments a share of its own size.
bool is_arithmetic(Function function) {
  return function == Function::Add || function == Function::Subtract || function == Function::Multiply ||
         function == Function::Divide;
}

/// One computation with roundings by chance.
class RoundedRun {
 public:
  RoundedRun(const RoundedProgram& program, uint64_t seed, const Effort& effort)
      : program_(program), precision_(program.precision), effort_(effort), chance_(seed) {}

  IdVector<NodeTag, Values> run(const Inputs& inputs) {
    std::vector<NodeId> computed;
    for (NodeId id : node_ids(program_.graph)) {
      const Node& node = program_.graph[id];
      const auto* input = std::get_if<Input>(&node.kind);
      values_.push(input ? inputs.at(input_key(*input)) : Values(element_count(node)));
      if (!input) computed.push_back(id);
      else if (node.element.kind == Element::Kind::Real)
        for (double& value : values_[id]) value = off(value, rounding_bound(value, precision_));
    }
    program_.schedule.run(computed, [&](const Box& box) {
      if (const auto* reshape = std::get_if<Reshape>(&program_.graph[box.node].kind))
        values_[box.node] = values_[reshape->source];
      else run_comprehension(program_.graph[box.node], program_.bodies[box.node], box);
    });
    return std::move(values_);
  }

 private:
  /// The value as far off as the bound allows at most; what becomes too large for the format is infinite.
  double off(double value, double bound) {
    if (bound > 0 && std::isfinite(bound)) value += chance_.next() * bound;
    return std::fabs(value) > precision_.largest ? std::copysign(infinity, value) : value;
  }

  double own_bound(const Instruction& instruction, double value, const std::vector<Lanes>& registers,
                   size_t lane) const {
    return std::visit(
        match{[&](const NumberCode&) { return rounding_bound(value, precision_); },
              [&](const IndexCode&) { return rounding_bound(value, precision_); }, [](const LoadCode&) { return 0.0; },
              [&](const CallCode& call) {
                std::array<double, 3> arguments{};
                for (int place = 0; place < info(call.function).arity; ++place)
                  arguments[place] = registers[call.arguments[place]][lane];
                return function_bound(call.function, arguments, {}, value, precision_);
              },
              [&](const DrawCode& draw) { return draw_bound(draw.draw, value, precision_); }},
        instruction);
  }

  void round(const Instruction& instruction, size_t lane, std::vector<Lanes>& registers, Lanes& out) {
    out[lane] = off(out[lane], own_bound(instruction, out[lane], registers, lane));
  }

  /// What function_bound says of values that are neither tiny nor huge, most of all there are, written out.
  void round_arithmetic(const Instruction& instruction, size_t count, std::vector<Lanes>& registers, Lanes& out) {
    const Function function = std::get<CallCode>(instruction).function;
    const double share = std::max(info(function).rounding.units, precision_.units(function)) * precision_.roundoff;
    const double least = precision_.smallest_normal, most = precision_.largest / 4;
    for (size_t lane = 0; lane < count; ++lane) {
      const double size = std::fabs(out[lane]);
      if (size >= least && size <= most) out[lane] += chance_.next() * (share * size + least);
      else if (size != 0) round(instruction, lane, registers, out);
    }
  }

  void run_points(const Body& body, const Points& points, std::vector<Lanes>& registers) {
    effort_.expect_going_on();
    const BodyCode& code = body.code;
    for (size_t place = 0; place < code.instructions.size(); ++place) {
      const Instruction& instruction = code.instructions[place];
      run_instruction(code, place, values_, points, registers);
      if (std::holds_alternative<LoadCode>(instruction) || (body.fixed[place] && !program_.all)) continue;
      const auto* call = std::get_if<CallCode>(&instruction);
      if (call && is_arithmetic(call->function)) {
        round_arithmetic(instruction, points.count, registers, registers[place]);
        continue;
      }
      for (size_t lane = 0; lane < points.count; ++lane) round(instruction, lane, registers, registers[place]);
    }
  }

  /// Of a sum of n terms: sizes add up, and of their roundings some are up and some down, so that they grow with the
  /// root of n only (Higham and Mary 2019). A product may lose on its way what is below the smallest number. Choices
  /// among terms are exact.
  double reduction_rounding(Reduction reduction, double result, const Terms& terms) const {
    if (terms.count == 1) return 0;
    const auto count = static_cast<double>(terms.count);
    const double steps = 4 * std::sqrt(count) * precision_.roundoff;
    if (reduction == Reduction::Sum) return steps * terms.size;
    return reduction == Reduction::Product
               ? steps * std::fabs(result) + count * precision_.smallest_normal * terms.growth
               : 0;
  }

  /// Of the products each is off by a share of its own size; their sum, as one number by chance, by the same share of all sizes.
  void run_products(const Node& node, const Body& body, const ProductCode& product, const Box& box) {
    const bool rounds = program_.all || !body.fixed_node;
    const Values size_a = sizes(values_[product.a->source]), size_b = sizes(values_[product.b->source]);
    const ProductCode of_sizes{product.a, product.b, std::fabs(product.outside_a), std::fabs(product.outside_b)};
    const ProductSums<1> sums(product, {values_[product.a->source].data(), false},
                              {values_[product.b->source].data(), false});
    const ProductSums<1> size_sums(of_sizes, {size_a.data(), false}, {size_b.data(), false});
    int64_t count = 1;
    for (const Axis& axis : std::get<Comprehension>(node.kind).reduced) count *= axis.extent;
    const double share = info(Function::Multiply).rounding.units * precision_.roundoff;
    const auto columns = static_cast<size_t>(columns_of(box));
    std::vector<double> row(columns), row_sizes(columns);
    walk_across(
        node, box, [&](const Points&) { effort_.expect_going_on(); },
        [&](const Points& points, size_t run, size_t column, bool first) {
          sums.add(points, run, &row[column], first);
          if (rounds) size_sums.add(points, run, &row_sizes[column], first);
        },
        [&](int64_t place) {
          for (size_t column = 0; column < columns; ++column, ++place) {
            const Terms terms{row_sizes[column], 1, count};
            const double products = share * terms.size + static_cast<double>(count) * precision_.smallest_normal;
            const double bound = products + reduction_rounding(Reduction::Sum, row[column], terms);
            values_[box.node][place] = rounds ? off(row[column], bound) : row[column];
          }
        });
  }

  static Values sizes(Values values) {
    for (double& value : values) value = std::fabs(value);
    return values;
  }

  void run_comprehension(const Node& node, const Body& body, const Box& box) {
    if (!body.across.instructions.empty())
      if (const auto product = product_of(body.across)) return run_products(node, body, *product, box);
    const Reduction reduction = std::get<Comprehension>(node.kind).reduction;
    std::vector<Lanes> registers(body.code.instructions.size());
    const bool rounds = program_.all || !body.fixed_node;
    Accumulator accumulator(reduction);
    Terms terms;
    walk_box(
        node, box, [&](const Points& points) { run_points(body, points, registers); },
        [&](size_t begin, size_t end) {
          const double* values = registers.back().data();
          accumulator.add(values + begin, values + end);
          terms.add(values + begin, values + end);
        },
        [&](int64_t place) {
          const double result = accumulator.result();
          values_[box.node][place] = rounds ? off(result, reduction_rounding(reduction, result, terms)) : result;
          accumulator = Accumulator(reduction);
          terms = {};
        });
  }

  const RoundedProgram& program_;
  const Precision& precision_;
  const Effort& effort_;
  Chance chance_;
  IdVector<NodeTag, Values> values_;
};

/// How far the computation is from the value; infinite where one of them is no number.
double distance(double computed, double value) {
  if (computed == value || (std::isnan(computed) && std::isnan(value))) return 0;
  const double result = std::fabs(computed - value);
  return std::isnan(result) ? infinity : result;
}

}  // namespace

IdVector<NodeTag, Values> interpret_rounded(const Graph& graph, const Inputs& inputs, const Precision& precision,
                                            Roundings roundings, uint64_t seed) {
  const RoundedProgram program(graph, precision, roundings);
  const Effort effort;
  return RoundedRun(program, seed, effort).run(inputs);
}

bool is_loose(double bound, double largest) { return bound > 1e-3 * largest; }

double largest_of(const Values& values) {
  double largest = 0;
  for (const double value : values)
    if (std::isfinite(value)) largest = std::max(largest, std::fabs(value));
  return largest;
}

void lower_bounds(BoundedValues& known, const Graph& graph, const Inputs& inputs, const std::vector<NodeId>& nodes,
                  const Precision& precision, Roundings roundings, int runs, const Effort& effort) {
  const RoundedProgram program(graph, precision, roundings);
  std::vector<Values> furthest;
  for (const NodeId node : nodes) furthest.emplace_back(known.values[node].size());
  std::mutex mutex;
  for_each_number(static_cast<size_t>(runs), effort.threads, [&](size_t run) {
    const IdVector<NodeTag, Values> rounded = RoundedRun(program, run, effort).run(inputs);
    const std::scoped_lock lock(mutex);
    for (size_t place = 0; place < nodes.size(); ++place)
      for (size_t element = 0; element < furthest[place].size(); ++element)
        furthest[place][element] = std::max(
            furthest[place][element], distance(rounded[nodes[place]][element], known.values[nodes[place]][element]));
  });
  for (size_t place = 0; place < nodes.size(); ++place)
    for (size_t element = 0; element < furthest[place].size(); ++element) {
      double& bound = known.bounds[nodes[place]][element];
      bound = std::min(bound, 8 * furthest[place][element]);
    }
}

}  // namespace dnnc
