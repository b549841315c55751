#include "compiler/interpret/interpret.h"

#include <algorithm>
#include <cmath>

#include "compiler/interpret/body_code.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// A reduction on its way, over values in row-major order.
class Accumulator {
 public:
  explicit Accumulator(Reduction reduction) : reduction_(reduction) {}

  void add(double value) {
    switch (reduction_) {
      case Reduction::None:
        best_ = value;
        break;
      case Reduction::Sum:
        best_ = count_ == 0 ? value : best_ + value;
        break;
      case Reduction::Product:
        best_ = count_ == 0 ? value : best_ * value;
        break;
      case Reduction::Maximum:
      case Reduction::ArgMaximum:
        keep_if(value, value > best_);
        break;
      case Reduction::Minimum:
      case Reduction::ArgMinimum:
        keep_if(value, value < best_);
        break;
    }
    ++count_;
  }
  double result() const {
    bool place = reduction_ == Reduction::ArgMaximum || reduction_ == Reduction::ArgMinimum;
    return place ? static_cast<double>(best_place_) : best_;
  }

 private:
  /// The first best; a NaN is better than any number, so that it is seen.
  void keep_if(double value, bool better) {
    if (count_ > 0 && !better && !(std::isnan(value) && !std::isnan(best_))) return;
    best_ = value;
    best_place_ = count_;
  }
  Reduction reduction_;
  double best_ = 0;
  int64_t count_ = 0;
  int64_t best_place_ = 0;
};

int64_t row_major_place(const std::vector<Axis>& axes, const Points& points, size_t lane) {
  int64_t place = 0;
  for (size_t axis = 0; axis < axes.size(); ++axis) place = place * axes[axis].extent + points.index[axis][lane];
  return place;
}

/// Computes the elements of a comprehension whose indices lie in [low, high).
void run_comprehension(const Node& node, const BodyCode& code, std::vector<int64_t> low, std::vector<int64_t> high,
                       const IdVector<NodeTag, Values>& values, Values& result) {
  const auto& comprehension = std::get<Comprehension>(node.kind);
  int64_t terms = 1, term = 0;
  for (const Axis& axis : comprehension.reduced) {
    terms *= axis.extent;
    low.push_back(0);
    high.push_back(axis.extent);
  }
  std::vector<Lanes> registers(code.instructions.size());
  Points points;
  Accumulator accumulator(comprehension.reduction);
  PointWalk walk(std::move(low), std::move(high));
  while (walk.next(points)) {
    run_body(code, values, points, registers);
    for (size_t lane = 0; lane < points.count; ++lane) {
      accumulator.add(registers.back()[lane]);
      if (++term < terms) continue;
      result[row_major_place(node.axes, points, lane)] = accumulator.result();
      accumulator = Accumulator(comprehension.reduction);
      term = 0;
    }
  }
}

Values input_values(const Node& node, const Input& input, const Inputs& inputs) {
  auto found = inputs.find(input.name);
  check(found != inputs.end(), "interpret: no value for the input \"" + input.name + "\"");
  check(static_cast<int64_t>(found->second.size()) == element_count(node),
        "interpret: the input \"" + input.name + "\" has " + std::to_string(found->second.size()) + " values, not " +
            std::to_string(element_count(node)));
  return found->second;
}

}  // namespace

Interpreter::Interpreter(Graph graph) : graph_(std::move(graph)) {
  for (NodeId node : node_ids(graph_)) {
    bool computed = std::holds_alternative<Comprehension>(graph_[node].kind);
    code_.push(computed ? std::make_unique<BodyCode>(compile_body(graph_, node)) : nullptr);
    recurrence_of_.push(nullptr);
  }
  for (const Recurrence& recurrence : graph_.recurrences)
    for (NodeId member : recurrence.members) recurrence_of_[member] = &recurrence;
}

Interpreter::~Interpreter() = default;

IdVector<NodeTag, Values> Interpreter::run(const Inputs& inputs) const {
  IdVector<NodeTag, Values> values;
  std::vector<NodeId> computed;
  for (NodeId node : node_ids(graph_)) {
    const auto* input = std::get_if<Input>(&graph_[node].kind);
    values.push(input ? input_values(graph_[node], *input, inputs) : Values(element_count(graph_[node])));
    if (!input) computed.push_back(node);
  }
  run_again(values, computed);
  return values;
}

void Interpreter::run_again(IdVector<NodeTag, Values>& values, const std::vector<NodeId>& nodes) const {
  for (NodeId id : nodes) {
    if (const Recurrence* recurrence = recurrence_of_[id]) {
      if (id == recurrence->members.front()) run_recurrence(values, *recurrence);
      continue;
    }
    const Node& node = graph_[id];
    std::visit(match{[](const Input&) { check(false, "interpret: an input is not computed"); },
                     [&](const Comprehension&) {
                       run_comprehension(node, *code_[id], std::vector<int64_t>(node.axes.size(), 0),
                                         extents_of(node.axes), values, values[id]);
                     },
                     [&](const Reshape& reshape) { values[id] = values[reshape.source]; },
                     [&](const Gradient&) {
                       check(false, "interpret: `" + node.name + "` is a gradient; differentiate comes first");
                     }},
               node.kind);
  }
}

void Interpreter::run_recurrence(IdVector<NodeTag, Values>& values, const Recurrence& recurrence) const {
  for (int64_t step = 0; step < recurrence.extent; ++step) {
    int64_t place = recurrence.backward ? recurrence.extent - 1 - step : step;
    for (size_t number = 0; number < recurrence.members.size(); ++number) {
      NodeId id = recurrence.members[number];
      const Node& node = graph_[id];
      std::vector<int64_t> low(node.axes.size(), 0), high = extents_of(node.axes);
      low[recurrence.axis[number]] = place;
      high[recurrence.axis[number]] = place + 1;
      run_comprehension(node, *code_[id], std::move(low), std::move(high), values, values[id]);
    }
  }
}

IdVector<NodeTag, Values> interpret(const Graph& graph, const Inputs& inputs) { return Interpreter(graph).run(inputs); }

const Output& output_named(const Graph& graph, OutputRole role, const std::string& name) {
  auto found = std::find_if(graph.outputs.begin(), graph.outputs.end(),
                            [&](const Output& output) { return output.role == role && output.name == name; });
  check(found != graph.outputs.end(), "interpret: no output \"" + name + "\"");
  return *found;
}

}  // namespace dnnc
