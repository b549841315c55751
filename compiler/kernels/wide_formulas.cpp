#include "compiler/kernels/wide_formulas.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "compiler/kernels/access.h"
#include "compiler/passes/formulas/insert_nodes.h"
#include "compiler/passes/formulas/own_element.h"

namespace dnnc {
namespace {

size_t arrays_read(const Expr& expression) {
  std::set<NodeId> sources;
  for_each(expression, [&](const Expression& part) {
    if (const auto* load = std::get_if<Load>(&part.kind)) sources.insert(load->source);
  });
  return sources.size();
}

class Cutting {
 public:
  explicit Cutting(Graph graph) : graph_(std::move(graph)) {}

  Graph run() {
    for (NodeId node : node_ids(graph_)) {
      const Comprehension* formula = formula_of(graph_, node);
      if (!formula || formula->reduction != Reduction::None) continue;
      const Expr whole = formula->body;  // nodes that are added move the formula
      if (arrays_read(whole) <= most_arrays_of_formula) continue;
      node_ = node;
      loads_.clear();
      Expr body = rewrite(whole, [this](const Expr& expression) { return with_few_arrays(expression); });
      std::get<Comprehension>(graph_[node].kind).body = std::move(body);
    }
    return insert_nodes(std::move(graph_), changes_);
  }

 private:
  /// From the inside out: where a call reads too many arrays, that of its arguments that reads most becomes a node.
  Expr with_few_arrays(const Expr& expression) {
    const auto* call = std::get_if<Call>(&expression->kind);
    if (!call || arrays_read(expression) <= most_arrays_of_formula) return expression;
    std::vector<Expr> arguments = call->arguments;
    const auto widest = std::max_element(arguments.begin(), arguments.end(),
                                         [](const Expr& a, const Expr& b) { return arrays_read(a) < arrays_read(b); });
    *widest = computed_apart(*widest);
    return dnnc::call(call->function, std::move(arguments));
  }

  Expr computed_apart(const Expr& part) {
    Expr& known = loads_[part.get()];
    if (known) return known;
    const Node whole = graph_[node_];
    const NodeId node = add_comprehension(graph_, whole.name, whole.axes, {Reduction::None, {}, part}, whole.span);
    changes_.before[node_].push_back(node);
    return known = own_element(graph_, node);
  }

  Graph graph_;
  NodeChanges changes_;
  NodeId node_;                                          ///< that is being cut
  std::unordered_map<const Expression*, Expr> loads_{};  ///< of its parts that are nodes now
};

}  // namespace

Graph cut_wide_formulas(Graph graph) { return Cutting(std::move(graph)).run(); }

}  // namespace dnnc
