#include <fmt/format.h>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/unknown_word.h"

namespace dnnc {
namespace {

Value call_step(Context& context, const Step& step, const ast::Word& callee, std::vector<Given>& arguments, Span span) {
  if (arguments.size() != 1 || arguments[0].name)
    return fault(context.elaboration, "E0209", span, "the step `" + callee.text + "` takes one argument");
  Value input = argument_value(context, arguments[0]);
  return is_poison(input) ? input : apply_step_value(context, step, std::move(input), span);
}

Value call_binding(Context& context, Binding& binding, const ast::Word& callee, std::vector<Given>& arguments,
                   Span span) {
  if (is_poison(binding.value) && !binding.record) return Poison{};
  if (const auto* step = std::get_if<std::shared_ptr<const Step>>(&binding.value)) {
    std::shared_ptr<const Step> kept = *step;
    return call_step(context, *kept, callee, arguments, span);
  }
  Diagnostic diagnostic = error("E0210", callee.span, "`" + callee.text + "` cannot be called");
  diagnostic.label = binding.record ? "an array" : describe(context.elaboration, binding.value);
  diagnostic.labels.push_back({binding.span, "defined here"});
  return fault(context.elaboration, std::move(diagnostic));
}

Value unknown_callee(Context& context, const ast::Word& callee) {
  return fault(context.elaboration, undefined_name(callee.text, callee.span, *context.elaboration.diagnostics,
                                                   [&] { return visible_names(*context.scope->module); }));
}

std::vector<int64_t> whole_list(Context& context, const Value& value, Span span, bool& right) {
  std::vector<int64_t> sizes;
  auto add = [&](const Value& item) {
    const auto* number = std::get_if<Number>(&item);
    std::optional<int64_t> size = number ? whole_value(*number) : std::nullopt;
    right = right && size && *size >= 1 && *size < int64_t{1} << 31;
    sizes.push_back(size.value_or(1));
  };
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&value))
    for (const Value& item : (*list)->items) add(item);
  else if (const auto* pair = std::get_if<SizeList>(&value)) sizes = pair->sizes;
  else add(value);
  if (!right)
    fault(context.elaboration, "E0205", span, "a shape is a list of whole numbers of at least 1, like `[7, 7]`");
  return sizes;
}

Value reshape(Context& context, const Value& array, const Value& shape, const std::vector<Given>& arguments,
              Span span) {
  Elaboration& elaboration = context.elaboration;
  std::optional<Tensor> tensor = to_tensor(elaboration, array, arguments[0].span);
  bool right = true;
  std::vector<int64_t> sizes = whole_list(context, shape, arguments[1].span, right);
  if (!tensor || !right) return Poison{};
  auto product = [](const std::vector<int64_t>& of) {
    double result = 1;
    for (int64_t size : of) result *= double(size);
    return result;
  };
  std::vector<int64_t> old = shape_of(elaboration, *tensor);
  if (product(old) != product(sizes)) {
    Diagnostic diagnostic = error("E0223", span, "a reshape keeps the number of elements");
    diagnostic.label = fmt::format("[{}] has {}", shape_text(sizes), product(sizes));
    diagnostic.labels.push_back(
        {arguments[0].span, fmt::format("{} has {}", describe(elaboration, *tensor), product(old))});
    return fault(elaboration, std::move(diagnostic));
  }
  bool example = depends_on_example(elaboration, *tensor);
  if (free_indices(tensor->body, tensor->axes).size() > (example ? 1u : 0u))
    return fault(elaboration, "E0313", span, "`reshape` cannot stand in an index formula");
  if (old == sizes) return *tensor;
  NodeId source = node_of(elaboration, *tensor, node_name(context, "reshaped"), span);
  std::vector<Axis> axes;
  if (example) axes.push_back((*elaboration.graph)[source].axes[0]);
  for (size_t place = 0; place < sizes.size(); ++place)
    axes.push_back({"e" + std::to_string(place + 1), sizes[place], false});
  const NodeId node = add_reshape(*elaboration.graph, node_name(context), source, axes, span);
  remember_use(elaboration, node, span);
  Tensor result = tensor_of(elaboration, node);
  result.array = true;
  return result;
}

Value count(Context& context, const Value& value, Span span) {
  std::optional<Tensor> tensor = to_tensor(context.elaboration, value, span);
  if (!tensor) return Poison{};
  Number result = whole(1);
  for (int64_t size : shape_of(context.elaboration, *tensor))
    result = *apply_operator(ast::BinaryOperator::Multiply, result, whole(size));
  return result;
}

bool check_arity(Context& context, const BuiltIn& callee, const std::vector<Given>& arguments, Span span) {
  for (const Given& given : arguments) {
    if (!given.name) continue;
    fault(context.elaboration, "E0209", given.name->span,
          fmt::format("`{}` takes its arguments by place", callee.name));
    return false;
  }
  bool reduces = callee.kind == BuiltIn::Kind::Either && arguments.size() == 1;
  if (reduces || arguments.size() == static_cast<size_t>(callee.arity)) return true;
  fault(
      context.elaboration, "E0209", span,
      fmt::format("`{}` takes {} {}, {} given", callee.name, callee.arity, callee.arity == 1 ? "argument" : "arguments",
                  arguments.size() == 1 ? "1 is" : fmt::format("{} are", arguments.size())));
  return false;
}

}  // namespace

std::string node_name(const Context& context, const std::string& part) {
  std::string name = context.path;
  auto add = [&](const std::string& more, const char* join) {
    if (!more.empty()) name += (name.empty() ? "" : join) + more;
  };
  add(context.within, "/");
  add(context.name, context.within.empty() ? "/" : ".");
  add(part, context.name.empty() && context.within.empty() ? "/" : ".");
  return name;
}

Given given_by(const ast::Argument& argument) {
  return {argument.name, argument.value, std::nullopt, argument.value->span, argument.sign.valid()};
}

Value argument_value(Context& context, const Given& given) {
  return given.value ? *given.value : evaluate(context, given.tree);
}

Value evaluate_call(Context& context, const ast::Call& call, Span span) {
  if (const BuiltIn* reduction = reduction_of(context, call))
    return evaluate_reduction(context, *reduction, call, span);
  if (!call.binders.empty())
    return fault(context.elaboration, "E0303", call.binders[0].index.span,
                 "`for` stands in a reduction, `" + call.function.text + "` is none");
  std::vector<Given> arguments;
  for (const ast::Argument& argument : call.arguments) arguments.push_back(given_by(argument));
  return dnnc::call(context, call.function, std::move(arguments), span, {});
}

Value call(Context& context, const ast::Word& callee, std::vector<Given> arguments, Span span, const UsePath& path) {
  Scope& scope = *context.scope;
  if (auto binding = scope.names.find(callee.text); binding != scope.names.end())
    return call_binding(context, binding->second, callee, arguments, span);
  if (scope.definition && scope.definition->locals.contains(callee.text))
    return read_name(context, callee.text, callee.span);
  if (const Definition* definition = find_definition(*scope.module, callee.text)) {
    bool has_path = definition->kind() == ast::DefinitionKind::Layer || definition->kind() == ast::DefinitionKind::Net;
    std::string own = context.path;
    if (!path.whole.empty()) own = path.whole;
    else if (!path.as.empty()) own = context.path + "/" + path.as;
    else if (has_path) own = next_path(context, callee.text);
    return use_definition(context, {definition, std::move(arguments), span, own, false}).value;
  }
  if (const BuiltIn* row = find_built_in(callee.text)) {
    Context inner = context;
    if (!path.whole.empty()) inner.path = path.whole;
    else if (!path.as.empty()) inner.path += "/" + path.as;
    return call_built_in(inner, *row, arguments, span);
  }
  if (find_constant(*scope.module, callee.text))
    return fault(context.elaboration, "E0210", callee.span, "`" + callee.text + "` is a constant, it cannot be called");
  return unknown_callee(context, callee);
}

Value call_built_in(Context& context, const BuiltIn& callee, std::vector<Given>& arguments, Span span) {
  if (callee.kind == BuiltIn::Kind::Constant)
    return fault(context.elaboration, "E0210", span,
                 fmt::format("`{}` is a constant, it cannot be called", callee.name));
  if (!check_arity(context, callee, arguments, span)) return Poison{};
  if (callee.kind == BuiltIn::Kind::Draw) return evaluate_draw(context, callee, arguments, span);
  if (callee.kind == BuiltIn::Kind::Each) return evaluate_each(context, arguments, span);
  if (callee.kind == BuiltIn::Kind::FromEnd) return evaluate_from_end(context, arguments);
  std::vector<Value> values;
  std::vector<Span> spans;
  for (const Given& given : arguments) {
    values.push_back(argument_value(context, given));
    spans.push_back(given.span);
  }
  for (const Value& value : values)
    if (is_poison(value)) return Poison{};
  std::string shown = fmt::format("`{}`", callee.name);
  switch (callee.kind) {
    case BuiltIn::Kind::Reduction:
      return reduce_array(context, callee, values[0], spans[0], span);
    case BuiltIn::Kind::Either:
      if (values.size() == 1) return reduce_array(context, callee, values[0], spans[0], span);
      return apply_function(context, callee.function, shown, values, spans, span);
    case BuiltIn::Kind::Scalar:
      return apply_function(context, callee.function, shown, values, spans, span);
    case BuiltIn::Kind::Count:
      return count(context, values[0], spans[0]);
    case BuiltIn::Kind::Reshape:
      return reshape(context, values[0], values[1], arguments, span);
    case BuiltIn::Kind::StopGradient:
      return apply_function(context, Function::StopGradient, shown, values, spans, span);
    case BuiltIn::Kind::BatchMean: {
      std::optional<Tensor> tensor = to_tensor(context.elaboration, values[0], spans[0]);
      return tensor ? batch_mean(context, *tensor, span) : Value{Poison{}};
    }
    case BuiltIn::Kind::BatchSum: {
      std::optional<Tensor> tensor = to_tensor(context.elaboration, values[0], spans[0]);
      return tensor ? batch_sum(context, *tensor, span) : Value{Poison{}};
    }
    case BuiltIn::Kind::Each:
    case BuiltIn::Kind::FromEnd:
    case BuiltIn::Kind::Draw:
    case BuiltIn::Kind::Constant:
      break;
  }
  return Poison{};
}

}  // namespace dnnc
