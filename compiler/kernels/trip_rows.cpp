#include "compiler/kernels/trip_rows.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"

namespace dnnc {
namespace {

constexpr uint32_t row = 0;
/// More parts than this serve no machine: each reads the weights again.
constexpr int64_t most_parts = 8;

bool mentions_row(const Subscript& subscript) {
  if (const auto* gather = std::get_if<Gather>(&subscript)) return indices_of(gather->value).contains(row);
  return mentions(std::get<Affine>(subscript), row);
}

class RowSearch {
 public:
  explicit RowSearch(const TripGraph& trip) : trip_(trip), graph_(trip.graph) {}

  /// Nothing where one row is made of another.
  std::optional<std::set<NodeId>> inputs_by_rows() {
    for (const auto& [member, node] : trip_.members)
      if (graph_[node].axes.empty() || graph_[node].axes[0].extent != rows()) return std::nullopt;
    for (NodeId node : node_ids(graph_))
      if (const Comprehension* formula = formula_of(graph_, node); formula && !keeps_rows_apart(*formula))
        return std::nullopt;
    for (NodeId node : by_rows_)
      if (shared_.contains(node)) return std::nullopt;
    return by_rows_;
  }

  int64_t rows() const { return graph_[trip_.members.begin()->second].axes[0].extent; }

 private:
  bool keeps_rows_apart(const Comprehension& formula) {
    bool apart = true;
    for_each(formula.body, [&](const Expression& part) {
      if (const auto* index = std::get_if<IndexValue>(&part.kind)) apart = apart && !mentions(index->value, row);
      if (const auto* draw = std::get_if<Draw>(&part.kind))
        apart = apart && !mentions(draw->example, row) && !mentions(draw->element, row);
      if (const auto* load = std::get_if<Load>(&part.kind)) apart = apart && reads_own_row(*load);
    });
    return apart;
  }

  /// At its own row, or at none: what is read so is the same for all.
  bool reads_own_row(const Load& load) {
    const bool is_input = trip_.inputs.contains(load.source);
    const auto mentioning = std::count_if(load.at.begin(), load.at.end(), mentions_row);
    if (mentioning == 0) {
      shared_.insert(load.source);
      return is_input;
    }
    const auto* first = std::get_if<Affine>(&load.at[0]);
    const bool own =
        mentioning == 1 && first && single_index(*first) == row && graph_[load.source].axes[0].extent == rows();
    if (own && is_input) by_rows_.insert(load.source);
    return own;
  }

  const TripGraph& trip_;
  const Graph& graph_;
  std::set<NodeId> by_rows_, shared_;
};

}  // namespace

int64_t bytes_of_rows(const Graph& graph, NodeId node, const std::set<std::string>& byte_fields) {
  return element_count(graph[node]) * runtime::bytes_of(storage_of(graph, node, byte_fields));
}

TripRows rows_of(const TripGraph& trip, int64_t least_rows, const std::set<std::string>& byte_fields,
                 const runtime::MemoryLayout& memory) {
  if (least_rows <= 0 || !trip.read_whole.empty()) return {};
  RowSearch search(trip);
  const auto read = search.inputs_by_rows();
  if (!read) return {};
  const auto fits = [&](NodeId node, int64_t parts) {
    return bytes_of_rows(trip.graph, node, byte_fields) / parts % memory.alignment == 0;
  };
  for (int64_t parts = most_parts; parts > 1; parts /= 2) {
    if (search.rows() % parts != 0 || search.rows() / parts < least_rows) continue;
    const auto node_fits = [&](NodeId node) {
      return (!formula_of(trip.graph, node) && !read->contains(node)) || fits(node, parts);
    };
    const auto nodes = node_ids(trip.graph);
    if (std::all_of(nodes.begin(), nodes.end(), node_fits)) return {parts, *read};
  }
  return {};
}

Graph part_of(const TripGraph& trip, const TripRows& rows) {
  Graph part = trip.graph;
  if (rows.parts == 1) return part;
  for (const auto& [node, read] : trip.inputs)  // no element of a setting: several trips are being made
    if (!read.array.valid()) std::get<Input>(part[node].kind).role = InputRole::Fitted;
  for (NodeId node : node_ids(part))
    if (formula_of(part, node) || rows.read.contains(node)) part[node].axes[0].extent /= rows.parts;
  return part;
}

}  // namespace dnnc
