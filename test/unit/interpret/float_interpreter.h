#pragma once
#include <cmath>
#include <vector>

#include "compiler/interpret/interpret.h"
#include "compiler/ir/affine.h"
#include "compiler/support/match.h"

namespace dnnc {

/// Runs a graph in float32, element by element over the trees of expressions, sums from the last term to the first:
/// what a kernel might do. Every function from exp to erf but sqrt is off by up to `sloppiness` units of roundoff.
class FloatInterpreter {
 public:
  FloatInterpreter(const Graph& graph, const Inputs& inputs, double sloppiness)
      : graph_(graph), sloppiness_(sloppiness) {
    for (NodeId id : node_ids(graph)) {
      values_.push(std::vector<float>(element_count(graph[id])));
      if (const auto* input = std::get_if<Input>(&graph[id].kind)) {
        const Values& given = inputs.at(input->name);
        values_[id].assign(given.begin(), given.end());
      }
    }
  }

  const IdVector<NodeTag, std::vector<float>>& run() {
    std::vector<bool> done(graph_.nodes.size(), false);
    for (NodeId id : node_ids(graph_)) {
      if (done[id.value]) continue;
      const Recurrence* recurrence = nullptr;
      for (const Recurrence& one : graph_.recurrences)
        if (one.members[0] == id) recurrence = &one;
      if (recurrence) run_recurrence(*recurrence, done);
      else if (const auto* reshape = std::get_if<Reshape>(&graph_[id].kind)) values_[id] = values_[reshape->source];
      else if (std::holds_alternative<Comprehension>(graph_[id].kind)) run_node(id, -1, 0);
    }
    return values_;
  }

 private:
  using Indices = std::vector<int64_t>;

  void run_recurrence(const Recurrence& recurrence, std::vector<bool>& done) {
    for (int64_t step = 0; step < recurrence.extent; ++step)
      for (size_t number = 0; number < recurrence.members.size(); ++number) {
        int64_t place = recurrence.backward ? recurrence.extent - 1 - step : step;
        run_node(recurrence.members[number], recurrence.axis[number], place);
        done[recurrence.members[number].value] = true;
      }
  }

  static Indices indices_of(int64_t place, const std::vector<Axis>& axes) {
    Indices indices(axes.size());
    for (size_t axis = axes.size(); axis-- > 0; place /= axes[axis].extent) indices[axis] = place % axes[axis].extent;
    return indices;
  }

  /// Only the elements at `along` of axis `fixed`, if that is not -1.
  void run_node(NodeId id, int64_t fixed, int64_t along) {
    const Node& node = graph_[id];
    for (int64_t place = 0; place < element_count(node); ++place) {
      Indices indices = indices_of(place, node.axes);
      if (fixed < 0 || indices[fixed] == along) values_[id][place] = reduced(node, indices);
    }
  }

  float reduced(const Node& node, const Indices& indices) {
    const auto& comprehension = std::get<Comprehension>(node.kind);
    int64_t count = 1;
    for (const Axis& axis : comprehension.reduced) count *= axis.extent;
    float best = 0;
    int64_t best_place = -1;
    for (int64_t place = count - 1; place >= 0; --place) {
      Indices all = indices, inner = indices_of(place, comprehension.reduced);
      all.insert(all.end(), inner.begin(), inner.end());
      float term = value(comprehension.body, all);
      if (comprehension.reduction == Reduction::Sum) best += term;
      else if (comprehension.reduction == Reduction::Product) best = best_place < 0 ? term : best * term;
      else if (best_place < 0 || !worse(comprehension.reduction, term, best)) best = term;
      else continue;
      best_place = place;
    }
    bool asks_place =
        comprehension.reduction == Reduction::ArgMaximum || comprehension.reduction == Reduction::ArgMinimum;
    return asks_place ? static_cast<float>(best_place) : best;
  }

  static bool worse(Reduction reduction, float term, float best) {
    bool least = reduction == Reduction::Minimum || reduction == Reduction::ArgMinimum;
    return reduction != Reduction::None && (least ? term > best : term < best);
  }

  float value(const Expr& expression, const Indices& at) {
    return std::visit(
        match{[&](const Constant& constant) { return static_cast<float>(constant.value); },
              [&](const IndexValue& index) { return static_cast<float>(value_at(index.value, at)); },
              [&](const Load& load) { return loaded(load, at); }, [&](const Call& call) { return called(call, at); },
              [&](const Overridden& overridden) { return value(overridden.value, at); },
              [&](const Draw& draw) {
                auto setting = [&](NodeId id) { return static_cast<uint64_t>(values_[id][0]); };
                return static_cast<float>(draw_value(draw, setting(draw.seed), setting(draw.step),
                                                     value_at(draw.example, at), value_at(draw.element, at)));
              }},
        expression->kind);
  }

  float loaded(const Load& load, const Indices& at) {
    int64_t element = 0;
    const std::vector<Axis>& axes = graph_[load.source].axes;
    for (size_t axis = 0; axis < axes.size(); ++axis) {
      int64_t place = std::visit(match{[&](const Affine& affine) { return value_at(affine, at); },
                                       [&](const Gather& gather) { return int64_t(value(gather.value, at)); }},
                                 load.at[axis]);
      if (place < 0 || place >= axes[axis].extent) return value(load.outside, at);
      element = element * axes[axis].extent + place;
    }
    return values_[load.source][element];
  }

  float called(const Call& call, const Indices& at) {
    double arguments[3] = {};
    for (size_t place = 0; place < call.arguments.size(); ++place) arguments[place] = value(call.arguments[place], at);
    double exact = evaluate(call.function, arguments);
    bool approximated = call.function >= Function::Exp && call.function <= Function::Erf;
    if (!approximated || call.function == Function::Sqrt) return static_cast<float>(exact);
    sign_ = -sign_;
    return static_cast<float>(exact * (1 + sign_ * sloppiness_ * 0x1p-24));
  }

  const Graph& graph_;
  double sloppiness_, sign_ = 1;
  IdVector<NodeTag, std::vector<float>> values_;
};

}  // namespace dnnc
