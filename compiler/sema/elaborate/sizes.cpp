#include <fmt/format.h>

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/field_values.h"

namespace dnnc {
namespace {

bool is_dots(const ast::Subscript& subscript) { return std::holds_alternative<ast::Ellipsis>(subscript); }

/// A type being fitted to an array.
struct Fit {
  Context& context;
  const ast::Parameter& parameter;
  const ast::ArrayType& type;
  const Tensor& tensor;
  std::vector<int64_t> shape;
  Span given;

  std::string written() const { return text_at(context.elaboration, parameter.type->span); }
};

/// Two labels: what is given, and the type that it does not fit.
bool misfit(Fit& fit, std::string why = "", const std::string& advice = "") {
  std::string name = fit.context.scope->definition->name();
  Diagnostic diagnostic =
      error("E0206", fit.given, "`" + name + "` needs " + fit.written() + " for `" + fit.parameter.name.text + "`");
  diagnostic.label = describe(fit.context.elaboration, fit.tensor) + (why.empty() ? "" : ", " + why);
  diagnostic.labels.push_back({fit.parameter.span, "stated here"});
  if (!advice.empty()) diagnostic.notes.push_back({{}, advice});
  fault(fit.context.elaboration, std::move(diagnostic));
  return false;
}

/// A name alone that means nothing yet is a size variable. In a net a constant of the file keeps its meaning.
const std::string* size_variable(const Context& context, const ast::Subscript& size) {
  const auto* formula = std::get_if<ast::Ptr>(&size);
  const auto* name = formula ? std::get_if<ast::Name>(&(*formula)->kind) : nullptr;
  if (!name || context.scope->names.contains(name->text)) return nullptr;
  const Definition* definition = context.scope->definition;
  bool net = !definition || definition->kind() == ast::DefinitionKind::Net;
  if (net && find_constant(*context.scope->module, name->text)) return nullptr;
  return &name->text;
}

bool fit_size(Fit& fit, const ast::Subscript& size, Span span, int64_t extent) {
  Scope& scope = *fit.context.scope;
  if (const std::string* variable = size_variable(fit.context, size)) {
    scope.names[*variable] = Binding{whole(extent), span, std::nullopt, false, false, {}};
    return true;
  }
  const ast::Ptr& formula = std::get<ast::Ptr>(size);
  std::optional<int64_t> wanted = evaluate_whole(fit.context, formula, "a size");
  if (!wanted) return false;
  if (*wanted == extent) return true;
  std::string text = text_at(fit.context.elaboration, formula->span), value = std::to_string(*wanted);
  return misfit(fit, "where " + (text.empty() || text == value ? "" : text + " = ") + value + " is wanted, not " +
                         std::to_string(extent));
}

bool fit_dots(Fit& fit, std::vector<int64_t> sizes) {
  Scope& scope = *fit.context.scope;
  if (!scope.ellipsis) scope.ellipsis = std::move(sizes);
  else if (*scope.ellipsis != sizes) return misfit(fit, "but `...` is [" + shape_text(*scope.ellipsis) + "] here");
  return true;
}

bool fit_shape(Fit& fit, const std::vector<ast::Subscript>& sizes, const std::vector<Span>& spans) {
  auto dots = std::ranges::find_if(sizes, is_dots);
  size_t before = static_cast<size_t>(dots - sizes.begin());
  size_t fixed = sizes.size() - (dots == sizes.end() ? 0 : 1);
  bool fits = dots == sizes.end() ? fit.shape.size() == fixed : fit.shape.size() >= fixed;
  const Definition* definition = fit.context.scope->definition;
  const bool layer = definition && definition->kind() == ast::DefinitionKind::Layer;
  const bool number = layer && fit.shape.empty() && fixed == 1 && fit.tensor.element.kind == Element::Kind::Real;
  const std::string text = number ? text_at(fit.context.elaboration, fit.given) : "";
  if (!fits) return misfit(fit, "", text.empty() ? "" : "a list makes an array of a number: `[" + text + "]`");
  size_t dropped = fit.shape.size() - fixed;
  bool right = true;
  for (size_t place = 0; place < sizes.size() && right; ++place) {
    size_t axis = place > before ? place + dropped - 1 : place;
    if (is_dots(sizes[place]))
      right = fit_dots(fit, {fit.shape.begin() + long(before), fit.shape.begin() + long(before + dropped)});
    else right = fit_size(fit, sizes[place], spans[place], fit.shape[axis]);
  }
  return right;
}

/// Numbers of the data may be labels: the data say so.
std::string advice_for_labels(const Fit& fit) {
  const auto* read = std::get_if<Load>(&fit.tensor.body->kind);
  const auto* input = read ? std::get_if<Input>(&(*fit.context.elaboration.graph)[read->source].kind) : nullptr;
  if (!input || input->role != InputRole::Field) return "";
  return "a column has labels where the data say how many: " + input->name + ": class[12]";
}

/// `class[k][t]`: labels, then the shape.
bool fit_class(Fit& fit) {
  if (fit.tensor.element.kind != Element::Kind::Class) return misfit(fit, "", advice_for_labels(fit));
  if (!fit.type.shape || fit.type.shape->size() != 1 || is_dots((*fit.type.shape)[0])) {
    fault(fit.context.elaboration, "E0206", fit.parameter.type->span, "a class has one number of labels: `class[k]`");
    return false;
  }
  static const std::vector<ast::Subscript> none;
  return fit_size(fit, (*fit.type.shape)[0], fit.type.shape_spans[0], fit.tensor.element.classes) &&
         fit_shape(fit, fit.type.second.value_or(none), fit.type.second_spans);
}

bool fit_plain(Fit& fit) {
  Element::Kind kind = fit.tensor.element.kind;
  if (is_called(fit.type, TypeWord::Integer) ? kind != Element::Kind::Integer : kind == Element::Kind::Class)
    return misfit(fit);
  if (fit.type.second) {
    fault(fit.context.elaboration, "E0206", fit.parameter.type->span, "only a class has two pairs of brackets");
    return false;
  }
  static const std::vector<ast::Subscript> none;
  return fit_shape(fit, fit.type.shape.value_or(none), fit.type.shape_spans);
}

}  // namespace

std::optional<Tensor> fit_to_type(Context& context, const ast::Parameter& parameter, const Tensor& tensor, Span given) {
  const auto& type = std::get<ast::ArrayType>(parameter.type->kind);
  Fit fit{context, parameter, type, tensor, shape_of(context.elaboration, tensor), given};
  if (!runtime::value_named<TypeWord>(type.word.text)) {
    std::vector<std::string> words;
    for (const auto& [known, word] : runtime::words<TypeWord>) words.emplace_back(word);
    Diagnostic diagnostic = error("E0206", type.word.span, "unknown type `" + type.word.text + "`",
                                  fmt::format("a type is one of {}", fmt::join(words, ", ")));
    suggest(diagnostic, type.word.text, words);
    fault(context.elaboration, std::move(diagnostic));
    return std::nullopt;
  }
  const bool labels = is_called(type, TypeWord::Label);
  if (labels ? !fit_class(fit) : !fit_plain(fit)) return std::nullopt;
  Tensor result = tensor;
  result.array = labels ? type.second.has_value() : type.shape.has_value();
  return result;
}

std::optional<std::vector<int64_t>> evaluate_sizes(Context& context, const std::vector<ast::Subscript>& sizes,
                                                   const std::vector<Span>& spans) {
  std::vector<int64_t> result;
  bool right = true;
  for (size_t place = 0; place < sizes.size(); ++place) {
    if (const auto* formula = std::get_if<ast::Ptr>(&sizes[place])) {
      std::optional<int64_t> size = evaluate_whole(context, *formula, "a size");
      right = right && size;
      result.push_back(size.value_or(1));
    } else if (context.scope->ellipsis) {
      result.insert(result.end(), context.scope->ellipsis->begin(), context.scope->ellipsis->end());
    } else {
      fault(context.elaboration, "E0315", spans[place], "`...` stands for no sizes here",
            "give it some in the type of a parameter: `x: f32[...]`");
      right = false;
    }
  }
  return right ? std::optional(result) : std::nullopt;
}

Value limit_size(Context& context, const Value& value, const std::string& part, Span span) {
  const auto* tensor = std::get_if<Tensor>(&value);
  if (!tensor) return value;
  constexpr size_t most = 300;
  size_t size = 0;
  std::function<void(const Expr&)> count = [&](const Expr& formula) {
    if (!formula || ++size > most) return;
    if (const auto* inner = std::get_if<dnnc::Call>(&formula->kind))
      for (const Expr& argument : inner->arguments) count(argument);
    if (const auto* stated = std::get_if<Overridden>(&formula->kind))
      for (const Expr& inner : {stated->value, stated->argument, stated->derivative}) count(inner);
    if (const auto* read = std::get_if<Load>(&formula->kind)) {
      count(read->outside);
      for (const Subscript& subscript : read->at)
        if (const auto* gather = std::get_if<Gather>(&subscript)) count(gather->value);
    }
  };
  count(tensor->body);
  if (size <= most) return value;
  return keep(context.elaboration, *tensor, node_name(context, part), span);
}

namespace {

/// The type of a parameter by what the scope knows of its sizes.
std::optional<InputType> type_of(Context& context, const Definition& definition, size_t parameter) {
  const ast::Parameter& written = definition.tree->parameters.at(parameter);
  const auto* type = written.type ? std::get_if<ast::ArrayType>(&written.type->kind) : nullptr;
  if (!type) return std::nullopt;
  static const std::vector<ast::Subscript> none;
  InputType result{runtime::value_named<TypeWord>(type->word.text).value_or(TypeWord::Number), {}, {}};
  bool labels = is_called(*type, TypeWord::Label);
  auto sizes = evaluate_sizes(context, (labels ? type->second : type->shape).value_or(none),
                              labels ? type->second_spans : type->shape_spans);
  if (!sizes) return std::nullopt;
  result.shape = *sizes;
  if (is_called(*type, TypeWord::Integer)) result.element.kind = Element::Kind::Integer;
  if (!labels) return result;
  auto classes = evaluate_sizes(context, type->shape.value_or(none), type->shape_spans);
  if (!classes || classes->size() != 1) return std::nullopt;
  if (static_cast<double>(classes->front()) > runtime::end_of_whole) {
    fault(context.elaboration, "E0217", type->shape_spans.front(),
          "labels of more than 2^24 classes, which f32 cannot tell apart");
    return std::nullopt;
  }
  result.element = {Element::Kind::Class, classes->front()};
  return result;
}

}  // namespace

std::optional<InputType> input_type(const Program& program, const Definition& definition, size_t parameter,
                                    Diagnostics& diagnostics) {
  Graph graph;
  Elaboration elaboration = begin_elaboration(program, graph, diagnostics, false, std::nullopt);
  Context context{elaboration, std::make_shared<Scope>(), ""};
  context.scope->module = definition.module;
  return type_of(context, definition, parameter);
}

std::optional<InputType> argument_type(const Program& program, const Definition& definition, size_t parameter,
                                       const std::map<size_t, InputType>& given) {
  Graph graph;
  Diagnostics muted(*program.sources);
  Elaboration elaboration = begin_elaboration(program, graph, muted, false, std::nullopt);
  Context context{elaboration, std::make_shared<Scope>(), ""};
  context.scope->module = definition.module;
  context.scope->definition = &definition;
  for (const auto& [place, type] : given) {
    const ast::Parameter& written = definition.tree->parameters.at(place);
    if (!written.type || !std::holds_alternative<ast::ArrayType>(written.type->kind)) continue;
    Tensor tensor{{}, constant(0), type.element, true};
    for (int64_t size : type.shape) tensor.axes.push_back(new_index(elaboration, "i", size));
    if (!fit_to_type(context, written, tensor, {})) return std::nullopt;
  }
  return type_of(context, definition, parameter);
}

}  // namespace dnnc
