#include "compiler/kernels/streams.h"

#include <map>

#include "compiler/kernels/access.h"
#include "compiler/passes/formulas/insert_nodes.h"

namespace dnnc {
namespace {

class Streams {
 public:
  explicit Streams(Graph graph) : graph_(std::move(graph)) {}

  Graph run() {
    for (NodeId node : node_ids(graph_)) {
      if (!formula_of(graph_, node)) continue;
      const Expr whole = formula_of(graph_, node)->body;  // nodes that are added move the formula
      Expr body = rewrite(whole, [this](const Expr& part) { return without_stream(part); });
      std::get<Comprehension>(graph_[node].kind).body = std::move(body);
    }
    if (inputs_.empty()) return std::move(graph_);
    NodeChanges changes;
    for (const auto& [stream, input] : inputs_) changes.before[NodeId{0}].push_back(input);
    return insert_nodes(std::move(graph_), changes);
  }

 private:
  Expr without_stream(const Expr& part) {
    const auto* old = std::get_if<Draw>(&part->kind);
    if (!old || !std::holds_alternative<uint64_t>(old->stream)) return part;
    Draw changed = *old;
    changed.stream = input_of_stream(std::get<uint64_t>(old->stream));
    return draw(std::move(changed));
  }

  NodeId input_of_stream(uint64_t stream) {
    const auto [known, is_new] = inputs_.try_emplace(stream);
    if (is_new)
      known->second = add_input(graph_, {InputRole::Stream, std::to_string(stream), ""}, {{"word", 2, false}},
                                {Element::Kind::Integer, 0}, {});
    return known->second;
  }

  Graph graph_;
  std::map<uint64_t, NodeId> inputs_;
};

}  // namespace

Graph take_out_streams(Graph graph) { return Streams(std::move(graph)).run(); }

}  // namespace dnnc
