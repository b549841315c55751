#include <fmt/format.h>

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

using ArgumentRow = std::vector<const Given*>;

Poison wrong_arguments(Context& caller, const Use& use, Span span, std::string message) {
  return fault(caller.elaboration,
               error("E0209", span, std::move(message),
                     "it is defined as " + signature_of(*use.definition, *caller.elaboration.program->sources)));
}

/// `activation: "relu"`: both slips of the argument are told at once.
void suggest_without_quotes(Context& caller, const Use& use, const Given& given, Diagnostic& diagnostic) {
  const auto& parameters = use.definition->tree->parameters;
  const std::string meant = diagnostic.replacement->text;
  const auto parameter =
      std::ranges::find(parameters, meant, [](const ast::Parameter& each) { return each.name.text; });
  if (!given.tree || parameter == parameters.end()) return;
  const Sources& sources = *caller.elaboration.program->sources;
  const std::string value =
      value_without_quotes(*use.definition, *caller.scope->module, *parameter, given.tree, sources);
  if (value == sources.line_of(given.tree->span)) return;
  diagnostic.help = "write `" + meant + ": " + value + "`";
  diagnostic.replacement = {{given.name->span.source, given.name->span.begin, given.tree->span.end},
                            meant + ": " + value};
}

bool unknown_parameter(Context& caller, const Use& use, const Given& given) {
  if (given.assigned) return false;  // check_assigned_arguments says it
  const ast::Word& name = *given.name;
  std::vector<std::string> known;
  for (const ast::Parameter& parameter : use.definition->tree->parameters) known.push_back(parameter.name.text);
  Diagnostic diagnostic =
      error("E0209", name.span, "`" + use.definition->name() + "` has no parameter `" + name.text + "`");
  if (!suggest(diagnostic, name.text, known))
    diagnostic.help = "it is defined as " + signature_of(*use.definition, *caller.elaboration.program->sources);
  else if (diagnostic.replacement) suggest_without_quotes(caller, use, given, diagnostic);
  fault(caller.elaboration, std::move(diagnostic));
  return false;
}

/// Which argument each parameter gets: those without a name in order, then those with one.
std::optional<ArgumentRow> match_arguments(Context& caller, const Use& use) {
  const std::vector<ast::Parameter>& parameters = use.definition->tree->parameters;
  ArgumentRow row(parameters.size(), nullptr);
  bool right = true;
  size_t next = 0;
  for (const Given& given : use.arguments) {
    size_t place = next;
    if (given.name) {
      auto is_it = [&](const ast::Parameter& parameter) { return parameter.name.text == given.name->text; };
      place = static_cast<size_t>(std::ranges::find_if(parameters, is_it) - parameters.begin());
      if (place == parameters.size()) {
        right = unknown_parameter(caller, use, given);
        continue;
      }
    } else if (next++ >= parameters.size()) {
      wrong_arguments(caller, use, given.span,
                      fmt::format("`{}` takes {} {} only", use.definition->name(), parameters.size(),
                                  parameters.size() == 1 ? "argument" : "arguments"));
      return std::nullopt;
    }
    if (row[place]) {
      wrong_arguments(caller, use, given.span, "`" + parameters[place].name.text + "` is given twice");
      right = false;
    }
    row[place] = &given;
  }
  if (!right) return std::nullopt;  // what is missing may be what a misspelt name means
  for (size_t place = 0; place < row.size(); ++place) {
    if (row[place] || parameters[place].standard) continue;
    wrong_arguments(caller, use, use.span,
                    "`" + use.definition->name() + "` needs `" + parameters[place].name.text + "`");
    return std::nullopt;
  }
  return row;
}

void bind(Context& callee, const ast::Word& name, Value value, Span given = {}) {
  callee.scope->names[name.text] = Binding{std::move(value), name.span, std::nullopt, false, false, given};
}

bool wrong_kind(Context& context, const ast::Parameter& parameter, const Value& value, Span span,
                const std::string& wanted) {
  Diagnostic diagnostic = error("E0206", span, "`" + parameter.name.text + "` must be " + wanted);
  diagnostic.label = describe(context.elaboration, value);
  if (const auto* text = std::get_if<Text>(&value)) suggest_number(context.elaboration, *text, diagnostic);
  const std::string written = text_at(context.elaboration, span);
  const Definition* named = find_definition(context.elaboration.program->main(), written);
  if (named && named->kind() == ast::DefinitionKind::Net)
    diagnostic.notes.push_back(
        {{},
         fmt::format("`{0}` is the net; a column called so is column(\"{0}\") in the data, under another name",
                     written)});
  diagnostic.labels.push_back({parameter.span, "here"});
  fault(context.elaboration, std::move(diagnostic));
  return false;
}

/// `size: k x l`: two sizes, or one whole number for both. The parameter's own name is the pair.
bool bind_sizes(Context& callee, const ast::Parameter& parameter, const ast::SizesType& type, const Value& value,
                Span span) {
  SizeList sizes;
  if (const auto* list = std::get_if<SizeList>(&value)) sizes = *list;
  const auto* number = std::get_if<Number>(&value);
  if (std::optional<int64_t> size = number ? whole_value(*number) : std::nullopt)
    sizes.sizes.assign(type.sizes.size(), *size);
  auto good = [](int64_t size) { return size >= 1 && size < int64_t{1} << 31; };
  if (sizes.sizes.size() != type.sizes.size() || !std::ranges::all_of(sizes.sizes, good))
    return wrong_kind(callee, parameter, value, span,
                      fmt::format("{} sizes of at least 1, or one whole number for all", type.sizes.size()));
  for (size_t place = 0; place < type.sizes.size(); ++place) bind(callee, type.sizes[place], whole(sizes.sizes[place]));
  bind(callee, parameter.name, std::move(sizes));
  return true;
}

/// `pad: valid | same`
bool bind_choice(Context& caller, Context& callee, const ast::Parameter& parameter, const ast::ChoiceType& type,
                 const Given& given) {
  Choice choice;
  for (const ast::Word& word : type.choices) choice.offered.push_back(word.text);
  auto offered = [&](const std::string& word) {
    return std::ranges::find(choice.offered, word) != choice.offered.end();
  };
  const auto* name = given.tree ? std::get_if<ast::Name>(&given.tree->kind) : nullptr;
  const Value* value = given.value ? &*given.value : nullptr;
  if (auto binding = name ? caller.scope->names.find(name->text) : caller.scope->names.end();
      binding != caller.scope->names.end())
    value = &binding->second.value;
  if (const auto* word = value ? std::get_if<Choice>(value) : nullptr) choice.word = word->word;
  else if (name && offered(name->text)) choice.word = name->text;
  if (offered(choice.word)) {
    bind(callee, parameter.name, std::move(choice));
    return true;
  }
  Diagnostic diagnostic =
      error("E0218", given.span,
            "`" + parameter.name.text + "` is one of the words " + fmt::format("{}", fmt::join(choice.offered, ", ")));
  if (name) suggest(diagnostic, name->text, choice.offered);
  suggest_without_quotes(diagnostic, given.tree, offered);
  diagnostic.labels.push_back({parameter.span, "here"});
  fault(caller.elaboration, std::move(diagnostic));
  return false;
}

bool bind_step(Context& caller, Context& callee, const ast::Parameter& parameter, const Given& given) {
  Value step = given.value ? *given.value : step_of(caller, given.tree);
  if (is_poison(step)) return false;
  if (!std::holds_alternative<std::shared_ptr<const Step>>(step))
    return wrong_kind(caller, parameter, step, given.span, "a step: a layer, function or net");
  bind(callee, parameter.name, std::move(step));
  return true;
}

bool bind_number(Context& callee, const ast::Parameter& parameter, const Value& value, Span span) {
  if (std::holds_alternative<Number>(value)) {
    bind(callee, parameter.name, value, span);
    return true;
  }
  bool array = std::holds_alternative<Tensor>(value) || std::holds_alternative<std::shared_ptr<const List>>(value);
  if (!array) return wrong_kind(callee, parameter, value, span, "a number");
  std::optional<Tensor> tensor = to_tensor(callee.elaboration, value, span);
  if (!tensor) return false;
  bool by_element = callee.scope->definition->of_numbers;
  if (!tensor->axes.empty() && !by_element && callee.scope->definition->kind() != ast::DefinitionKind::Optimizer)
    return wrong_kind(callee, parameter, value, span, "a number");
  Value bound = limit_size(callee, *tensor, parameter.name.text, span);
  bind(callee, parameter.name, std::move(bound), span);
  return true;
}

/// Whole constants from 0 to k - 1 are labels of `class[k]` where k is known: `crossentropy([1, 0, 0], 0)`.
std::optional<Tensor> constant_labels(Context& callee, const ast::Parameter& parameter, const ast::ArrayType& type,
                                      const Value& value, Span span) {
  std::optional<Tensor> tensor = to_tensor(callee.elaboration, value, span);
  const auto* size =
      tensor && type.shape && type.shape->size() == 1 ? std::get_if<ast::Ptr>(&(*type.shape)[0]) : nullptr;
  const auto* name = size ? std::get_if<ast::Name>(&(*size)->kind) : nullptr;
  bool open = name && !callee.scope->names.contains(name->text) && !find_constant(*callee.scope->module, name->text);
  if (!size || open) return tensor;
  std::optional<int64_t> classes = evaluate_whole(callee, *size, "a size");
  if (!classes) return std::nullopt;
  bool fits = true;
  std::function<void(const Value&)> look = [&](const Value& item) {
    const auto* number = std::get_if<Number>(&item);
    const auto* list = std::get_if<std::shared_ptr<const List>>(&item);
    std::optional<int64_t> label = number ? whole_value(*number) : std::nullopt;
    if (list) std::ranges::for_each((*list)->items, look);
    else fits = fits && label && *label >= 0 && *label < *classes;
  };
  look(value);
  if (!fits) {
    wrong_kind(callee, parameter, value, span,
               fmt::format("a label of class[{0}]: a whole number from 0 to {1}", *classes, *classes - 1));
    return std::nullopt;
  }
  tensor->element = {Element::Kind::Class, *classes};
  return tensor;
}

bool bind_array(Context& callee, const ast::Parameter& parameter, const Value& value, Span span) {
  const auto& type = std::get<ast::ArrayType>(parameter.type->kind);
  bool scalar = !type.shape && !is_called(type, TypeWord::Label);
  if (scalar && std::holds_alternative<Number>(value)) {
    bind(callee, parameter.name, value, span);
    return true;
  }
  bool array = std::holds_alternative<Number>(value) || std::holds_alternative<Tensor>(value) ||
               std::holds_alternative<std::shared_ptr<const List>>(value);
  if (!array) return wrong_kind(callee, parameter, value, span, "an array");
  bool labels = is_called(type, TypeWord::Label) && !std::holds_alternative<Tensor>(value);
  std::optional<Tensor> tensor =
      labels ? constant_labels(callee, parameter, type, value, span) : to_tensor(callee.elaboration, value, span);
  if (!tensor) return false;
  bool by_element = scalar && callee.scope->definition->of_numbers && !tensor->axes.empty();
  std::optional<Tensor> fitted = by_element ? tensor : fit_to_type(callee, parameter, *tensor, span);
  if (!fitted) return false;
  if (fitted->array && !by_element)
    fitted = keep(callee.elaboration, *fitted, node_name(callee, parameter.name.text), span);
  bind(callee, parameter.name, limit_size(callee, *fitted, parameter.name.text, span), span);
  return true;
}

bool bind_argument(Context& caller, Context& callee, const ast::Parameter& parameter, const Given& given) {
  const ast::Type* type = parameter.type ? &*parameter.type : nullptr;
  if (!type && callee.scope->definition->steps.contains(parameter.name.text))
    return bind_step(caller, callee, parameter, given);
  if (const auto* choice = type ? std::get_if<ast::ChoiceType>(&type->kind) : nullptr)
    return bind_choice(caller, callee, parameter, *choice, given);
  Value value = argument_value(caller, given);
  if (is_poison(value)) return false;
  if (!type) return bind_number(callee, parameter, value, given.span);
  if (const auto* sizes = std::get_if<ast::SizesType>(&type->kind))
    return bind_sizes(callee, parameter, *sizes, value, given.span);
  return bind_array(callee, parameter, value, given.span);
}

/// What stands for a parameter that the use does not give.
Given standard_of(const Use& use, const ast::Parameter& parameter) {
  ast::Ptr standard = parameter.standard;
  for (const ast::Argument& own : use.own_arguments)
    if (own.name && own.name->text == parameter.name.text) standard = own.value;
  return {std::nullopt, standard, std::nullopt, standard ? standard->span : Span{}};
}

}  // namespace

bool bind_arguments(Context& caller, Context& callee, const Use& use) {
  std::optional<ArgumentRow> row = match_arguments(caller, use);
  if (!row) return false;
  const std::vector<ast::Parameter>& parameters = use.definition->tree->parameters;
  bool right = true;
  for (const auto& [name, value] : use.own_names) bind(callee, {name, {}}, value);
  for (size_t place = 0; place < parameters.size(); ++place) {
    const ast::Parameter& parameter = parameters[place];
    const Given* given = (*row)[place];
    if (!right) break;  // what follows a faulty argument may need its sizes
    if (given) {
      right = bind_argument(caller, callee, parameter, *given);
      continue;
    }
    callee.elaboration.uses.push_back({use.span, "", callee.scope});
    right = bind_argument(callee, callee, parameter, standard_of(use, parameter));
    callee.elaboration.uses.pop_back();
  }
  return right;
}

bool has_default(const Definition& definition, size_t parameter) {
  return definition.tree->parameters.at(parameter).standard != nullptr;
}

}  // namespace dnnc
