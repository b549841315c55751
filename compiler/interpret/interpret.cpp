#include "compiler/interpret/interpret.h"

#include <algorithm>

#include "compiler/interpret/accumulator.h"
#include "compiler/interpret/products.h"
#include "compiler/interpret/schedule.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Boxes of fewer points are not worth the start of a thread.
constexpr int64_t points_of_a_thread = 500'000;

void run_by_terms(const Node& node, const BodyCode& code, const Box& box, const Effort& effort,
                  const IdVector<NodeTag, Values>& values, Values& result) {
  Reduction reduction = std::get<Comprehension>(node.kind).reduction;
  std::vector<Lanes> registers(code.instructions.size());
  Accumulator accumulator(reduction);
  walk_box(
      node, box,
      [&](const Points& points) {
        effort.expect_going_on();
        run_body(code, values, points, registers);
      },
      [&](size_t begin, size_t end) {
        const double* terms = registers.back().data();
        accumulator.add(terms + begin, terms + end);
      },
      [&](int64_t place) {
        result[place] = accumulator.result();
        accumulator = Accumulator(reduction);
      });
}

void run_products(const Node& node, const ProductCode& code, const Box& box, const Effort& effort,
                  const IdVector<NodeTag, Values>& values, Values& result) {
  const auto source = [&](const LoadCode& load) { return ProductSums<1>::Source{values[load.source].data(), false}; };
  const ProductSums<1> products(code, source(*code.a), source(*code.b));
  std::vector<double> sums(static_cast<size_t>(columns_of(box)));
  walk_across(
      node, box, [&](const Points&) { effort.expect_going_on(); },
      [&](const Points& points, size_t run, size_t column, bool first) {
        products.add(points, run, &sums[column], first);
      },
      [&](int64_t place) { std::ranges::copy(sums, &result[place]); });
}

void run_across(const Node& node, const BodyCode& code, const Box& box, const Effort& effort,
                const IdVector<NodeTag, Values>& values, Values& result) {
  const Reduction reduction = std::get<Comprehension>(node.kind).reduction;
  if (const auto product = product_of(code); product && reduction == Reduction::Sum)
    return run_products(node, *product, box, effort, values, result);
  std::vector<Lanes> registers(code.instructions.size());
  AccumulatorRow row(reduction, static_cast<size_t>(columns_of(box)));
  walk_across(
      node, box,
      [&](const Points& points) {
        effort.expect_going_on();
        run_body(code, values, points, registers);
      },
      [&](const Points& points, size_t run, size_t column, bool first) {
        const double* terms = registers.back().data();
        row.add(column, terms + points.first[run], terms + points.first[run + 1], first);
      },
      [&](int64_t place) { row.take(&result[place]); });
}

/// Rows of fewer elements are computed term by term.
constexpr int64_t least_columns = 4;

Values input_values(const Node& node, const Input& input, const Inputs& inputs) {
  auto found = inputs.find(input_key(input));
  check(found != inputs.end(), "interpret: no value for the input \"" + input.name + "\"");
  check(static_cast<int64_t>(found->second.size()) == element_count(node),
        "interpret: the input \"" + input.name + "\" has " + std::to_string(found->second.size()) + " values, not " +
            std::to_string(element_count(node)));
  return found->second;
}

}  // namespace

Interpreter::Interpreter(Graph graph) : graph_(std::move(graph)), schedule_(std::make_unique<Schedule>(graph_)) {
  for (NodeId node : node_ids(graph_)) {
    bool computed = std::holds_alternative<Comprehension>(graph_[node].kind);
    code_.push(computed ? std::make_unique<BodyCode>(compile_body(graph_, node)) : nullptr);
    const bool rows = computed && !std::get<Comprehension>(graph_[node].kind).reduced.empty() &&
                      !graph_[node].axes.empty() && graph_[node].axes.back().extent >= least_columns;
    across_.push(rows ? std::make_unique<BodyCode>(compile_body(graph_, node, PointOrder::AcrossElements)) : nullptr);
  }
}

Interpreter::~Interpreter() = default;

const BodyCode* Interpreter::code_across(const Box& box) const {
  return columns_of(box) >= least_columns ? across_[box.node].get() : nullptr;
}

IdVector<NodeTag, Values> Interpreter::run(const Inputs& inputs, const Effort& effort) const {
  IdVector<NodeTag, Values> values;
  std::vector<NodeId> computed;
  for (NodeId node : node_ids(graph_)) {
    const auto* input = std::get_if<Input>(&graph_[node].kind);
    values.push(input ? input_values(graph_[node], *input, inputs) : Values(element_count(graph_[node])));
    if (!input) computed.push_back(node);
  }
  schedule_->run(computed, [&](const Box& box) { compute(box, effort, values); });
  return values;
}

void Interpreter::compute(const Box& box, const Effort& effort, IdVector<NodeTag, Values>& values) const {
  const Node& node = graph_[box.node];
  const auto comprehension = [&](const Comprehension&) {
    const int64_t parts = std::clamp<int64_t>(points_of(node, box) / points_of_a_thread, 1, effort.threads);
    const std::vector<Box> boxes = split(box, parts);
    for_each_number(boxes.size(), effort.threads, [&](size_t part) {
      if (const BodyCode* across = code_across(boxes[part]))
        run_across(node, *across, boxes[part], effort, values, values[box.node]);
      else run_by_terms(node, code(box.node), boxes[part], effort, values, values[box.node]);
    });
  };
  std::visit(match{[](const Input&) { check(false, "interpret: an input is not computed"); }, comprehension,
                   [&](const Reshape& reshape) { values[box.node] = values[reshape.source]; },
                   [&](const Gradient&) {
                     check(false, "interpret: `" + node.name + "` is a gradient; differentiate comes first");
                   }},
             node.kind);
}

IdVector<NodeTag, Values> interpret(const Graph& graph, const Inputs& inputs, const Effort& effort) {
  return Interpreter(graph).run(inputs, effort);
}

int64_t bytes_of_values(const Graph& graph) {
  int64_t bytes = 0;
  for (const Node& node : graph.nodes) bytes += element_count(node) * static_cast<int64_t>(sizeof(double));
  return bytes;
}

const Output& output_named(const Graph& graph, OutputRole role, const std::string& name) {
  auto found = std::find_if(graph.outputs.begin(), graph.outputs.end(),
                            [&](const Output& output) { return output.role == role && output.name == name; });
  check(found != graph.outputs.end(), "interpret: no output \"" + name + "\"");
  return *found;
}

}  // namespace dnnc
