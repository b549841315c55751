#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/passes/formulas/insert_nodes.h"
#include "compiler/passes/passes.h"

namespace dnnc {
namespace {

/// sum(shared * own): of the result's last index only `own` knows, the place in an array of numbers that no example has a part in.
struct SharedProduct {
  NodeId node;
  Load shared, own;
};

/// Whether the index is the place along one axis, and in no other subscript.
bool runs_along_an_axis(const Load& load, uint32_t index) {
  int64_t axes = 0;
  for (const Subscript& subscript : load.at) {
    const auto* place = std::get_if<Affine>(&subscript);
    if (!place) return false;
    if (!mentions(*place, index)) continue;
    if (single_index(*place) != index) return false;
    ++axes;
  }
  return axes == 1;
}

bool same_extents(const std::vector<Axis>& a, const std::vector<Axis>& b) { return extents_of(a) == extents_of(b); }

class ProductMerging {
 public:
  explicit ProductMerging(Graph graph) : graph_(std::move(graph)) {
    for (size_t number = 0; number < graph_.recurrences.size(); ++number)
      for (NodeId member : graph_.recurrences[number].members) recurrence_of_[member] = number;
    for (NodeId node : node_ids(graph_)) {
      if (std::holds_alternative<Comprehension>(graph_[node].kind)) {
        if (recurrence_of_.contains(node))
          for (NodeId source : sources_of(graph_, node)) read_by_member_.insert(source);
        continue;
      }
      for (NodeId source : sources_of(graph_, node)) fixed_.insert(source);
    }
    for (const Output& output : graph_.outputs) fixed_.insert(output.node);
  }

  Graph run() {
    std::vector<std::vector<SharedProduct>> groups;
    for (NodeId node : node_ids(graph_))
      for (const SharedProduct& product : products_of(node))
        if (add_to(groups, product)) break;
    for (const auto& group : groups)
      if (group.size() > 1) merge(group);
    return merged_.empty() ? std::move(graph_) : finished();
  }

 private:
  /// Both ways to see a product as one, if the node is one of a recurrence or of what a recurrence reads.
  std::vector<SharedProduct> products_of(NodeId id) const {
    const Node& node = graph_[id];
    const auto* formula = std::get_if<Comprehension>(&node.kind);
    if (!formula || formula->reduction != Reduction::Sum || node.axes.empty() || fixed_.contains(id)) return {};
    if (!read_by_member_.contains(id)) return {};
    const Call* product = call_of(formula->body, Function::Multiply);
    if (!product) return {};
    const auto last = static_cast<uint32_t>(node.axes.size() - 1);
    std::vector<SharedProduct> found;
    for (size_t first = 0; first < 2; ++first) {
      const auto* shared = std::get_if<Load>(&product->arguments[first]->kind);
      const auto* own = std::get_if<Load>(&product->arguments[1 - first]->kind);
      if (!shared || !own || own->outside || indices_of(product->arguments[first]).contains(last)) continue;
      if (runs_along_an_axis(*own, last) && can_be_stacked(*own)) found.push_back({id, *shared, *own});
    }
    return found;
  }

  bool can_be_stacked(const Load& own) const {
    const Node& array = graph_[own.source];
    return !recurrence_of_.contains(own.source) && !batched(array) && array.element.kind == Element::Kind::Real;
  }

  std::optional<size_t> recurrence_of(NodeId node) const {
    const auto found = recurrence_of_.find(node);
    return found == recurrence_of_.end() ? std::nullopt : std::optional(found->second);
  }

  bool belong_together(const SharedProduct& a, const SharedProduct& b) const {
    const Node &x = graph_[a.node], &y = graph_[b.node];
    const auto whole = [](const Load& read) { return load(read.source, read.at, read.outside); };
    const auto place = [&](const Load& read) { return load(a.own.source, read.at); };
    return recurrence_of(a.node) == recurrence_of(b.node) && same_extents(all_axes(x), all_axes(y)) &&
           same_extents(graph_[a.own.source].axes, graph_[b.own.source].axes) &&
           same(whole(a.shared), whole(b.shared)) && same(place(a.own), place(b.own));
  }

  /// Whether the product has found others; the first of its kind waits for them.
  bool add_to(std::vector<std::vector<SharedProduct>>& groups, const SharedProduct& product) const {
    for (auto& group : groups)
      if (belong_together(group.front(), product)) {
        group.push_back(product);
        return true;
      }
    groups.push_back({product});
    return false;
  }

  void merge(std::vector<SharedProduct> group) {
    std::erase_if(group, [&](const SharedProduct& product) { return merged_.contains(product.node); });
    if (group.size() < 2) return;
    const SharedProduct& first = group.front();
    const Node like = graph_[first.node];
    const auto formula = std::get<Comprehension>(like.kind);
    const auto side = static_cast<uint32_t>(like.axes.size() - 1);  // before the last axis
    std::vector<Axis> axes = like.axes;
    axes.insert(axes.begin() + side, side_axis(group.size(), all_axes(like)));
    std::vector<Affine> moved;
    for (uint32_t index = 0; index < all_axes(like).size(); ++index)
      moved.push_back(affine(index < side ? index : index + 1));
    const auto extents = [&] {
      std::vector<int64_t> all = extents_of(axes);
      for (const Axis& axis : formula.reduced) all.push_back(axis.extent);
      return all;
    }();
    const Expr shared = substitute(load(first.shared.source, first.shared.at, first.shared.outside), moved, extents);
    Load beside = std::get<Load>(substitute(load(first.own.source, first.own.at), moved, extents)->kind);
    beside.at.insert(beside.at.begin(), affine(side));
    const Expr own = load(stacked(group), beside.at);
    const NodeId node =
        add_comprehension(graph_, like.name, axes, {Reduction::Sum, formula.reduced, shared * own}, like.span);
    for (size_t place = 0; place < group.size(); ++place) merged_[group[place].node] = {node, place};
    add_member(first.node, node);
  }

  static Axis side_axis(size_t count, const std::vector<Axis>& others) {
    std::string name = "side";
    while (std::ranges::any_of(others, [&](const Axis& axis) { return axis.name == name; })) name += "'";
    return {name, static_cast<int64_t>(count)};
  }

  /// The arrays of a group one after the other: rows of one lie nearer to each other than rows of arrays side by side would. Sums
  /// of which all terms but one are 0 have adjoints that are one of the arrays.
  NodeId stacked(const std::vector<SharedProduct>& group) {
    std::vector<NodeId> arrays;
    for (const SharedProduct& product : group) arrays.push_back(product.own.source);
    const auto [known, is_new] = stacked_.try_emplace(arrays);
    if (!is_new) return known->second;
    const Node like = graph_[arrays.front()];
    std::vector<Axis> axes = like.axes;
    axes.insert(axes.begin(), side_axis(group.size(), like.axes));
    std::vector<Subscript> at;
    for (uint32_t axis = 1; axis < axes.size(); ++axis) at.emplace_back(affine(axis));
    Expr sum;
    for (size_t place = 0; place < arrays.size(); ++place) {
      const Expr here = call(Function::Equal, {index_value(0), constant(static_cast<double>(place))});
      const Expr one = call(Function::Select, {here, load(arrays[place], at), constant(0)});
      sum = sum ? sum + one : one;
    }
    return known->second = add_comprehension(graph_, like.name, axes, {Reduction::None, {}, sum}, like.span);
  }

  /// Stands in the place of the first product that it is made of.
  void add_member(NodeId first, NodeId node) {
    const auto number = recurrence_of(first);
    if (!number) return;
    Recurrence& recurrence = graph_.recurrences[*number];
    const auto place = std::ranges::find(recurrence.members, first) - recurrence.members.begin();
    recurrence.members[static_cast<size_t>(place)] = node;
  }

  Graph finished() {
    for (NodeId node : node_ids(graph_)) {
      auto* formula = std::get_if<Comprehension>(&graph_[node].kind);
      if (formula) formula->body = rewrite(formula->body, [&](const Expr& part) { return read_in_merged(part); });
    }
    for (Recurrence& recurrence : graph_.recurrences) {
      Recurrence left{{}, {}, recurrence.extent, recurrence.backward};
      for (size_t place = 0; place < recurrence.members.size(); ++place) {
        if (merged_.contains(recurrence.members[place])) continue;
        left.members.push_back(recurrence.members[place]);
        left.axis.push_back(recurrence.axis[place]);
      }
      recurrence = std::move(left);
    }
    std::vector<NodeId> order = readable_order(graph_);
    std::erase_if(order, [&](NodeId node) { return merged_.contains(node); });
    return in_order(graph_, order);
  }

  Expr read_in_merged(const Expr& part) const {
    const auto* read = std::get_if<Load>(&part->kind);
    const auto found = read ? merged_.find(read->source) : merged_.end();
    if (found == merged_.end()) return part;
    std::vector<Subscript> at = read->at;
    at.insert(at.end() - 1, affine_constant(static_cast<int64_t>(found->second.place)));
    return load(found->second.node, std::move(at), read->outside);
  }

  struct Merged {
    NodeId node;
    size_t place;
  };

  Graph graph_;
  std::map<NodeId, size_t> recurrence_of_;
  std::set<NodeId> read_by_member_;
  std::set<NodeId> fixed_;  ///< read by others than formulas
  std::map<NodeId, Merged> merged_;
  std::map<std::vector<NodeId>, NodeId> stacked_;  ///< by the arrays that it holds
};

}  // namespace

Graph merge_products(Graph graph) {
  if (graph.recurrences.empty()) return graph;
  return ProductMerging(std::move(graph)).run();
}

}  // namespace dnnc
