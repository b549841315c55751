#include <algorithm>

#include "compiler/syntax/build_ast.h"

namespace dnnc {
namespace {

using P = DnnParser;

ast::Ptr make(Span span, auto kind) {
  return std::make_shared<const ast::Expression>(ast::Expression{span, std::move(kind)});
}

Span join(Span first, Span last) { return {first.source, first.begin, last.end}; }

std::vector<ast::Ptr> build_list(P::ListContext* rule, const TreeSource& source) {
  std::vector<ast::Ptr> items;
  for (auto* item : rule->listed()) {
    items.push_back(build_expression(item->expression(), source));
    if (item->AS() != nullptr)
      source.report(error("E0101", source.span(item->AS()), "`as` cannot stand in this list",
                          "it names a step, a training, or a formula of `metrics`"));
  }
  return items;
}

/// The list that an expression is alone, or null.
P::ListContext* list_of(P::ExpressionContext* rule) {
  auto* chain = dynamic_cast<P::ChainContext*>(rule);
  if (chain == nullptr || chain->steps() != nullptr || chain->operation()->operand().size() != 1) return nullptr;
  auto* operand = chain->operation()->operand(0);
  const bool alone = operand->children.size() == 1 && operand->primary()->suffix().empty();
  return alone ? operand->primary()->atom()->list() : nullptr;
}

/// `f(x[0] = 1)`, `sum(x = 1 for i in n)`
void report_comparison(Span sign, const TreeSource& source) {
  source.report(with_replacement(error("E0113", sign, "`=` does not compare", "write `==`"), sign, "=="));
}

/// `rate: 0.1`: the grammar reads a formula before the colon, but only a name may stand there.
ast::Argument build_argument(const ast::Word& callee, P::ArgumentContext* rule, const TreeSource& source) {
  const auto parts = rule->expression();
  ast::Ptr first = build_expression(parts[0], source);
  if (parts.size() == 1) return {std::nullopt, first};
  ast::Ptr value = build_expression(parts[1], source);
  if (rule->ASSIGN() != nullptr) {
    const Span sign = source.span(rule->ASSIGN());
    if (const auto* name = std::get_if<ast::Name>(&first->kind)) {
      const ast::Argument argument{ast::Word{name->text, first->span}, value, sign};
      source.assigned.push_back({callee, argument});
      return argument;
    }
    report_comparison(sign, source);
    return {std::nullopt, value};
  }
  if (const auto* name = std::get_if<ast::Name>(&first->kind)) return {ast::Word{name->text, first->span}, value};
  source.report(error("E0101", first->span, "only the name of an argument may stand before `:`",
                      "write `name: value`, as in `conv(32, 3x3, stride: 2)`"));
  return {std::nullopt, value};
}

/// `conv(size: 3x3, 32)`
void check_order(const ast::Call& call, const TreeSource& source) {
  const auto named = [](const ast::Argument& argument) { return argument.name.has_value(); };
  const auto first = std::ranges::find_if(call.arguments, named);
  const auto late = std::find_if_not(first, call.arguments.end(), named);
  if (late == call.arguments.end()) return;
  Diagnostic diagnostic = error("E0101", late->value->span, "arguments without a name stand before those with one");
  diagnostic.labels = {{first->name->span, "a name"}};
  source.report(std::move(diagnostic));
}

ast::Call build_call(const ast::Word& function, P::ArgumentsContext* rule, const TreeSource& source) {
  ast::Call call{function, {}, {}};
  for (auto* argument : rule->argument()) call.arguments.push_back(build_argument(function, argument, source));
  check_order(call, source);
  if (rule->binders() == nullptr) return call;
  call.binders = build_binders(rule->binders(), source);
  if (call.arguments.size() == 1 && call.arguments[0].sign.valid()) {
    report_comparison(call.arguments[0].sign, source);
    source.assigned.pop_back();
    return call;
  }
  if (call.arguments.size() != 1 || call.arguments[0].name) {
    source.report(
        error("E0101", source.span(rule->FOR()), "`for` may follow one formula only", "write `sum(x[i] for i in n)`"));
  }
  return call;
}

ast::Ptr build_atom(P::AtomContext* rule, const TreeSource& source) {
  const Span span = source.span(rule);
  if (rule->arguments() != nullptr) return make(span, build_call(source.word(rule->word()), rule->arguments(), source));
  if (rule->word() != nullptr) return make(span, ast::Name{source.text(span)});
  if (rule->literal() != nullptr) return build_literal(rule->literal(), source);
  if (rule->list() != nullptr) return make(span, ast::List{build_list(rule->list(), source)});
  return make(span, ast::Bracketed{build_expression(rule->expression(), source)});
}

ast::Ptr build_element(const ast::Ptr& array, P::ElementContext* rule, const TreeSource& source) {
  ast::Element element{array, {}, {}, nullptr};
  for (auto* subscript : rule->subscript()) {
    element.subscripts.push_back(build_subscript(subscript, source));
    element.subscript_spans.push_back(source.span(subscript));
  }
  if (rule->expression() != nullptr) element.otherwise = build_expression(rule->expression(), source);
  return make(join(array->span, source.span(rule)), std::move(element));
}

ast::Ptr build_primary(P::PrimaryContext* rule, const TreeSource& source) {
  ast::Ptr result = build_atom(rule->atom(), source);
  for (auto* suffix : rule->suffix()) {
    if (auto* element = dynamic_cast<P::ElementContext*>(suffix)) {
      result = build_element(result, element, source);
    } else {
      auto* member = dynamic_cast<P::MemberContext*>(suffix);
      result = make(join(result->span, source.span(suffix)), ast::Member{result, source.word(member->word())});
    }
  }
  return result;
}

/// The operands of an operation with the operators before and between them, in the order of the text.
std::vector<OperationPart> flatten(P::OperationContext* rule, const TreeSource& source) {
  std::vector<OperationPart> parts;
  const auto add_operator = [&](antlr4::tree::ParseTree* node) {
    const Token& token = source.token(dynamic_cast<antlr4::tree::TerminalNode*>(node));
    parts.push_back({token.kind, token.span, nullptr});
  };
  for (auto* child : rule->children) {
    auto* operand = dynamic_cast<P::OperandContext*>(child);
    if (operand == nullptr) {
      add_operator(child->children[0]);
      continue;
    }
    for (size_t i = 0; i + 1 < operand->children.size(); ++i) add_operator(operand->children[i]);
    ast::Ptr primary = build_primary(operand->primary(), source);
    parts.push_back({TokenKind::NAME, primary->span, primary});
  }
  return parts;
}

ast::Ptr build_repeat(P::RepeatContext* rule, const TreeSource& source) {
  const Span span = source.span(rule);
  if (rule->NUMBER() != nullptr) return make(span, ast::Number{digits_of(span, source), ""});
  if (rule->word() != nullptr) return make(span, ast::Name{source.text(span)});
  return make(span, ast::Bracketed{build_expression(rule->expression(), source)});
}

ast::Step build_value_step(P::ValueStepContext* rule, const TreeSource& source) {
  const Span span = source.span(rule);
  if (rule->list() != nullptr)
    return {span, ast::Step::Value{make(span, ast::List{build_list(rule->list(), source)})}, {}, {}};
  ast::Ptr literal = build_literal(rule->literal(), source);
  if (rule->MINUS() != nullptr) literal = make(span, ast::Unary{ast::UnaryOperator::Negate, literal});
  return {span, ast::Step::Value{literal}, {}, {}};
}

ast::Step::Use build_use(P::LayerStepContext* rule, const TreeSource& source) {
  ast::Step::Use use{source.word(rule->word()[0]), std::nullopt};
  if (rule->arguments() == nullptr) return use;
  ast::Call call = build_call(use.word, rule->arguments(), source);
  if (!call.binders.empty()) {
    source.report(
        error("E0101", source.span(rule->arguments()->FOR()), "`for` cannot stand in the arguments of a step"));
  }
  use.arguments = std::move(call.arguments);
  return use;
}

ast::Step build_step(P::StepContext* rule, const TreeSource& source) {
  if (auto* value = dynamic_cast<P::ValueStepContext*>(rule)) return build_value_step(value, source);
  auto* layer = dynamic_cast<P::LayerStepContext*>(rule);
  ast::Step step{source.span(rule), {}, nullptr, std::nullopt};
  if (layer->steps() != nullptr) step.kind = ast::Step::Group{build_steps(layer->steps(), source)};
  else step.kind = build_use(layer, source);
  if (layer->repeat() != nullptr) step.repeat = build_repeat(layer->repeat(), source);
  if (layer->AS() != nullptr) step.as = source.word(layer->word().back());
  return step;
}

}  // namespace

ast::Ptr build_expression(P::ExpressionContext* rule, const TreeSource& source) {
  const Span span = source.span(rule);
  if (auto* choice = dynamic_cast<P::ChoiceContext*>(rule)) {
    const auto parts = choice->expression();
    ast::Ptr condition = build_expression(parts[0], source);
    ast::Ptr then = build_expression(parts[1], source);
    return make(span, ast::If{condition, then, build_expression(parts[2], source)});
  }
  auto* chain = dynamic_cast<P::ChainContext*>(rule);
  ast::Ptr operation = build_operation(flatten(chain->operation(), source), source);
  if (chain->steps() == nullptr) return operation;
  return make(span, ast::Chain{operation, build_steps(chain->steps(), source)});
}

ast::Ptr build_metrics(P::ExpressionContext* rule, const TreeSource& source) {
  P::ListContext* list = list_of(rule);
  if (list == nullptr) return build_expression(rule, source);
  ast::List metrics;
  bool named = false;
  for (auto* item : list->listed()) {
    metrics.items.push_back(build_expression(item->expression(), source));
    named = named || item->AS() != nullptr;
    metrics.names.push_back(item->AS() != nullptr ? source.word(item->word()) : ast::Word{});
  }
  if (!named) metrics.names.clear();
  return make(source.span(rule), std::move(metrics));
}

std::vector<ast::Step> build_steps(P::StepsContext* rule, const TreeSource& source) {
  std::vector<ast::Step> steps;
  for (auto* step : rule->step()) steps.push_back(build_step(step, source));
  return steps;
}

std::vector<ast::Binder> build_binders(P::BindersContext* rule, const TreeSource& source) {
  std::vector<ast::Binder> binders;
  for (auto* binder : rule->binder()) {
    ast::Ptr range = binder->expression() == nullptr ? nullptr : build_expression(binder->expression(), source);
    binders.push_back({source.word(binder->word()), range});
  }
  return binders;
}

ast::Subscript build_subscript(P::SubscriptContext* rule, const TreeSource& source) {
  if (rule->expression() == nullptr) return ast::Ellipsis{};
  return build_expression(rule->expression(), source);
}

}  // namespace dnnc
