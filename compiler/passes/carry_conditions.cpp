#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/ir/gradient_paths.h"
#include "compiler/ir/looked_through.h"
#include "compiler/passes/formulas/insert_nodes.h"
#include "compiler/passes/formulas/product.h"
#include "compiler/passes/formulas/simplify_expression.h"
#include "compiler/passes/passes.h"

namespace dnnc {
namespace {

/// Larger conditions are left out, and formulas that take longer to look through.
constexpr size_t most_parts_of_condition = 40, most_visits = 2000;

size_t size_of(const Expr& expression) {
  size_t parts = 0;
  for_each(expression, [&](const Expression&) { ++parts; });
  return parts;
}

/// Where a node is read, over its own indices.
struct Need {
  bool always = false;
  Expr condition;  ///< null: nothing reads it
};

/// The conditions of the branches around a part of a formula, from the innermost out.
struct Branch {
  Expr condition;
  const Branch* around;
};

class Conditions {
 public:
  explicit Conditions(const Graph& graph) : graph_(graph) {
    for (const Output& output : graph.outputs) needs_[output.node].always = true;
    for (const Recurrence& recurrence : graph.recurrences)
      for (const NodeId member : recurrence.members) needs_[member].always = true;
    const std::vector<NodeId> nodes = node_ids(graph);
    for (size_t place = nodes.size(); place-- > 0;) read_by(nodes[place]);
  }
  const Need& of(NodeId node) { return needs_[node]; }

 private:
  void read_by(NodeId reader) {
    const Need& need = needs_[reader];
    if (!need.always && !need.condition) return;
    const auto* formula = std::get_if<Comprehension>(&graph_[reader].kind);
    if (!formula) {
      for (const NodeId source : sources_of(graph_, reader)) {
        if (passes_on_examples(reader, source)) add_need(source, need.condition);
        else needs_[source].always = true;
      }
      return;
    }
    visits_ = 0;
    seen_.clear();
    branches_.clear();
    visit(reader, formula->body, nullptr);
  }

  /// Whether the source, which the reader gives another shape, is read example by example under a condition about the example.
  bool passes_on_examples(NodeId reader, NodeId source) const {
    const Need& need = needs_.at(reader);
    if (need.always || !std::holds_alternative<Reshape>(graph_[reader].kind)) return false;
    const std::set<uint32_t> indices = indices_of(need.condition);
    return indices.empty() || (indices == std::set<uint32_t>{0} && batched(graph_[reader]) && batched(graph_[source]));
  }

  void visit(NodeId reader, const Expr& part, const Branch* branch) {
    if (!seen_.insert({part.get(), branch}).second) return;
    if (++visits_ > most_visits) return read_always(part);
    if (const auto* draw = std::get_if<Draw>(&part->kind)) {
      for (const auto setting : draw_settings)
        if ((draw->*setting).valid()) needs_[draw->*setting].always = true;
      return;
    }
    if (const auto* overridden = std::get_if<Overridden>(&part->kind)) {
      for (const Expr& one : {overridden->value, overridden->argument, overridden->derivative})
        visit(reader, one, branch);
      return;
    }
    if (const auto* read = std::get_if<Load>(&part->kind)) {
      for (const Subscript& subscript : read->at)
        if (const auto* gather = std::get_if<Gather>(&subscript)) visit(reader, gather->value, branch);
      if (read->outside) visit(reader, read->outside, branch);
      return add_read(reader, *read, branch);
    }
    const auto* call = std::get_if<Call>(&part->kind);
    if (!call) return;
    if (call->function != Function::Select) {
      for (const Expr& argument : call->arguments) visit(reader, argument, branch);
      return;
    }
    const Expr& condition = call->arguments[0];
    visit(reader, condition, branch);
    visit(reader, call->arguments[1], &branches_.emplace_back(Branch{condition, branch}));
    visit(reader, call->arguments[2], &branches_.emplace_back(Branch{dnnc::call(Function::Not, {condition}), branch}));
  }

  void read_always(const Expr& part) {
    for_each(part, [&](const Expression& expression) {
      if (const auto* read = std::get_if<Load>(&expression.kind)) needs_[read->source].always = true;
    });
  }

  /// What is read is needed where its reader is, as far as conditions can be told over its own indices.
  void add_read(NodeId reader, const Load& read, const Branch* branch) {
    Need& need = needs_[read.source];
    if (need.always) return;
    std::vector<Expr> conditions;
    for (; branch; branch = branch->around) conditions.push_back(branch->condition);
    if (const Need& of_reader = needs_[reader]; !of_reader.always) conditions.push_back(of_reader.condition);
    std::ranges::reverse(conditions);  // what two reads share stands first
    Expr all;
    for (const Expr& condition : conditions) {
      const std::optional<Expr> told = over_source(reader, read, condition);
      if (!told || (all && holds_in(all, *told))) continue;
      if (is_number(*told, 0)) return;  // never read here
      all = all ? call(Function::And, {all, *told}) : *told;
    }
    if (all) add_need(read.source, all);
    else need.always = true;
  }

  void add_need(NodeId source, const Expr& condition) {
    Need& need = needs_[source];
    const std::optional<Expr> either = need.condition ? either_of(need.condition, condition) : condition;
    if (!either) return void(need.always = true);
    need.condition = *either;
    need.always = need.always || size_of(need.condition) > most_parts_of_condition;
  }

  /// Where one of both holds; std::nullopt if that is everywhere.
  static std::optional<Expr> either_of(const Expr& a, const Expr& b) {
    if (same(a, b)) return a;
    if (same(call(Function::Not, {a}), b) || same(a, call(Function::Not, {b}))) return std::nullopt;
    const Call *both_a = call_of(a, Function::And), *both_b = call_of(b, Function::And);
    if (!both_a || !both_b || !same(both_a->arguments[0], both_b->arguments[0])) return call(Function::Or, {a, b});
    const std::optional<Expr> either = either_of(both_a->arguments[1], both_b->arguments[1]);
    return either ? call(Function::And, {both_a->arguments[0], *either}) : both_a->arguments[0];
  }

  /// Whether the condition is one of those that `all` asks for.
  static bool holds_in(const Expr& all, const Expr& condition) {
    if (same(all, condition)) return true;
    const Call* both = call_of(all, Function::And);
    return both && (holds_in(both->arguments[0], condition) || holds_in(both->arguments[1], condition));
  }

  /// The condition, which is over the indices of the reader, over those of what it reads; std::nullopt where it cannot be told,
  /// always holds, or depends on settings alone: which rows of a batch are examples.
  std::optional<Expr> over_source(NodeId reader, const Load& read, const Expr& condition) const {
    const std::vector<Axis> axes = all_axes(graph_[reader]);
    const Node& source = graph_[read.source];
    std::vector<std::optional<Affine>> place(axes.size());
    for (uint32_t axis = 0; axis < read.at.size(); ++axis) {
      const auto* at = std::get_if<Affine>(&read.at[axis]);
      if (!at || at->terms.size() != 1) continue;
      const Term& term = at->terms[0];
      if (term.coefficient != 1 || term.divisor != 1 || term.modulus != 0) continue;
      // Elsewhere a place of the source may lie outside of what the reader runs over, and arrays of the condition have none.
      const bool aligned = at->offset == 0 && source.axes[axis].extent == axes[term.index].extent;
      if (aligned || !reads_arrays(condition)) place[term.index] = affine(axis, 1, -at->offset);
    }
    std::vector<Affine> places(axes.size());
    for (const uint32_t index : indices_of(condition)) {
      if (!place[index]) return std::nullopt;
      places[index] = *place[index];
    }
    if (depends_on_settings(condition)) return std::nullopt;
    const std::optional<Expr> moved = try_substitute(condition, places, extents_of(all_axes(source)));
    if (!moved) return std::nullopt;
    Node context;
    context.axes = source.axes;
    const Expr simple = simplified(graph_, context, *moved, false);
    const auto* decided = std::get_if<Constant>(&simple->kind);
    if (decided && decided->value != 0) return std::nullopt;
    return decided ? simple : *moved;
  }

  static bool reads_arrays(const Expr& condition) {
    bool reads = false;
    for_each(condition, [&](const Expression& part) {
      const auto* read = std::get_if<Load>(&part.kind);
      reads = reads || (read && !read->at.empty()) || std::holds_alternative<Draw>(part.kind);
    });
    return reads;
  }

  bool depends_on_settings(const Expr& condition) const {
    bool loads = false, others = false;
    for_each(condition, [&](const Expression& part) {
      const auto* read = std::get_if<Load>(&part.kind);
      if (!read) return;
      const auto* input = std::get_if<Input>(&graph_[read->source].kind);
      loads = true;
      others = others || !input || input->role != InputRole::Setting;
    });
    return loads && !others;
  }

  const Graph& graph_;
  std::map<NodeId, Need> needs_;
  std::set<std::pair<const Expression*, const Branch*>> seen_;
  std::deque<Branch> branches_;
  size_t visits_ = 0;
};

/// The condition with its pointwise nodes that stand behind `node` written out.
Expr written_out(const Graph& graph, const Expr& condition, NodeId node) {
  const std::vector<int64_t> extents = extents_of(graph[node].axes);
  return rewrite(condition, [&](const Expr& part) {
    const auto* read = std::get_if<Load>(&part->kind);
    return read && read->source.value > node.value ? looked_through(graph, part, extents) : part;
  });
}

bool depends_on(const Graph& graph, const Expr& condition, NodeId node) {
  std::vector<NodeId> behind;
  for_each(condition, [&](const Expression& part) {
    const auto* read = std::get_if<Load>(&part.kind);
    if (read) behind.push_back(read->source);
  });
  return dependencies(graph, behind).contains(node);
}

/// Of a recurrence that runs to its end whatever the example, `if s < length` with a length that is all places, one side alone
/// is left: the adjoint reads the condition at later places, of which its range tells nothing.
void drop_decided_choices(Graph& graph) {
  for (const Recurrence& recurrence : graph.recurrences)
    for (const NodeId member : recurrence.members) {
      auto* formula = std::get_if<Comprehension>(&graph[member].kind);
      if (!formula) continue;
      formula->body = rewrite(formula->body, [&](const Expr& part) {
        const Call* choice = call_of(part, Function::Select);
        const Expr condition = choice ? simplified(graph, graph[member], choice->arguments[0], false) : part;
        const auto* decided = choice ? std::get_if<Constant>(&condition->kind) : nullptr;
        return decided ? choice->arguments[decided->value != 0 ? 1 : 2] : part;
      });
    }
}

}  // namespace

Graph carry_conditions(Graph graph) {
  std::vector<NodeId> losses;
  for (const NodeId node : node_ids(graph))
    if (const auto* gradient = std::get_if<Gradient>(&graph[node].kind)) losses.push_back(gradient->loss);
  if (losses.empty()) return graph;
  drop_decided_choices(graph);
  Conditions conditions(graph);
  bool changed = false;
  const NodeSet behind = dependencies(graph, losses);
  for (const NodeId node : node_ids(graph)) {
    auto* formula = std::get_if<Comprehension>(&graph[node].kind);
    const Need& need = conditions.of(node);
    if (!formula || need.always || !need.condition || !behind.contains(node)) continue;
    if (graph[node].element.kind != Element::Kind::Real || !may_be_no_number(graph, formula->body)) continue;
    const Expr condition = written_out(graph, need.condition, node);
    if (depends_on(graph, condition, node)) continue;
    formula->body = call(Function::Select, {condition, formula->body, constant(0)});
    changed = true;
  }
  return changed ? in_order(graph, readable_order(graph)) : graph;
}

}  // namespace dnnc
