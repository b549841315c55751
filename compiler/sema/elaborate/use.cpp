#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"

namespace dnnc {
namespace {

constexpr size_t longest_text = 60;

bool keeps_path(ast::DefinitionKind kind) {
  return kind == ast::DefinitionKind::Layer || kind == ast::DefinitionKind::Net;
}

/// `residual(32, stride: 2)`, cut where it is long.
std::string use_text(const Elaboration& elaboration, const Use& use) {
  if (use.outermost) return "";
  std::string text = text_at(elaboration, use.span);
  if (size_t end = text.find('\n'); end != std::string::npos) text = text.substr(0, end) + "...";
  if (text.size() > longest_text) text = text.substr(0, longest_text) + "...";
  return text.empty() ? use.definition->name() : text;
}

Context callee_context(const Context& context, const Use& use) {
  Context callee{context.elaboration, std::make_shared<Scope>(), use.path};
  callee.scope->module = use.definition->module;
  callee.scope->definition = use.definition;
  callee.scope->indices = use.definition->indices;
  callee.shared = context.shared;
  callee.order = context.order;
  callee.indexed = context.indexed && !keeps_path(use.definition->kind());
  callee.starting = context.starting;
  callee.from_end = context.from_end;
  if (!keeps_path(use.definition->kind()))
    callee.within = (context.within.empty() ? "" : context.within + ".") + use.definition->name();
  return callee;
}

/// A function of numbers that is given arrays runs for each element: its parameters become elements of them.
struct Mapped {
  bool by_element = false;
  std::vector<IndexId> axes;
  bool array = false;
};

std::optional<Mapped> map_elements(Context& callee, const Use& use) {
  Mapped mapped;
  if (!use.definition->of_numbers) return mapped;
  std::vector<std::string> names;
  std::vector<Tensor> tensors;
  std::vector<Span> spans;
  for (const auto& [name, binding] : callee.scope->names)
    if (const auto* tensor = std::get_if<Tensor>(&binding.value)) {
      names.push_back(name);
      tensors.push_back(*tensor);
      spans.push_back(binding.given);
      mapped.by_element = mapped.by_element || !tensor->axes.empty();
      mapped.array = mapped.array || tensor->array;
    }
  if (!mapped.by_element) return mapped;
  auto axes = unify(callee, tensors, spans, "`" + use.definition->name() + "`", use.span);
  if (!axes) return std::nullopt;
  mapped.axes = *axes;
  for (size_t place = 0; place < names.size(); ++place) {
    tensors[place].axes.clear();
    tensors[place].array = false;
    callee.scope->names[names[place]].value = tensors[place];
  }
  callee.order.insert(callee.order.end(), axes->begin(), axes->end());
  callee.indexed = true;
  return mapped;
}

/// `derivative e`: the derivative by the first parameter is stated.
Value override_derivative(Context& callee, const Definition& definition, Value value) {
  if (!definition.tree->derivative || definition.tree->parameters.empty()) return value;
  auto binding = callee.scope->names.find(definition.tree->parameters[0].name.text);
  const auto* argument = binding == callee.scope->names.end() ? nullptr : std::get_if<Tensor>(&binding->second.value);
  if (!argument || is_poison(value)) return value;
  std::optional<Tensor> derivative = evaluate_element(callee, definition.tree->derivative);
  std::optional<Tensor> result = to_tensor(callee.elaboration, value, definition.tree->name.span);
  if (!derivative || !result) return Poison{};
  if (!result->axes.empty()) {
    fault(callee.elaboration, "E0407", definition.tree->derivative->span,
          "`derivative` belongs to a function whose value is a number");
    return Poison{};
  }
  result->body = overridden(result->body, argument->body, derivative->body);
  return *result;
}

Value with_elements(Elaboration& elaboration, const Mapped& mapped, Value value, Span span, bool& right) {
  if (!mapped.by_element) return value;
  auto* tensor = std::get_if<Tensor>(&value);
  if (std::holds_alternative<Number>(value)) {
    std::optional<Tensor> constant = to_tensor(elaboration, value, span);
    if (!constant) return Poison{};
    constant->axes = mapped.axes;
    constant->array = true;
    return *constant;
  }
  right = tensor && tensor->axes.empty();
  if (!right) return Poison{};
  tensor->axes = mapped.axes;
  tensor->array = mapped.array;
  return value;
}

/// The result of a layer is a node of its own, called as the use is.
Value keep_result(Context& callee, const Value& value, Span span) {
  if (const auto* tensor = std::get_if<Tensor>(&value)) return keep(callee.elaboration, *tensor, callee.path, span);
  const auto* results = std::get_if<std::shared_ptr<const Results>>(&value);
  if (!results) return value;
  auto kept = std::make_shared<Results>(**results);
  for (size_t place = 0; place < kept->values.size(); ++place)
    if (const auto* tensor = std::get_if<Tensor>(&kept->values[place])) {
      std::string name =
          callee.path + "." +
          (place < kept->names.size() && !kept->names[place].empty() ? kept->names[place] : std::to_string(place + 1));
      kept->values[place] = keep(callee.elaboration, *tensor, name, span);
    }
  return std::shared_ptr<const Results>(kept);
}

/// A layer whose use has begun: its place in the list, and that of its first parameter.
struct OpenLayer {
  size_t place = 0, first_record = 0;
};

int64_t own_parameters(const Elaboration& elaboration, const std::string& path, size_t first_record) {
  int64_t count = 0;
  for (size_t place = first_record; place < elaboration.parameters.size(); ++place) {
    const ParameterRecord& record = elaboration.parameters[place];
    bool own = record.role == InputRole::Parameter && record.input.valid() && record.path.starts_with(path + "/") &&
               record.path.find('/', path.size() + 1) == std::string::npos;
    int64_t elements = own ? 1 : 0;
    for (int64_t size : record.shape) elements *= size;
    count += elements;
  }
  return count;
}

/// Its place in the list is that of its beginning, before the layers within it.
std::optional<OpenLayer> begin_layer(Elaboration& elaboration, const Use& use) {
  if (use.definition->kind() != ast::DefinitionKind::Layer) return std::nullopt;
  if (!elaboration.layer_paths.insert(use.path).second) return std::nullopt;  // a shared use
  elaboration.layers.push_back({{use.path, use.definition->name()}, use.span});
  return OpenLayer{elaboration.layers.size() - 1, elaboration.parameters.size()};
}

void end_layer(Elaboration& elaboration, std::optional<OpenLayer> open, const Value& value) {
  if (!open) return;
  LayerInfo& layer = elaboration.layers[open->place];
  layer.parameters = own_parameters(elaboration, layer.path, open->first_record);
  if (const auto* tensor = std::get_if<Tensor>(&value)) layer.shape = shape_of(elaboration, *tensor);
}

Outcome evaluate_use(Context& callee, const Use& use) {
  std::optional<Mapped> mapped = map_elements(callee, use);
  if (!mapped) return {};
  Value value = evaluate_body(callee, use.definition->tree->body);
  value = override_derivative(callee, *use.definition, std::move(value));
  if (is_poison(value)) return {};
  bool net = use.definition->kind() == ast::DefinitionKind::Net;
  if (!net && !check_results(callee, value, use.definition->tree->name.span)) return {};
  bool right = true;
  value = with_elements(callee.elaboration, *mapped, std::move(value), use.span, right);
  if (!right) {
    fault(callee.elaboration, "E0311", use.span,
          "`" + use.definition->name() + "` gives an array, it cannot run for each element of another");
    return {};
  }
  if (is_poison(value)) return {};
  if (!net) {
    if (keeps_path(use.definition->kind())) value = keep_result(callee, value, use.span);
    return {value, {}};
  }
  std::optional<std::vector<NetResult>> results = check_heads(callee, value, use.definition->tree->name.span);
  if (!results) return {};
  if (results->size() == 1) return {results->front().scores, *results};
  auto all = std::make_shared<Results>();
  for (const NetResult& result : *results) {
    all->values.push_back(result.scores);
    all->names.push_back(result.info.name);
  }
  return {std::shared_ptr<const Results>(all), *results};
}

bool holds_step(const Value& value) {
  const auto* results = std::get_if<std::shared_ptr<const Results>>(&value);
  return std::holds_alternative<std::shared_ptr<const Step>>(value) ||
         (results && std::ranges::any_of((*results)->values, holds_step));
}

/// A step in the scope whose names it uses would keep that scope for ever. Behind the use only a result may read it.
void forget_own_steps(const std::shared_ptr<Scope>& scope, const Value& result) {
  if (holds_step(result)) return;
  std::erase_if(scope->names, [&](const auto& entry) {
    const auto* step = std::get_if<std::shared_ptr<const Step>>(&entry.second.value);
    return step && (*step)->scope == scope;
  });
}

/// Notes the use of a net inside of another one, whose arguments are bound. Whether its results are to be noted too.
bool begin_net(Context& callee, const Use& use) {
  Elaboration& elaboration = callee.elaboration;
  if (use.definition->kind() != ast::DefinitionKind::Net || elaboration.uses.empty()) return false;
  if (std::ranges::count(elaboration.net_uses, use.path, &NetUse::path)) return false;
  elaboration.net_uses.push_back({use.path, use.definition->name()});
  if (!elaboration.keeps_arguments) return false;
  NetUse& net = elaboration.net_uses.back();
  for (const ast::Parameter& parameter : use.definition->tree->parameters) {
    const auto found = callee.scope->names.find(parameter.name.text);
    auto* tensor = found == callee.scope->names.end() ? nullptr : std::get_if<Tensor>(&found->second.value);
    if (!tensor) continue;
    *tensor = keep(elaboration, *tensor, use.path + "." + parameter.name.text, use.span);
    const NodeId node = whole_node(elaboration, *tensor);
    net.alone = net.alone && node.valid();
    net.arguments.push_back({parameter.name.text, node});
  }
  return true;
}

Outcome evaluate_bound(Context& context, Context& callee, const Use& use) {
  Elaboration& elaboration = context.elaboration;
  if (!bind_arguments(context, callee, use)) return {};
  const bool is_net = begin_net(callee, use);
  elaboration.uses.push_back({use.span, use_text(elaboration, use), callee.scope});
  std::optional<OpenLayer> layer = begin_layer(elaboration, use);
  Outcome outcome = evaluate_use(callee, use);
  end_layer(elaboration, layer, outcome.value);
  if (is_net)
    for (const NetResult& result : outcome.results)
      std::ranges::find(elaboration.net_uses, use.path, &NetUse::path)
          ->results.emplace_back(result.info, result.scores);
  elaboration.uses.pop_back();
  return outcome;
}

}  // namespace

Outcome use_definition(Context& context, const Use& use) {
  if (!spend(context.elaboration, use.span)) return {};
  Context callee = callee_context(context, use);
  Outcome outcome = evaluate_bound(context, callee, use);
  forget_own_steps(callee.scope, outcome.value);
  return outcome;
}

}  // namespace dnnc
