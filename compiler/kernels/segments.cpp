#include "compiler/kernels/segments.h"

#include <algorithm>
#include <optional>

#include "compiler/ir/affine.h"

namespace dnnc {
namespace {

/// Floats of a vector, and cycles to add one to its place: a load and a store that the next may have to wait for. No backend
/// is asked: the answer decides in which order terms are added, and is the same for all targets as the kernel's structure is.
constexpr int64_t vector = 8, cycles_of_addition = 5;

void add_conjuncts(const Expr& condition, std::vector<Expr>& conjuncts) {
  if (const Call* both = call_of(condition, Function::And)) {
    for (const Expr& one : both->arguments) add_conjuncts(one, conjuncts);
    return;
  }
  conjuncts.push_back(condition);
}

/// Conditions that hold wherever the body is not 0.
std::vector<Expr> conditions_of(Expr body) {
  std::vector<Expr> conditions;
  for (;;) {
    const Call* choice = call_of(body, Function::Select);
    if (!choice || !is_number(choice->arguments[2], 0)) return conditions;
    add_conjuncts(choice->arguments[0], conditions);
    body = choice->arguments[1];
  }
}

/// The segment of `value == v`: v is one of the result's first `axes` indices, the value is another for each term.
std::optional<Segment> segment_of(const Expr& condition, size_t axes) {
  const Call* test = call_of(condition, Function::Equal);
  if (!test) return std::nullopt;
  for (const size_t side : {0, 1}) {
    const auto* index = std::get_if<IndexValue>(&test->arguments[side]->kind);
    const auto axis = index ? single_index(index->value) : std::nullopt;
    const std::set<uint32_t> told_by = indices_of(test->arguments[1 - side]);
    const bool by_term = !told_by.empty() && *told_by.rbegin() >= axes;
    if (axis && *axis < axes && by_term && !told_by.contains(*axis)) return Segment{*axis, test->arguments[1 - side]};
  }
  return std::nullopt;
}

/// Whether the place along one axis is told without that along the other.
bool are_apart(const Segment& a, const Segment& b) {
  return a.axis != b.axis && !indices_of(a.value).contains(b.axis) && !indices_of(b.value).contains(a.axis);
}

/// Whether going through the terms once costs less than all terms for every place.
bool saves_work(const Node& node, const std::vector<Segment>& segments) {
  int64_t places = 1, terms = 1;
  for (const Segment& segment : segments) places *= node.axes[segment.axis].extent;
  for (const Axis& axis : std::get<Comprehension>(node.kind).reduced) terms *= axis.extent;
  const int64_t results = element_count(node), vectors = (results / places + vector - 1) / vector;
  return terms * vectors * cycles_of_addition + results / vector < terms * results / vector;
}

}  // namespace

std::vector<Segment> segments_of(const Node& node) {
  const auto* formula = std::get_if<Comprehension>(&node.kind);
  if (!formula || formula->reduction != Reduction::Sum) return {};
  std::vector<Segment> segments;
  for (const Expr& condition : conditions_of(formula->body)) {
    std::optional<Segment> found = segment_of(condition, node.axes.size());
    if (found &&
        std::all_of(segments.begin(), segments.end(), [&](const Segment& one) { return are_apart(one, *found); }))
      segments.push_back(std::move(*found));
  }
  if (!segments.empty() && !saves_work(node, segments)) return {};
  return segments;
}

}  // namespace dnnc
