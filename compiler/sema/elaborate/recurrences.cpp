#include <algorithm>

#include "compiler/sema/elaborate/recurrence_group.h"

namespace dnnc {
namespace {

const ast::IndexedStatement* indexed_statement(const Context& context, const ast::Statement& statement) {
  const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind);
  if (!indexed) return nullptr;
  auto found = context.scope->names.find(indexed->name.text);
  return found != context.scope->names.end() && found->second.state ? nullptr : indexed;
}

/// Calls `visit` for every read of an element of a named array.
void for_each_read(Context& context, const ast::Ptr& formula,
                   const std::function<void(const std::string&, const ast::Element&, Span)>& visit) {
  for_each_live(context, formula, [&](const ast::Expression& part) {
    const auto* element = std::get_if<ast::Element>(&part.kind);
    const auto* name = element ? std::get_if<ast::Name>(&element->array->kind) : nullptr;
    if (name) visit(name->text, *element, part.span);
    return true;
  });
}

RecurrenceGroup gather(Context& context, const ast::Body& body, size_t first, size_t length) {
  RecurrenceGroup group;
  std::map<std::string, size_t> places;
  for (size_t place = 0; place < length; ++place) {
    const auto& statement = std::get<ast::IndexedStatement>(body[first + place].kind);
    group.statements.push_back(&statement);
    group.spans.push_back(body[first + place].span);
    places[statement.name.text] = place;
  }
  for (size_t reader = 0; reader < length; ++reader)
    for_each_read(context, group.statements[reader]->value,
                  [&](const std::string& name, const ast::Element& element, Span span) {
                    if (auto read = places.find(name); read != places.end())
                      group.reads.push_back({reader, read->second, &element, span});
                  });
  group.ranges.resize(length);
  return group;
}

/// The distance d of a subscript `r + d`.
std::optional<int64_t> distance(Context& context, const ast::Ptr& subscript, const std::string& index) {
  if (const auto* bracketed = std::get_if<ast::Bracketed>(&subscript->kind))
    return distance(context, bracketed->inner, index);
  if (const auto* name = std::get_if<ast::Name>(&subscript->kind))
    return name->text == index ? std::optional<int64_t>(0) : std::nullopt;
  const auto* binary = std::get_if<ast::Binary>(&subscript->kind);
  bool adds = binary && binary->op == ast::BinaryOperator::Add,
       takes = binary && binary->op == ast::BinaryOperator::Subtract;
  if (!adds && !takes) return std::nullopt;
  std::optional<int64_t> left = distance(context, binary->left, index);
  std::optional<Number> number = left ? try_constant(context, binary->right) : std::nullopt;
  std::optional<int64_t> constant = number ? whole_value(*number) : std::nullopt;
  if (!constant) return std::nullopt;
  return adds ? *left + *constant : *left - *constant;
}

/// Why the group cannot run along this index; null if it can. The direction is set.
const RecurrenceRead* obstacle(Context& context, RecurrenceGroup& group, const std::string& index) {
  bool forward = false, backward = false;
  for (const RecurrenceRead& read : group.reads) {
    const std::vector<ast::Word>& left = group.statements[read.read]->indices;
    size_t place = static_cast<size_t>(std::ranges::find(left, index, &ast::Word::text) - left.begin());
    const auto* subscript =
        place < read.element->subscripts.size() ? std::get_if<ast::Ptr>(&read.element->subscripts[place]) : nullptr;
    std::optional<int64_t> d = subscript ? distance(context, *subscript, index) : std::nullopt;
    if (!d || (*d == 0 && read.read >= read.reader)) return &read;
    forward = forward || *d < 0;
    backward = backward || *d > 0;
    if (forward && backward) return &read;
  }
  group.backward = backward != context.from_end;
  return nullptr;
}

bool choose_index(Context& context, RecurrenceGroup& group) {
  const RecurrenceRead* first_obstacle = nullptr;
  std::string first_index;
  for (const ast::Word& word : group.statements[0]->indices) {
    auto stands = [&](const ast::IndexedStatement* statement) {
      return std::ranges::find(statement->indices, word.text, &ast::Word::text) != statement->indices.end();
    };
    if (word.text == "..." || !std::ranges::all_of(group.statements, stands)) continue;
    const RecurrenceRead* found = obstacle(context, group, word.text);
    if (!found) {
      group.index = word.text;
      return true;
    }
    if (!first_obstacle) first_obstacle = found, first_index = word.text;
  }
  if (!first_obstacle) {
    fault(context.elaboration, "E0314", group.statements[0]->name.span,
          "definitions that read each other need one index with one name on the left of all");
    return false;
  }
  const std::string& read = group.statements[first_obstacle->read]->name.text;
  Diagnostic diagnostic =
      error("E0314", first_obstacle->span, "`" + read + "` is read at a place that is not computed yet",
            "read it at an earlier place of one index: `" + read + "[" + first_index + " - 1" +
                (group.statements[first_obstacle->read]->indices.size() > 1 ? ", ...]`" : " else 0]`"));
  diagnostic.labels.push_back({group.statements[first_obstacle->read]->name.span, "defined here"});
  fault(context.elaboration, std::move(diagnostic));
  return false;
}

/// Whether anything that the group reads from outside depends on the example.
bool reads_examples(Context& context, const RecurrenceGroup& group) {
  bool found = false;
  for (const ast::IndexedStatement* statement : group.statements)
    for_each_live(context, statement->value, [&](const ast::Expression& part) {
      const auto* name = std::get_if<ast::Name>(&part.kind);
      const auto* call = std::get_if<ast::Call>(&part.kind);
      const BuiltIn* row = call ? find_built_in(call->function.text) : nullptr;
      found = found || (row && row->kind == BuiltIn::Kind::Draw);
      auto binding = name ? context.scope->names.find(name->text) : context.scope->names.end();
      if (binding == context.scope->names.end()) return true;
      const auto* tensor = std::get_if<Tensor>(&binding->second.value);
      found = found || (tensor && depends_on_example(context.elaboration, *tensor));
      return true;
    });
  return found && context.elaboration.batch;
}

struct Made {
  std::vector<NodeId> nodes;  ///< of the definitions
  std::set<IndexId> running;  ///< the index in each of them
};

std::optional<Made> make_nodes(Context& context, const RecurrenceGroup& group, bool batched) {
  Made made;
  bool right = true;
  for (size_t place = 0; place < group.statements.size(); ++place) {
    const ast::IndexedStatement& statement = *group.statements[place];
    context.name = statement.name.text;
    std::vector<IndexId> ids;
    Context inner = bind_indices(context, statement.indices, group.ranges[place], ids);
    made.running.insert(inner.bound.at(group.index));
    if (context.from_end) inner.turned = inner.bound.at(group.index);
    std::optional<Tensor> element = evaluate_element(inner, statement.value);
    right = right && element;
    if (!element) continue;
    if (batched) ids.insert(ids.begin(), 0);
    made.nodes.push_back(add_node(context.elaboration, node_name(context), ids, Reduction::None, {}, element->body, {},
                                  group.spans[place]));
  }
  return right ? std::optional(made) : std::nullopt;
}

/// The nodes made since `start` that depend on a definition of the group.
std::set<NodeId> dependents(const Graph& graph, size_t start) {
  std::set<NodeId> found;
  for (uint32_t value = static_cast<uint32_t>(start); value < graph.nodes.size(); ++value)
    for (NodeId source : sources_of(graph, NodeId{value}))
      if (source.value >= first_placeholder || found.contains(source)) found.insert(NodeId{value});
  return found;
}

/// Where the nodes from `start` on go: those that do not recur first, then the members, each in their order.
std::map<NodeId, NodeId> new_places(const Graph& graph, size_t start, const std::set<NodeId>& members,
                                    const Made& made) {
  std::map<NodeId, NodeId> places;
  uint32_t next = static_cast<uint32_t>(start);
  for (bool recurs : {false, true})
    for (uint32_t value = static_cast<uint32_t>(start); value < graph.nodes.size(); ++value)
      if (members.contains(NodeId{value}) == recurs) places[NodeId{value}] = NodeId{next++};
  for (size_t place = 0; place < made.nodes.size(); ++place) places[placeholder(place)] = places.at(made.nodes[place]);
  return places;
}

NodeId moved(const std::map<NodeId, NodeId>& places, NodeId node) {
  auto found = places.find(node);
  return found == places.end() ? node : found->second;
}

void move_values(Context& context, const std::map<NodeId, NodeId>& places) {
  auto change = [&](NodeId id) { return moved(places, id); };
  auto move = [&](Value& value) {
    if (auto* tensor = std::get_if<Tensor>(&value)) tensor->body = rename_nodes(tensor->body, change);
  };
  for (auto& [name, binding] : context.scope->names) move(binding.value);
  for (auto& [formula, value] : context.scope->arrays) move(value);
  for (ParameterRecord& record : context.elaboration.parameters)
    for (NodeId* id : {&record.input, &record.start, &record.updated}) *id = change(*id);
  for (auto& [name, id] : context.elaboration.settings) id = change(id);
}

/// Puts the nodes in their order and states the recurrence.
bool commit(Context& context, const RecurrenceGroup& group, size_t start, const Made& made,
            const std::set<NodeId>& members, const std::map<NodeId, NodeId>& places) {
  Elaboration& elaboration = context.elaboration;
  Graph& graph = *elaboration.graph;
  Recurrence recurrence;
  recurrence.extent = group.ranges[0].extents.at(group.index);
  recurrence.backward = group.backward;
  std::vector<std::optional<Node>> nodes(graph.nodes.size() - start);
  std::map<NodeId, std::vector<IndexId>> indices;
  for (uint32_t value = static_cast<uint32_t>(start); value < graph.nodes.size(); ++value) {
    NodeId old{value}, place = places.at(old);
    nodes[place.value - start] = rename_sources(graph[old], [&](NodeId id) { return moved(places, id); });
    if (auto known = elaboration.node_indices.find(old); known != elaboration.node_indices.end())
      indices[place] = known->second;
    if (!members.contains(old)) continue;
    const std::vector<IndexId>& axes = elaboration.node_indices[old];
    auto axis = std::ranges::find_if(axes, [&](IndexId id) { return made.running.contains(id); });
    if (axis == axes.end() || !std::holds_alternative<Comprehension>(graph[old].kind)) return false;
    recurrence.members.push_back(place);
    recurrence.axis.push_back(static_cast<uint32_t>(axis - axes.begin()));
  }
  IdVector<NodeTag, Node> all;
  for (uint32_t value = 0; value < start; ++value) all.push(graph[NodeId{value}]);
  for (std::optional<Node>& node : nodes) all.push(std::move(*node));
  graph.nodes = std::move(all);
  if (!recurrence.members.empty()) graph.recurrences.push_back(std::move(recurrence));
  for (auto& [id, axes] : indices) elaboration.node_indices[id] = axes;
  move_values(context, places);
  return true;
}

/// After an error nothing may read a definition that was never made.
void forget_placeholders(Graph& graph, size_t start) {
  for (uint32_t value = static_cast<uint32_t>(start); value < graph.nodes.size(); ++value) {
    Node& node = graph[NodeId{value}];
    auto is_placeholder = [](NodeId source) { return source.value >= first_placeholder; };
    if (std::ranges::none_of(sources_of(graph, NodeId{value}), is_placeholder)) continue;
    if (auto* made = std::get_if<Comprehension>(&node.kind)) made->body = constant(0);
  }
}

void poison_names(Context& context, const RecurrenceGroup& group) {
  for (const ast::IndexedStatement* statement : group.statements)
    context.scope->names[statement->name.text] =
        Binding{Poison{}, statement->name.span, std::nullopt, false, false, {}};
}

/// Parameters that the group reads become inputs before it.
void touch_inputs(Context& context, const RecurrenceGroup& group) {
  for (const ast::IndexedStatement* statement : group.statements)
    for_each_read(context, statement->value, [&](const std::string& name, const ast::Element&, Span span) {
      auto binding = context.scope->names.find(name);
      if (binding != context.scope->names.end() && binding->second.record)
        read_record(context, binding->second, name, span);
    });
}

bool make_recurrence(Context& context, RecurrenceGroup& group) {
  Elaboration& elaboration = context.elaboration;
  if (!context.order.empty()) {
    fault(elaboration, "E0314", group.statements[0]->name.span, "a recurrence cannot stand in an index formula",
          "use it on whole arrays, outside of the brackets: `h = f(x)`");
    return false;
  }
  if (!choose_index(context, group)) return false;
  ++elaboration.recurrences;
  touch_inputs(context, group);
  bool batched = reads_examples(context, group);
  if (!find_all_ranges(context, group, batched) || !check_extents(context, group)) return false;
  size_t start = elaboration.graph->nodes.size();
  std::optional<Made> made = make_nodes(context, group, batched);
  if (!made) return false;
  std::set<NodeId> members = dependents(*elaboration.graph, start);
  auto places = new_places(*elaboration.graph, start, members, *made);
  if (commit(context, group, start, *made, members, places)) {
    for (size_t place = 0; place < group.statements.size(); ++place) {
      const ast::Word& name = group.statements[place]->name;
      Tensor tensor = tensor_of(elaboration, places.at(made->nodes[place]));
      tensor.array = true;
      context.scope->names[name.text] = Binding{tensor, name.span, std::nullopt, false, false, {}};
    }
    return true;
  }
  fault(elaboration, "E0314", group.spans[0], "a part of this recurrence does not run along `" + group.index + "`");
  return false;
}

}  // namespace

size_t recurrence_length(Context& context, const ast::Body& body, size_t first) {
  const Definition* definition = context.scope->definition;
  if (!definition || !indexed_statement(context, body[first])) return 0;
  size_t last = first;
  bool recurs = false;
  for (size_t place = first; place <= last; ++place) {
    const ast::IndexedStatement* statement = indexed_statement(context, body[place]);
    if (!statement) return 0;  // a name that is not defined yet: reported where it is read
    for_each_read(context, statement->value, [&](const std::string& name, const ast::Element&, Span) {
      auto local = definition->locals.find(name);
      if (local == definition->locals.end() || local->second < place || local->second >= body.size()) return;
      if (!indexed_statement(context, body[local->second])) return;
      recurs = true;
      last = std::max(last, local->second);
    });
  }
  return recurs ? last - first + 1 : 0;
}

void define_recurrence(Context& context, const ast::Body& body, size_t first, size_t length) {
  RecurrenceGroup group = gather(context, body, first, length);
  size_t start = context.elaboration.graph->nodes.size();
  if (make_recurrence(context, group)) return;
  forget_placeholders(*context.elaboration.graph, start);
  poison_names(context, group);
}

}  // namespace dnnc
