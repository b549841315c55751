#include <algorithm>
#include <cmath>

#include "compiler/ir/axes.h"
#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

constexpr IndexId batch_index = 0;
constexpr int64_t most_elements = int64_t{1} << 31;

/// Names of the axes of one node: as in the text, with a prime where two would be equal. The batch gives way.
std::vector<Axis> axes_of(const Elaboration& elaboration, const std::vector<IndexId>& ids) {
  std::vector<Axis> axes(ids.size());
  std::set<std::string> taken;
  for (bool batch : {false, true})
    for (size_t place = 0; place < ids.size(); ++place) {
      const Index& index = elaboration.indices[ids[place]];
      if (index.batch != batch) continue;
      std::string name = is_axis_name(index.name) ? index.name : index.name + "'";
      while (!taken.insert(name).second) name += "'";
      axes[place] = Axis{name, elaboration.extents[ids[place]], index.batch};
    }
  return axes;
}

Load renamed(const Load& load, const std::map<IndexId, IndexId>& names) {
  Load result = load;
  for (Subscript& subscript : result.at)
    if (auto* affine = std::get_if<Affine>(&subscript)) *affine = rename_indices(*affine, names);
  return result;
}

/// The indices of a kept tensor's load, each standing alone; std::nullopt if a subscript is something else.
std::optional<std::vector<IndexId>> plain_indices(const Load& load) {
  std::vector<IndexId> ids;
  for (const Subscript& subscript : load.at) {
    const auto* affine = std::get_if<Affine>(&subscript);
    std::optional<uint32_t> index = affine ? single_index(*affine) : std::nullopt;
    if (!index) return std::nullopt;
    ids.push_back(*index);
  }
  return ids;
}

}  // namespace

Elaboration begin_elaboration(const Program& program, Graph& graph, Diagnostics& diagnostics, bool training,
                              std::optional<int64_t> batch) {
  Elaboration elaboration;
  elaboration.program = &program;
  elaboration.graph = &graph;
  elaboration.diagnostics = &diagnostics;
  elaboration.training = training;
  elaboration.batch = batch;
  elaboration.indices.push_back({"n", true});
  elaboration.extents.push_back(batch.value_or(1));
  return elaboration;
}

NodeId setting(Elaboration& elaboration, SettingName setting) {
  const std::string name = runtime::word_of(setting);
  auto is_it = [&](NodeId id) {
    const auto* input = std::get_if<Input>(&(*elaboration.graph)[id].kind);
    return input && input->role == InputRole::Setting && input->name == name;
  };
  auto known = elaboration.settings.find(name);
  if (known != elaboration.settings.end() && is_it(known->second)) return known->second;
  for (NodeId id : node_ids(*elaboration.graph))
    if (is_it(id)) return elaboration.settings[name] = id;
  Element element;
  if (is_whole(setting)) element.kind = Element::Kind::Integer;
  return elaboration.settings[name] = add_input(*elaboration.graph, {InputRole::Setting, name, ""}, {}, element, {});
}

IndexId new_index(Elaboration& elaboration, const std::string& name, int64_t extent) {
  elaboration.indices.push_back({name, false});
  elaboration.extents.push_back(extent);
  return static_cast<IndexId>(elaboration.indices.size() - 1);
}

Affine rename_indices(const Affine& affine, const std::map<IndexId, IndexId>& names) {
  Affine result = affine;
  for (Term& term : result.terms)
    if (auto found = names.find(term.index); found != names.end()) term.index = found->second;
  return normal_form(result);
}

Expr rename_indices(const Expr& body, const std::map<IndexId, IndexId>& names) {
  if (names.empty()) return body;
  return rewrite(body, [&](const Expr& part) -> Expr {
    return std::visit(match{[&](const IndexValue& index) { return index_value(rename_indices(index.value, names)); },
                            [&](const Load& read) { return std::make_shared<const Expression>(renamed(read, names)); },
                            [&](const Draw& drawn) {
                              Draw result = drawn;
                              result.example = rename_indices(drawn.example, names);
                              result.element = rename_indices(drawn.element, names);
                              return draw(result);
                            },
                            [&](const auto&) { return part; }},
                      part->kind);
  });
}

std::set<IndexId> indices_in(const Expr& body) {
  std::set<IndexId> ids;
  auto add = [&](const Affine& affine) {
    for (const Term& term : affine.terms) ids.insert(term.index);
  };
  for_each(body, [&](const Expression& part) {
    if (const auto* index = std::get_if<IndexValue>(&part.kind)) add(index->value);
    if (const auto* drawn = std::get_if<Draw>(&part.kind)) add(drawn->example), add(drawn->element);
    if (const auto* read = std::get_if<Load>(&part.kind))
      for (const Subscript& subscript : read->at)
        if (const auto* affine = std::get_if<Affine>(&subscript)) add(*affine);
  });
  return ids;
}

Tensor number_tensor(Expr body) {
  Tensor tensor;
  tensor.body = std::move(body);
  return tensor;
}

Expr expression_of(const Number& number) { return constant(value_of(number)); }

std::vector<IndexId> free_indices(const Expr& body, const std::vector<IndexId>& without) {
  std::vector<IndexId> ids;
  for (IndexId id : indices_in(body))
    if (std::ranges::find(without, id) == without.end()) ids.push_back(id);
  return ids;
}

NodeId add_node(Elaboration& elaboration, const std::string& name, const std::vector<IndexId>& axes,
                Reduction reduction, const std::vector<IndexId>& reduced, const Expr& body, Element element,
                Span span) {
  std::vector<IndexId> all = axes;
  all.insert(all.end(), reduced.begin(), reduced.end());
  std::map<IndexId, IndexId> places;
  for (size_t place = 0; place < all.size(); ++place) places[all[place]] = static_cast<IndexId>(place);
  std::vector<Axis> named = axes_of(elaboration, all);
  Comprehension comprehension{
      reduction, {named.begin() + static_cast<long>(axes.size()), named.end()}, rename_indices(body, places)};
  named.resize(axes.size());
  int64_t elements = 1;
  for (const Axis& axis : named)
    if (__builtin_mul_overflow(elements, axis.extent, &elements)) elements = most_elements;
  if (elements >= most_elements)
    fault(elaboration, "E0217", span, "an array of more than 2^31 elements, the batch included");
  NodeId node = add_comprehension(*elaboration.graph, name, named, std::move(comprehension), span, element);
  elaboration.node_indices[node] = axes;
  remember_use(elaboration, node, span);
  return node;
}

Tensor tensor_of(Elaboration& elaboration, NodeId node) {
  Tensor tensor;
  std::vector<Subscript> at;
  // The node may be moved while indices are made.
  const std::vector<Axis> axes = (*elaboration.graph)[node].axes;
  for (const Axis& axis : axes) {
    IndexId id = axis.batch ? batch_index : new_index(elaboration, axis.name, axis.extent);
    if (!axis.batch) tensor.axes.push_back(id);
    at.push_back(affine(id));
  }
  tensor.body = load(node, std::move(at));
  tensor.element = (*elaboration.graph)[node].element;
  tensor.array = !tensor.axes.empty();
  return tensor;
}

std::vector<int64_t> shape_of(const Elaboration& elaboration, const Tensor& tensor) {
  std::vector<int64_t> shape;
  for (IndexId id : tensor.axes) shape.push_back(elaboration.extents[id]);
  return shape;
}

bool depends_on_example(const Elaboration&, const Tensor& tensor) {
  return indices_in(tensor.body).contains(batch_index);
}

NodeId whole_node(const Elaboration& elaboration, const Tensor& tensor) {
  const auto* read = std::get_if<Load>(&tensor.body->kind);
  if (!read || read->outside) return {};
  std::optional<std::vector<IndexId>> ids = plain_indices(*read);
  if (!ids) return {};
  std::vector<IndexId> expected = tensor.axes;
  if (!ids->empty() && elaboration.indices[ids->front()].batch) expected.insert(expected.begin(), batch_index);
  if (*ids != expected) return {};
  // An index may stop before its axis does: `y[i] = x[i] for i in 2` is not x.
  const std::vector<Axis>& axes = (*elaboration.graph)[read->source].axes;
  for (size_t place = 0; place < axes.size(); ++place)
    if (elaboration.extents[(*ids)[place]] != axes[place].extent) return {};
  return read->source;
}

Tensor keep(Elaboration& elaboration, const Tensor& tensor, const std::string& name, Span span) {
  if (const auto* read = std::get_if<Load>(&tensor.body->kind); read && !read->outside && plain_indices(*read)) {
    // Every own axis must be a subscript of its own, so that reading an element is replacing it.
    std::vector<IndexId> ids = *plain_indices(*read);
    auto once = [&](IndexId id) { return std::ranges::count(ids, id) == 1; };
    if (std::ranges::all_of(tensor.axes, once)) return tensor;
  }
  std::vector<IndexId> axes = free_indices(tensor.body, tensor.axes);
  axes.insert(axes.end(), tensor.axes.begin(), tensor.axes.end());
  NodeId node = add_node(elaboration, name, axes, Reduction::None, {}, tensor.body, tensor.element, span);
  std::vector<Subscript> at;
  for (IndexId id : axes) at.push_back(affine(id));
  Tensor kept = tensor;
  kept.body = load(node, std::move(at));
  return kept;
}

NodeId node_of(Elaboration& elaboration, const Tensor& tensor, const std::string& name, Span span) {
  if (NodeId node = whole_node(elaboration, tensor); node.valid()) return node;
  std::vector<IndexId> axes = free_indices(tensor.body, tensor.axes);
  axes.insert(axes.end(), tensor.axes.begin(), tensor.axes.end());
  return add_node(elaboration, name, axes, Reduction::None, {}, tensor.body, tensor.element, span);
}

Tensor with_axes(const Tensor& tensor, const std::vector<IndexId>& axes) {
  check(axes.size() == tensor.axes.size(), "sema: another number of axes");
  std::map<IndexId, IndexId> names;
  for (size_t place = 0; place < axes.size(); ++place) names[tensor.axes[place]] = axes[place];
  Tensor result = tensor;
  result.axes = axes;
  result.body = rename_indices(tensor.body, names);
  return result;
}

std::optional<Affine> affine_of(const Expr& body) {
  if (const auto* index = std::get_if<IndexValue>(&body->kind)) return index->value;
  const auto* number = std::get_if<Constant>(&body->kind);
  constexpr double most = int64_t{1} << 53;
  if (!number || !(std::fabs(number->value) < most) || std::floor(number->value) != number->value) return std::nullopt;
  return affine_constant(static_cast<int64_t>(number->value));
}

}  // namespace dnnc
