#include <fmt/format.h>

#include "compiler/syntax/build_ast.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

using P = DnnParser;

// --- types ----------------------------------------------------------------------------------------------------------

void build_shape(P::ShapeContext* rule, std::vector<ast::Subscript>& sizes, std::vector<Span>& spans,
                 const TreeSource& source) {
  for (auto* size : rule->subscript()) {
    sizes.push_back(build_subscript(size, source));
    spans.push_back(source.span(size));
  }
}

ast::ArrayType build_array_type(P::TypeContext* rule, const TreeSource& source) {
  ast::ArrayType type{source.word(rule->word()[0]), {}, {}, {}, {}};
  const auto shapes = rule->shape();
  if (!shapes.empty()) build_shape(shapes[0], type.shape.emplace(), type.shape_spans, source);
  if (shapes.size() > 1) build_shape(shapes[1], type.second.emplace(), type.second_spans, source);
  return type;
}

/// `k x l`: every second word is the `x`.
ast::SizesType build_sizes_type(const std::vector<ast::Word>& words, const TreeSource& source) {
  ast::SizesType type;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i % 2 == 0) {
      type.sizes.push_back(words[i]);
    } else if (words[i].text != "x") {
      source.report(error("E0101", words[i].span, fmt::format("expected `,` or `)`, found `{}`", words[i].text),
                          "two sizes are written `k x l`"));
      break;
    }
  }
  return type;
}

ast::Type build_type(P::TypeContext* rule, const TreeSource& source) {
  std::vector<ast::Word> words;
  for (auto* word : rule->word()) words.push_back(source.word(word));
  if (words.size() == 1) return {source.span(rule), build_array_type(rule, source)};
  if (!rule->BAR().empty()) return {source.span(rule), ast::ChoiceType{std::move(words)}};
  return {source.span(rule), build_sizes_type(words, source)};
}

// --- statements -----------------------------------------------------------------------------------------------------

std::vector<ast::Group> build_groups(const std::vector<P::GroupContext*>& rules, const TreeSource& source) {
  std::vector<ast::Group> groups;
  for (auto* rule : rules) {
    ast::Group group;
    for (auto* word : rule->word()) group.names.push_back(source.word(word));
    if (rule->type() != nullptr) group.type = build_type(rule->type(), source);
    group.drawn = rule->DRAWN() != nullptr;
    group.start = build_expression(rule->expression(), source);
    group.span = source.span(rule);
    groups.push_back(std::move(group));
  }
  return groups;
}

Diagnostic wrong_left_side(Span span) {
  return error("E0101", span, "this cannot stand on the left of `=`",
               "there stands a name, names by commas, or a name with its indices: `y[i, j] = …`");
}

std::optional<ast::Word> as_name(const ast::Ptr& expression) {
  const auto* name = std::get_if<ast::Name>(&expression->kind);
  if (name == nullptr) return std::nullopt;
  return ast::Word{name->text, expression->span};
}

/// `y[i, ...]` on the left: a name and indices, nothing computed.
std::optional<ast::IndexedStatement> build_indexed_left(const ast::Ptr& left, const TreeSource& source) {
  const auto* element = std::get_if<ast::Element>(&left->kind);
  const auto name = element == nullptr ? std::nullopt : as_name(element->array);
  if (!name) {
    source.report(wrong_left_side(left->span));
    return std::nullopt;
  }
  if (element->otherwise) {
    source.report(error("E0101", element->otherwise->span, "`else` cannot stand on the left of `=`"));
  }
  ast::IndexedStatement statement{*name, {}, nullptr, {}};
  for (size_t i = 0; i < element->subscripts.size(); ++i) {
    const Span span = element->subscript_spans[i];
    const auto* subscript = std::get_if<ast::Ptr>(&element->subscripts[i]);
    const auto index = subscript == nullptr ? ast::Word{"...", span} : as_name(*subscript);
    if (index) {
      statement.indices.push_back(*index);
      continue;
    }
    source.report(error("E0101", span, "on the left of `=` an index is a name or `...`",
                        "compute the index on the right: `y[i] = x[2 * i]`"));
  }
  return statement;
}

/// `y = x[i] for i in n`. Behind a call the range may be meant for what is inside of it: `y = sum(x[i]) for i in n`.
void report_missing_indices(const ast::BindStatement& statement, const std::vector<ast::Binder>& binders, Span place,
                            const TreeSource& source) {
  const std::vector<ast::Word>& names = statement.names;
  std::string indices;
  for (const ast::Binder& binder : binders) indices += (indices.empty() ? "" : ", ") + binder.index.text;
  Diagnostic diagnostic = error("E0101", place, "`for` needs indices on the left of `=`");
  if (names.size() == 1) {
    const std::string left = fmt::format("{}[{}]", names[0].text, indices);
    diagnostic.help = fmt::format("write `{} = …`", left);
    diagnostic.replacement = {names[0].span, left};
  }
  const auto* call = std::get_if<ast::Call>(&statement.value->kind);
  if (call && call->binders.empty() && call->arguments.size() == 1 && !call->arguments[0].name) {
    const Span inner{place.source, statement.value->span.begin, call->arguments[0].value->span.end};
    const Span range{place.source, place.begin, binders.back().range ? binders.back().range->span.end : place.end};
    const Sources& sources = source.diagnostics.sources();
    diagnostic.help +=
        fmt::format("; what a sum runs over stands inside of it: `{} {})`", sources.text(inner), sources.text(range));
    diagnostic.replacement.reset();  // which of the two is meant only the name of what is called tells
  }
  source.report(std::move(diagnostic));
}

using StatementKind = decltype(ast::Statement::kind);

std::optional<StatementKind> build_binding(const std::vector<ast::Ptr>& left, ast::Ptr value, P::FormulaContext* rule,
                                           const TreeSource& source) {
  std::vector<ast::Binder> binders;
  if (rule->binders() != nullptr) binders = build_binders(rule->binders(), source);
  if (left.size() == 1 && !as_name(left[0])) {
    auto statement = build_indexed_left(left[0], source);
    if (!statement) return std::nullopt;
    statement->value = std::move(value);
    statement->binders = std::move(binders);
    return *statement;
  }
  ast::BindStatement statement{{}, std::move(value)};
  for (const ast::Ptr& part : left) {
    if (const auto name = as_name(part)) statement.names.push_back(*name);
    else source.report(wrong_left_side(part->span));
  }
  if (!binders.empty()) {
    report_missing_indices(statement, binders, source.span(rule->FOR()), source);
  }
  return statement;
}

std::optional<StatementKind> build_formula(P::FormulaContext* rule, const TreeSource& source) {
  std::vector<ast::Ptr> parts;
  for (auto* part : rule->expression()) parts.push_back(build_expression(part, source));
  if (rule->ASSIGN() == nullptr) return ast::ResultStatement{std::move(parts)};
  ast::Ptr value = std::move(parts.back());
  parts.pop_back();
  return build_binding(parts, std::move(value), rule, source);
}

std::optional<StatementKind> build_statement(P::StatementContext* rule, const TreeSource& source) {
  if (auto* storage = dynamic_cast<P::StorageContext*>(rule)) {
    auto groups = build_groups(storage->group(), source);
    if (storage->PARAM() != nullptr) return ast::ParamStatement{std::move(groups)};
    return ast::StateStatement{std::move(groups)};
  }
  if (auto* shared = dynamic_cast<P::SharedContext*>(rule)) {
    return ast::SharedStatement{source.word(shared->word()), build_steps(shared->steps(), source)};
  }
  if (auto* expectation = dynamic_cast<P::ExpectationContext*>(rule)) {
    return ast::ExpectStatement{build_expression(expectation->expression(), source)};
  }
  return build_formula(dynamic_cast<P::FormulaContext*>(rule), source);
}

/// std::nullopt if a statement of the block is not whole.
std::optional<ast::Body> build_block(P::BlockContext* rule, const TreeSource& source) {
  ast::Body body;
  bool whole = true;
  for (auto* line : rule->line()) {
    auto kind = line->exception ? std::nullopt : build_statement(line->statement(), source);
    if (kind) body.push_back({source.span(line->statement()), std::move(*kind)});
    else whole = false;
  }
  return whole ? std::optional(std::move(body)) : std::nullopt;
}

// --- declarations ---------------------------------------------------------------------------------------------------

ast::DefinitionKind build_kind(TokenKind kind) {
  constexpr auto first = static_cast<size_t>(TokenKind::FUNCTION);
  static_assert(static_cast<size_t>(TokenKind::OPTIMIZER) - first == size_t(ast::DefinitionKind::Optimizer));
  return static_cast<ast::DefinitionKind>(static_cast<size_t>(kind) - first);
}

std::vector<ast::Parameter> build_parameters(P::ParametersContext* rule, const TreeSource& source) {
  std::vector<ast::Parameter> parameters;
  if (rule == nullptr) return parameters;
  for (auto* part : rule->parameter()) {
    ast::Parameter parameter{source.word(part->word()), std::nullopt, nullptr, source.span(part)};
    if (part->type() != nullptr) parameter.type = build_type(part->type(), source);
    if (part->expression() != nullptr) parameter.standard = build_expression(part->expression(), source);
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::vector<ast::Output> build_results(P::ResultContext* rule, const TreeSource& source) {
  std::vector<ast::Output> results;
  if (rule == nullptr) return results;
  if (rule->type() != nullptr) results.push_back({ast::Word{"", source.span(rule)}, build_type(rule->type(), source)});
  for (auto* output : rule->output()) {
    results.push_back({source.word(output->word()), build_type(output->type(), source)});
  }
  return results;
}

using DeclarationKind = decltype(ast::Declaration::kind);

std::optional<DeclarationKind> build_definition(P::DefinitionContext* rule, const TreeSource& source) {
  ast::Definition definition;
  definition.kind = build_kind(static_cast<TokenKind>(rule->kind()->getStart()->getType()));
  definition.name = source.word(rule->word());
  definition.parameters = build_parameters(rule->parameters(), source);
  definition.results = build_results(rule->result(), source);
  if (rule->expression() != nullptr) definition.derivative = build_expression(rule->expression(), source);
  if (auto* block = rule->body()->block()) {
    auto body = build_block(block, source);
    if (!body) return std::nullopt;
    definition.body = std::move(*body);
    return definition;
  }
  ast::Ptr value = build_expression(rule->body()->expression(), source);
  definition.short_form = true;
  definition.body.push_back({value->span, ast::ResultStatement{{value}}});
  return definition;
}

/// The keys of data that are no fields.
bool is_key_of_data(const std::string& word) {
  const std::optional<runtime::DataPart> part = runtime::value_named<runtime::DataPart>(word);
  return word == keyword::source || word == keyword::augment || (part && part != runtime::DataPart::Train);
}

/// `batch: 32` where `batch = 32` is meant.
void report_colon(P::SettingContext* setting, const TreeSource& source) {
  const Span sign = source.span(setting->COLON());
  Diagnostic colon = error("E0101", sign, "expected `=`, found `:`", "a setting is written `batch = 32`");
  colon.replacement = {{sign.source, source.span(setting->word()).end, sign.end}, " ="};
  source.report(std::move(colon));
}

/// With `types` fields may have one: `letters: class[30][21]`.
std::optional<std::vector<ast::Setting>> build_settings(P::SettingsContext* rule, const TreeSource& source,
                                                        bool types) {
  std::vector<ast::Setting> settings;
  bool whole = true;
  for (auto* entry : rule->entry()) {
    if (entry->exception) {
      whole = false;
      continue;
    }
    auto* part = entry->setting();
    if (part->type() != nullptr) {
      const ast::Word field = source.word(part->word());
      if (types && !is_key_of_data(field.text))
        settings.push_back({field, {}, nullptr, source.span(part), build_type(part->type(), source)});
      else report_colon(part, source);
      continue;
    }
    const ast::Word key = source.word(part->word());
    const auto build_value = key.text == keyword::metrics ? build_metrics : build_expression;
    ast::Setting setting{key, {}, build_value(part->expression(), source), source.span(part)};
    for (auto* path : part->STRING()) setting.paths.push_back({unescape(source.span(path), source), source.span(path)});
    settings.push_back(std::move(setting));
  }
  return whole ? std::optional(std::move(settings)) : std::nullopt;
}

std::optional<DeclarationKind> build_data(P::DataContext* rule, const TreeSource& source) {
  ast::Data data{source.word(rule->word()), rule->settings() == nullptr, {}};
  if (!data.short_form) {
    auto settings = build_settings(rule->settings(), source, true);
    if (!settings) return std::nullopt;
    data.settings = std::move(*settings);
    return data;
  }
  ast::Ptr value = build_expression(rule->expression(), source);
  data.settings.push_back({ast::Word{keyword::source, source.span(rule->word())}, {}, value, value->span});
  return data;
}

std::optional<DeclarationKind> build_training(P::TrainingContext* rule, const TreeSource& source) {
  const auto words = rule->word();
  ast::Train train{source.word(words[0]), source.word(words[1]), {}, {}, {}};
  size_t next = 2;
  if (rule->AS() != nullptr) train.as = source.word(words[next++]);
  if (rule->LIKE() != nullptr) train.like = source.word(words[next]);
  auto settings = build_settings(rule->settings(), source, false);
  if (!settings) return std::nullopt;
  train.settings = std::move(*settings);
  return train;
}

std::optional<DeclarationKind> build_declaration(P::DeclarationContext* rule, const TreeSource& source) {
  if (auto* file = dynamic_cast<P::ImportFileContext*>(rule)) {
    const Span span = source.span(file->STRING());
    return ast::Import{unescape(span, source), span};
  }
  if (auto* constant = dynamic_cast<P::ConstantContext*>(rule)) {
    const Span name = source.tokens.list.at(rule->getStart()->getTokenIndex()).span;
    return ast::ConstantDefinition{source.word(name), build_expression(constant->expression(), source)};
  }
  if (auto* contract = dynamic_cast<P::ContractContext*>(rule)) {
    return ast::Expect{build_expression(contract->expression(), source)};
  }
  if (auto* definition = dynamic_cast<P::DefinitionContext*>(rule)) return build_definition(definition, source);
  if (auto* data = dynamic_cast<P::DataContext*>(rule)) return build_data(data, source);
  return build_training(dynamic_cast<P::TrainingContext*>(rule), source);
}

// --- the language version -------------------------------------------------------------------------------------------

ast::Ptr build_version(P::VersionContext* rule, const TreeSource& source) {
  const Span span = source.span(rule->NUMBER());
  const std::string number = digits_of(span, source);
  if (number != "1") {
    source.report(with_replacement(error("E0111", span, fmt::format("language version {} is not known", number),
                                         "this compiler knows version 1: `dnn 1`"),
                                   span, "1"));
  }
  return std::make_shared<const ast::Expression>(ast::Expression{span, ast::Number{number, ""}});
}

void report_missing_version(Span first, const TreeSource& source) {
  Diagnostic diagnostic = error("E0110", first, "a file begins with the version of the language");
  diagnostic.help = "put `dnn 1` on the first line";
  diagnostic.replacement = {{first.source, first.begin, first.begin}, "dnn 1\n"};
  source.report(std::move(diagnostic));
}

}  // namespace

ast::File build_file(P::FileContext* rule, const TreeSource& source) {
  ast::File file{source.tokens.source, nullptr, {}, source.tokens.comments};
  const auto items = rule->item();
  const auto version_of = [](P::ItemContext* item) { return dynamic_cast<P::VersionContext*>(item->declaration()); };
  const bool versioned = !items.empty() && version_of(items[0]) != nullptr;
  if (!versioned) {
    const auto& list = source.tokens.list;
    report_missing_version(list.empty() ? Span{source.tokens.source, 0, 0} : list[0].span, source);
  }
  for (auto* item : items) {
    if (item->exception) continue;
    if (auto* version = version_of(item)) {
      if (item == items[0]) file.version = build_version(version, source);
      else source.report(error("E0120", source.span(version), "the version of the language stands on the first line"));
      continue;
    }
    auto kind = build_declaration(item->declaration(), source);
    if (kind) file.declarations.push_back({source.span(item->declaration()), std::move(*kind)});
  }
  return file;
}

}  // namespace dnnc
