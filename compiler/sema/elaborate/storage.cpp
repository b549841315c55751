#include <fmt/format.h>

#include "compiler/ir/axes.h"
#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

/// Names of the axes where the sizes of the type are names; `e1`, ... elsewhere.
std::vector<std::string> axis_names(const ast::Group& group, size_t rank) {
  std::vector<std::string> names;
  const auto* type = group.type ? std::get_if<ast::ArrayType>(&group.type->kind) : nullptr;
  std::set<std::string> taken;
  for (size_t place = 0; place < rank; ++place) {
    std::string name = "e" + std::to_string(place + 1);
    const auto* formula =
        type && type->shape && type->shape->size() == rank ? std::get_if<ast::Ptr>(&(*type->shape)[place]) : nullptr;
    const auto* word = formula ? std::get_if<ast::Name>(&(*formula)->kind) : nullptr;
    if (word && is_axis_name(word->text)) name = word->text;
    while (!taken.insert(name).second) name += "'";
    names.push_back(name);
  }
  return names;
}

/// The shape that the type states; std::nullopt after an error.
std::optional<std::vector<int64_t>> stated_shape(Context& context, const ast::Group& group, const char* what) {
  const std::string& name = group.names[0].text;
  if (!group.type) {
    fault(context.elaboration, "E0401", group.span, fmt::format("the {} `{}` needs a type", what, name),
          fmt::format("`{} {}: f32[n] = 0`", what, name));
    return std::nullopt;
  }
  const auto* type = std::get_if<ast::ArrayType>(&group.type->kind);
  if (!type || !is_called(*type, TypeWord::Number) || type->second) {
    fault(context.elaboration, "E0401", group.type->span,
          fmt::format("a {} holds numbers: its type is `f32[...]`", what));
    return std::nullopt;
  }
  static const std::vector<ast::Subscript> none;
  return evaluate_sizes(context, type->shape.value_or(none), type->shape_spans);
}

/// An input that is not a setting, if the value of the node depends on one.
bool depends_on_inputs(const Graph& graph, NodeId root) {
  std::set<NodeId> seen;
  std::vector<NodeId> open = {root};
  while (!open.empty()) {
    NodeId node = open.back();
    open.pop_back();
    if (!seen.insert(node).second) continue;
    const auto* input = std::get_if<Input>(&graph[node].kind);
    if (input && input->role != InputRole::Setting) return true;
    for (NodeId source : sources_of(graph, node)) open.push_back(source);
  }
  return false;
}

/// The starting value as a node; invalid after an error.
NodeId start_node(Context& context, const ast::Group& group, const std::string& path, const std::vector<int64_t>& shape,
                  const std::vector<std::string>& axes) {
  Elaboration& elaboration = context.elaboration;
  Context inner = context;
  inner.path = path;
  inner.name.clear();
  inner.within = "start";
  inner.starting = true;
  inner.indexed = group.drawn;
  std::vector<IndexId> ids;
  for (size_t place = 0; place < shape.size(); ++place)
    ids.push_back(new_index(elaboration, axes[place], shape[place]));
  if (group.drawn) inner.order = ids;  // else it is evaluated once
  Value value = evaluate(inner, group.start);
  std::optional<Tensor> tensor = to_tensor(elaboration, value, group.start->span);
  if (!tensor) return {};
  if (!tensor->axes.empty() && shape_of(elaboration, *tensor) != shape) {
    Diagnostic diagnostic =
        error("E0206", group.start->span, "a starting value is one number, or an array of the same shape");
    diagnostic.label = describe(elaboration, value);
    diagnostic.labels.push_back({group.names[0].span, type_text({}, shape)});
    fault(elaboration, std::move(diagnostic));
    return {};
  }
  Tensor start = tensor->axes.empty() ? *tensor : with_axes(*tensor, ids);
  if (depends_on_example(elaboration, start)) {
    fault(elaboration, "E0404", group.start->span, "a starting value may not depend on an example");
    return {};
  }
  NodeId node = add_node(elaboration, path + ".start", ids, Reduction::None, {}, start.body, {}, group.start->span);
  if (depends_on_inputs(*elaboration.graph, node)) {
    fault(elaboration, "E0404", group.start->span, "a starting value is made of constants and draws");
    return {};
  }
  return node;
}

/// Within a shared use the record is there already; its shape must be the same.
std::optional<size_t> known_record(Context& context, const ast::Word& name, const std::string& path,
                                   const std::vector<int64_t>& shape, bool& right) {
  auto known = context.elaboration.parameter_places.find(path);
  if (known == context.elaboration.parameter_places.end()) return std::nullopt;
  const ParameterRecord& record = context.elaboration.parameters[known->second];
  right = false;
  if (!context.shared) {
    fault(context.elaboration, "E0409", name.span, "two parameters have the path `" + path + "`",
          "name one of the uses: `as other`");
  } else if (record.shape != shape) {
    Diagnostic diagnostic = error("E0408", name.span, "the uses of a shared step need parameters of one shape");
    diagnostic.label = fmt::format("{} here, {} before", type_text({}, shape), type_text({}, record.shape));
    fault(context.elaboration, std::move(diagnostic));
  } else {
    right = true;
  }
  return known->second;
}

void declare(Context& context, const ast::Group& group, InputRole role, const std::vector<int64_t>& shape) {
  Elaboration& elaboration = context.elaboration;
  bool state = role != InputRole::Parameter;
  for (const ast::Word& name : group.names) {
    Binding binding{Poison{}, name.span, std::nullopt, state, false, {}};
    const bool of_optimizer = role == InputRole::OptimizerState;
    std::string path =
        of_optimizer ? runtime::optimizer_state_name(context.path, name.text) : context.path + "/" + name.text;
    bool right = true;
    binding.record = known_record(context, name, path, shape, right);
    if (!binding.record) {
      std::vector<std::string> axes = axis_names(group, shape.size());
      NodeId start = start_node(context, group, path, shape, axes);
      std::string start_text = text_at(elaboration, group.start->span);
      elaboration.parameters.push_back(
          {path, shape, role, {}, start, {}, name.span, users_span(elaboration, name.span), axes, start_text});
      binding.record = elaboration.parameter_places[path] = elaboration.parameters.size() - 1;
    }
    if (!right) binding.record.reset();
    context.scope->names[name.text] = binding;
  }
}

/// What follows a fault is not to be blamed for it.
void poison(Context& context, const ast::Group& group) {
  for (const ast::Word& name : group.names)
    context.scope->names[name.text] = Binding{Poison{}, name.span, std::nullopt, false, false, {}};
}

bool outside_formulas(Context& context, const ast::Group& group) {
  if (context.order.empty()) return true;
  fault(context.elaboration, "E0313", group.span, "a layer with parameters is used outside index formulas",
        "give its result a name before the formula");
  return false;
}

/// The first parameter of an optimizer is what it serves: its states have that shape.
std::optional<std::vector<int64_t>> served_shape(const Context& context) {
  const Definition* definition = context.scope->definition;
  if (!definition || definition->tree->parameters.empty()) return std::nullopt;
  auto binding = context.scope->names.find(definition->tree->parameters[0].name.text);
  if (binding == context.scope->names.end()) return std::nullopt;
  const auto* tensor = std::get_if<Tensor>(&binding->second.value);
  return tensor ? shape_of(context.elaboration, *tensor) : std::vector<int64_t>{};
}

Tensor new_value(Elaboration& elaboration, NodeId node) {
  Tensor tensor = tensor_of(elaboration, node);
  tensor.body = dnnc::call(Function::StopGradient, {tensor.body});
  return tensor;
}

}  // namespace

void declare_parameters(Context& context, const std::vector<ast::Group>& groups) {
  const Definition* definition = context.scope->definition;
  for (const ast::Group& group : groups) {
    if (definition && !may_hold_parameters(definition->kind())) {  // that has been said
      poison(context, group);
      continue;
    }
    std::optional<std::vector<int64_t>> shape = stated_shape(context, group, keyword::param);
    if (!shape || !outside_formulas(context, group)) poison(context, group);
    else declare(context, group, InputRole::Parameter, *shape);
  }
}

void declare_states(Context& context, const std::vector<ast::Group>& groups) {
  const Definition* definition = context.scope->definition;
  bool optimizer = definition && definition->kind() == ast::DefinitionKind::Optimizer;
  for (const ast::Group& group : groups) {
    if (definition && !may_hold_states(definition->kind())) {
      poison(context, group);
      continue;
    }
    std::optional<std::vector<int64_t>> shape;
    if (optimizer && !group.type) shape = served_shape(context);
    else shape = stated_shape(context, group, keyword::state);
    if (!shape || !outside_formulas(context, group)) poison(context, group);
    else declare(context, group, optimizer ? InputRole::OptimizerState : InputRole::State, *shape);
  }
}

Value read_record(Context& context, Binding& binding, const std::string&, Span) {
  if (std::holds_alternative<Tensor>(binding.value)) return binding.value;
  Elaboration& elaboration = context.elaboration;
  ParameterRecord& record = elaboration.parameters[*binding.record];
  if (!record.input.valid()) {
    std::vector<Axis> axes;
    for (size_t place = 0; place < record.shape.size(); ++place)
      axes.push_back({record.axes[place], record.shape[place], false});
    record.input = add_input(*elaboration.graph, {record.role, record.path, record.start_text}, axes, {}, record.span);
  }
  binding.value =
      record.updated.valid() ? new_value(elaboration, record.updated) : tensor_of(elaboration, record.input);
  return binding.value;
}

void assign_state(Context& context, const ast::Word& name, const Value& value, Span span) {
  Elaboration& elaboration = context.elaboration;
  Binding& binding = context.scope->names.at(name.text);
  std::optional<Tensor> tensor = to_tensor(elaboration, value, span);
  if (!tensor || !binding.record) return;
  read_record(context, binding, name.text, name.span);
  std::vector<int64_t> shape = elaboration.parameters[*binding.record].shape;
  if (!tensor->axes.empty() && shape_of(elaboration, *tensor) != shape) {
    Diagnostic diagnostic = error("E0405", span, "the new value of `" + name.text + "` needs its shape");
    diagnostic.label = describe(elaboration, value);
    diagnostic.labels.push_back({binding.span, type_text({}, shape)});
    const ParameterRecord& record = elaboration.parameters[*binding.record];
    if (record.role == InputRole::OptimizerState)
      diagnostic.help =
          fmt::format("a state without a type has the shape of the optimizer's parameter: `state {} = {}`", name.text,
                      record.start_text);
    fault(elaboration, std::move(diagnostic));
    return;
  }
  if (depends_on_example(elaboration, *tensor)) {
    fault(elaboration, "E0404", span, "the value of a state may not depend on one example",
          "take the mean over the batch: `batch_mean(...)`");
    return;
  }
  if (tensor->axes.empty() && !shape.empty())
    for (size_t place = 0; place < shape.size(); ++place)
      tensor->axes.push_back(new_index(elaboration, elaboration.parameters[*binding.record].axes[place], shape[place]));
  NodeId node = node_of(elaboration, *tensor, elaboration.parameters[*binding.record].path + ".new", span);
  // A copy of another input, or of itself, is a value too.
  elaboration.parameters[*binding.record].updated = node;
  binding.value = new_value(elaboration, node);
}

}  // namespace dnnc
