#include <fmt/format.h>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

struct StatedHead {
  Head head = Head::Array;
  std::vector<int64_t> shape;  ///< of the scores
  int64_t classes = 0;
};

/// `class[k][s...]`, `prob[s...]`, `real[s...]`, `f32[s...]`
std::optional<StatedHead> stated_head(Context& context, const ast::Output& output) {
  const auto* type = std::get_if<ast::ArrayType>(&output.type.kind);
  static const std::vector<ast::Subscript> none;
  StatedHead stated;
  if (type && is_called(*type, TypeWord::Label)) stated.head = Head::Class;
  else if (type && is_called(*type, TypeWord::Probability)) stated.head = Head::Probability;
  else if (type && is_called(*type, TypeWord::Real)) stated.head = Head::Real;
  else if (!type || !is_called(*type, TypeWord::Number)) {
    fault(context.elaboration, "E0212", output.type.span, "a result of a net is one of class[k], prob, real, f32[...]");
    return std::nullopt;
  }
  bool labels = stated.head == Head::Class;
  auto shape = evaluate_sizes(context, (labels ? type->second : type->shape).value_or(none),
                              labels ? type->second_spans : type->shape_spans);
  if (!shape) return std::nullopt;
  stated.shape = *shape;
  if (!labels) return stated;
  auto classes = evaluate_sizes(context, type->shape.value_or(none), type->shape_spans);
  if (!classes) return std::nullopt;
  if (classes->size() != 1) {
    fault(context.elaboration, "E0212", output.type.span, "a class has one number of labels: `class[k]`");
    return std::nullopt;
  }
  stated.classes = classes->front();
  stated.shape.push_back(stated.classes);
  return stated;
}

/// The formula behind a node that is no reduction.
const Expr* formula_of(const Graph& graph, const Expr& body) {
  const auto* read = std::get_if<Load>(&body->kind);
  const auto* made = read && !read->outside ? std::get_if<Comprehension>(&graph[read->source].kind) : nullptr;
  return made && made->reduction == Reduction::None ? &made->body : nullptr;
}

const dnnc::Call* called(const Expr& body, Function function) {
  const auto* call = std::get_if<dnnc::Call>(&body->kind);
  return call && call->function == function ? call : nullptr;
}

bool is_one(const Expr& body) {
  const auto* number = std::get_if<Constant>(&body->kind);
  return number && number->value == 1;
}

/// exp(e) / sum(exp(e))
bool is_softmax(const Graph& graph, const Expr& body) {
  const dnnc::Call* quotient = called(body, Function::Divide);
  const auto* total = quotient ? std::get_if<Load>(&quotient->arguments[1]->kind) : nullptr;
  const auto* sum = total ? std::get_if<Comprehension>(&graph[total->source].kind) : nullptr;
  return sum && sum->reduction == Reduction::Sum && called(quotient->arguments[0], Function::Exp) &&
         called(sum->body, Function::Exp);
}

/// sigmoid(e), 1 / (1 + exp(e))
bool is_sigmoid(const Expr& body) {
  if (called(body, Function::Sigmoid)) return true;
  const dnnc::Call* quotient = called(body, Function::Divide);
  const dnnc::Call* sum =
      quotient && is_one(quotient->arguments[0]) ? called(quotient->arguments[1], Function::Add) : nullptr;
  return sum && ((is_one(sum->arguments[0]) && called(sum->arguments[1], Function::Exp)) ||
                 (is_one(sum->arguments[1]) && called(sum->arguments[0], Function::Exp)));
}

/// The name of the link that the scores have been through already, or null.
const char* applied_link(const Graph& graph, Expr body) {
  for (int depth = 0; depth < 8; ++depth) {
    if (is_softmax(graph, body)) return "softmax";
    if (is_sigmoid(body)) return word_of(Function::Sigmoid);
    const Expr* formula = formula_of(graph, body);
    if (!formula) return nullptr;
    body = *formula;
  }
  return nullptr;
}

bool check_link(Context& context, const StatedHead& stated, const Tensor& scores, const ast::Output& output,
                Span span) {
  if (stated.head != Head::Class && stated.head != Head::Probability) return true;
  const char* link = applied_link(*context.elaboration.graph, scores.body);
  if (!link) return true;
  Diagnostic diagnostic = error("E0221", span, fmt::format("the {} would be applied twice", link),
                                fmt::format("give the scores: leave the {} out", link));
  diagnostic.labels.push_back({output.type.span, "this head applies it"});
  fault(context.elaboration, std::move(diagnostic));
  return false;
}

/// A single number may come as an array of one.
Tensor without_axis(Elaboration& elaboration, const Tensor& tensor, const std::string& name, Span span) {
  Tensor kept = keep(elaboration, tensor, name, span);
  const auto& read = std::get<Load>(kept.body->kind);
  std::vector<Subscript> at = read.at;
  for (Subscript& subscript : at)
    if (single_index(std::get<Affine>(subscript)) == kept.axes[0]) subscript = affine_constant(0);
  Tensor result = number_tensor(load(read.source, std::move(at)));
  return keep(elaboration, result, name, span);
}

bool fits(const StatedHead& stated, const std::vector<int64_t>& shape) {
  bool single = stated.head == Head::Probability || stated.head == Head::Real;
  return shape == stated.shape || (single && stated.shape.empty() && shape == std::vector<int64_t>{1});
}

std::optional<NetResult> check_head(Context& context, const ast::Output& output, const Value& value, Span span) {
  Elaboration& elaboration = context.elaboration;
  std::optional<StatedHead> stated = stated_head(context, output);
  std::optional<Tensor> tensor = to_tensor(elaboration, value, span);
  if (!stated || !tensor) return std::nullopt;
  std::vector<int64_t> shape = shape_of(elaboration, *tensor);
  if (tensor->element.kind == Element::Kind::Class || !fits(*stated, shape)) {
    Diagnostic diagnostic = error("E0212", span, "the result does not fit its head");
    diagnostic.label = describe(elaboration, *tensor);
    diagnostic.labels.push_back({output.type.span, "wants " + type_text({}, stated->shape)});
    fault(elaboration, std::move(diagnostic));
    return std::nullopt;
  }
  if (!check_link(context, *stated, *tensor, output, span)) return std::nullopt;
  std::string name = output.name.text.empty() ? "output" : output.name.text;
  std::string node = context.path + (output.name.text.empty() ? "" : "." + name);
  NetResult result{{name, stated->head, stated->classes, stated->shape}, {}};
  result.scores =
      shape == stated->shape ? keep(elaboration, *tensor, node, span) : without_axis(elaboration, *tensor, node, span);
  result.scores.head = stated->head;
  return result;
}

/// Where the formula of a result stands in the body.
Span span_of_result(const Context& context, size_t place, Span otherwise) {
  const ast::Body& body = context.scope->definition->tree->body;
  if (body.empty()) return otherwise;
  if (const auto* results = std::get_if<ast::ResultStatement>(&body.back().kind))
    return place < results->values.size() ? results->values[place]->span : body.back().span;
  return body.back().span;
}

std::vector<Value> values_of(const Value& value) {
  const auto* results = std::get_if<std::shared_ptr<const Results>>(&value);
  return results ? (*results)->values : std::vector<Value>{value};
}

bool check_count(Context& context, size_t count, Span span) {
  const std::vector<ast::Output>& outputs = context.scope->definition->tree->results;
  if (outputs.empty() || outputs.size() == count) return true;
  Diagnostic diagnostic = error("E0213", span_of_result(context, 0, span),
                                fmt::format("{} {} for {} {}", count, count == 1 ? "result" : "results", outputs.size(),
                                            outputs.size() == 1 ? "type" : "types"));
  diagnostic.labels.push_back({outputs[0].type.span, outputs.size() == 1 ? "the type" : "the first type"});
  fault(context.elaboration, std::move(diagnostic));
  return false;
}

}  // namespace

std::optional<std::vector<NetResult>> check_heads(Context& context, const Value& value, Span span) {
  std::vector<Value> values = values_of(value);
  const std::vector<ast::Output>& outputs = context.scope->definition->tree->results;
  if (!check_count(context, values.size(), span)) return std::nullopt;
  std::vector<NetResult> results;
  bool right = true;
  for (size_t place = 0; place < values.size(); ++place) {
    Span own = span_of_result(context, place, span);
    if (!outputs.empty()) {
      std::optional<NetResult> result = check_head(context, outputs[place], values[place], own);
      if (result) results.push_back(std::move(*result));
      right = right && result;
      continue;
    }
    std::optional<Tensor> tensor = to_tensor(context.elaboration, values[place], own);
    if (!tensor) return std::nullopt;
    std::string name = values.size() == 1 ? "output" : "output" + std::to_string(place + 1);
    std::string node = context.path + (values.size() == 1 ? "" : "." + name);
    NetResult result{{name, Head::Array, 0, shape_of(context.elaboration, *tensor)},
                     keep(context.elaboration, *tensor, node, own)};
    result.scores.head = Head::Array;
    results.push_back(std::move(result));
  }
  return right ? std::optional(results) : std::nullopt;
}

bool check_results(Context& context, const Value& value, Span span) {
  std::vector<Value> values = values_of(value);
  const std::vector<ast::Output>& outputs = context.scope->definition->tree->results;
  if (!check_count(context, values.size(), span)) return false;
  static const std::vector<ast::Subscript> none;
  for (size_t place = 0; place < outputs.size(); ++place) {
    Span own = span_of_result(context, place, span);
    const auto* type = std::get_if<ast::ArrayType>(&outputs[place].type.kind);
    std::optional<Tensor> tensor = to_tensor(context.elaboration, values[place], own);
    if (!tensor || !type) return false;
    bool labels = is_called(*type, TypeWord::Label);
    auto shape = evaluate_sizes(context, (labels ? type->second : type->shape).value_or(none),
                                labels ? type->second_spans : type->shape_spans);
    if (!shape) return false;
    if (*shape == shape_of(context.elaboration, *tensor)) continue;
    Diagnostic diagnostic = error("E0212", own, "the result does not fit its type");
    diagnostic.label = describe(context.elaboration, *tensor);
    diagnostic.labels.push_back({outputs[place].type.span, type_text(tensor->element, *shape)});
    fault(context.elaboration, std::move(diagnostic));
    return false;
  }
  return true;
}

}  // namespace dnnc
