#include "compiler/kernels/turn_matrices.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "compiler/passes/formulas/insert_nodes.h"

namespace dnnc {
namespace {

class MatrixTurning {
 public:
  explicit MatrixTurning(Graph graph) : graph_(std::move(graph)) {
    for (const Recurrence& recurrence : graph_.recurrences)
      members_.insert(recurrence.members.begin(), recurrence.members.end());
  }

  Graph run() {
    for (const Recurrence& recurrence : graph_.recurrences)
      for (size_t place = 0; place < recurrence.members.size(); ++place)
        turn(recurrence.members[place], recurrence.axis[place]);
    return turned_.empty() ? std::move(graph_) : in_order(graph_, readable_order(graph_));
  }

 private:
  void turn(NodeId member, uint32_t trip) {
    const Comprehension formula = *formula_of(graph_, member);
    if (!is_contraction(formula)) return;
    std::vector<Expr> factors = std::get<Call>(formula.body->kind).arguments;
    const auto last = static_cast<uint32_t>(graph_[member].axes.size() - 1);
    for (size_t number = 0; number < 2; ++number) {
      const Load& read = std::get<Load>(factors[number]->kind);
      if (indices_of(factors[1 - number]).contains(last)) continue;
      const auto axis = axis_to_turn(read, last, trip);
      if (!axis) continue;
      std::vector<Subscript> at = read.at;
      std::rotate(at.begin() + static_cast<std::ptrdiff_t>(*axis), at.begin() + static_cast<std::ptrdiff_t>(*axis) + 1,
                  at.end());
      factors[number] = load(turned(read.source, *axis), std::move(at));
      std::get<Comprehension>(graph_[member].kind).body = factors[0] * factors[1];
      return;
    }
  }

  /// The axis that the last index of the result runs along, if the array is the same in all trips and has others behind it.
  std::optional<size_t> axis_to_turn(const Load& read, uint32_t last, uint32_t trip) const {
    if (read.outside || members_.contains(read.source) || batched(graph_[read.source])) return std::nullopt;
    std::optional<size_t> found;
    for (size_t axis = 0; axis < read.at.size(); ++axis) {
      const auto* place = std::get_if<Affine>(&read.at[axis]);
      const auto index = place ? single_index(*place) : std::nullopt;
      if (!index || index == trip) return std::nullopt;
      if (index == last) found = axis;
    }
    const auto& axes = graph_[read.source].axes;
    if (!found) return std::nullopt;
    const bool lies_so = std::all_of(axes.begin() + static_cast<std::ptrdiff_t>(*found) + 1, axes.end(),
                                     [](const Axis& axis) { return axis.extent == 1; });
    return lies_so ? std::nullopt : found;
  }

  /// The array with this axis as its last.
  NodeId turned(NodeId source, size_t axis) {
    const auto [known, is_new] = turned_.try_emplace({source, axis});
    if (!is_new) return known->second;
    const Node like = graph_[source];
    const auto from = static_cast<std::ptrdiff_t>(axis);
    std::vector<Axis> axes = like.axes;
    std::rotate(axes.begin() + from, axes.begin() + from + 1, axes.end());
    std::vector<Subscript> at;
    for (uint32_t number = 0; number + 1 < axes.size(); ++number) at.emplace_back(affine(number));
    at.insert(at.begin() + from, affine(static_cast<uint32_t>(axes.size() - 1)));
    return known->second =
               add_comprehension(graph_, like.name, std::move(axes), {Reduction::None, {}, load(source, std::move(at))},
                                 like.span, like.element);
  }

  Graph graph_;
  std::set<NodeId> members_;
  std::map<std::pair<NodeId, size_t>, NodeId> turned_;
};

}  // namespace

Graph turn_matrices(Graph graph) {
  if (graph.recurrences.empty()) return graph;
  return MatrixTurning(std::move(graph)).run();
}

}  // namespace dnnc
