#include "compiler/syntax/parse.h"

#include "compiler/support/check.h"
#include "compiler/syntax/build_ast.h"
#include "compiler/syntax/syntax_fault.h"

namespace dnnc {
namespace {

/// Reports a fault in our words and goes on behind the statement it is in.
class StatementRecovery : public antlr4::DefaultErrorStrategy {
 public:
  StatementRecovery(const Tokens& tokens, Diagnostics& diagnostics) : tokens_(tokens), diagnostics_(diagnostics) {
    size_t depth = 0;
    for (const Token& token : tokens.list) {
      if (closes(token.kind) && depth > 0) --depth;
      depths_.push_back(depth);
      if (opens(token.kind)) ++depth;
    }
  }

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& fault) override {
    if (inErrorRecoveryMode(parser)) return;
    beginErrorCondition(parser);
    const bool mismatch = dynamic_cast<const antlr4::InputMismatchException*>(&fault) != nullptr;
    report(parser, mismatch ? fault.getExpectedTokens().toList() : std::vector<ssize_t>{});
  }

  /// Faults rise to the statement they are in; from there reading goes on.
  void recover(antlr4::Parser* parser, std::exception_ptr fault) override {
    const size_t rule = parser->getContext()->getRuleIndex();
    if (rule == DnnParser::RuleEvaluation) return skip_all(parser);
    const bool statement = rule == DnnParser::RuleItem || rule == DnnParser::RuleLine || rule == DnnParser::RuleEntry;
    if (!statement) std::rethrow_exception(fault);
    skip_statement(parser, depths_.at(parser->getContext()->getStart()->getTokenIndex()));
    endErrorCondition(parser);
  }

  antlr4::Token* recoverInline(antlr4::Parser* parser) override { throw antlr4::InputMismatchException(parser); }

  /// Called before each statement: what cannot begin one is reported here, so that the list of statements goes on.
  void sync(antlr4::Parser* parser) override {
    const size_t rule = parser->getContext()->getRuleIndex();
    if (rule != DnnParser::RuleFile && rule != DnnParser::RuleBlock && rule != DnnParser::RuleSettings) return;
    while (!can_follow(parser)) {
      report(parser, {});
      skip_statement(parser, depths_.at(parser->getCurrentToken()->getTokenIndex()));
    }
  }

 private:
  static bool can_follow(antlr4::Parser* parser) {
    const auto* state = parser->getATN().states[parser->getState()];
    return parser->getATN()
        .nextTokens(const_cast<antlr4::atn::ATNState*>(state))
        .contains(parser->getTokenStream()->LA(1));
  }

  void report(antlr4::Parser* parser, const std::vector<ssize_t>& expected) {
    SyntaxFault fault{parser->getCurrentToken()->getTokenIndex(), {}, {}};
    if (fault.at >= tokens_.list.size()) fault.at = tokens_.list.size() - 1;
    const std::vector<std::string>& names = parser->getRuleNames();
    for (auto* rule = parser->getContext(); rule != nullptr;
         rule = dynamic_cast<antlr4::ParserRuleContext*>(rule->parent)) {
      fault.rules.push_back({names[rule->getRuleIndex()], rule->getStart()->getTokenIndex(), rule->children.size()});
    }
    for (const ssize_t kind : expected) fault.expected.push_back(static_cast<TokenKind>(kind));
    report_unsettled(describe(fault, tokens_, diagnostics_.sources()), tokens_, diagnostics_);
  }

  static void skip_all(antlr4::Parser* parser) {
    while (parser->getTokenStream()->LA(1) != antlr4::Token::EOF) parser->consume();
  }

  /// Goes behind the next separator at that depth of brackets, or before the bracket that closes it.
  void skip_statement(antlr4::Parser* parser, size_t depth) {
    if (diagnostics_.error_count() > Diagnostics::most_errors) return skip_all(parser);
    while (parser->getTokenStream()->LA(1) != antlr4::Token::EOF) {
      const size_t at = parser->getCurrentToken()->getTokenIndex();
      const TokenKind kind = tokens_.list.at(at).kind;
      if (closes(kind) && depths_[at] < depth) return;
      parser->consume();
      const bool separator = kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON;
      if (separator && depths_[at] <= depth) return;
    }
  }

  const Tokens& tokens_;
  Diagnostics& diagnostics_;
  std::vector<size_t> depths_;  ///< how many brackets are open around each token
};

/// The checked tokens of a text, or std::nullopt if it must not be parsed.
std::optional<Tokens> read_tokens(SourceId source, Diagnostics& diagnostics) {
  if (!check_text(source, diagnostics)) return std::nullopt;
  Tokens tokens = lex(source, diagnostics.sources());
  if (!check_tokens(tokens, diagnostics)) return std::nullopt;
  match_brackets(tokens, diagnostics);
  end_statements(tokens);
  if (!check_nesting(tokens, diagnostics)) return std::nullopt;
  return tokens;
}

std::vector<std::unique_ptr<antlr4::Token>> to_antlr(const std::vector<Token>& list) {
  std::vector<std::unique_ptr<antlr4::Token>> tokens;
  tokens.reserve(list.size() + 1);
  for (const Token& token : list) {
    tokens.push_back(std::make_unique<antlr4::CommonToken>(static_cast<size_t>(token.kind), ""));
  }
  tokens.push_back(std::make_unique<antlr4::CommonToken>(antlr4::Token::EOF, ""));
  return tokens;
}

/// Parses by one rule and makes our tree of ANTLR's before that is gone.
template <class Rule, class Build>
auto parse_rule(const Tokens& tokens, Diagnostics& diagnostics, std::vector<ast::AssignedArgument>& assigned, Rule rule,
                Build build) {
  try {
    antlr4::ListTokenSource list(to_antlr(tokens.list));
    antlr4::CommonTokenStream stream(&list);
    DnnParser parser(&stream);
    parser.removeErrorListeners();
    parser.setErrorHandler(std::make_shared<StatementRecovery>(tokens, diagnostics));
    return build((parser.*rule)(), TreeSource{tokens, diagnostics, assigned});
  } catch (const antlr4::RuntimeException& fault) {
    throw InternalError(std::string("parse: ") + fault.what());
  }
}

}  // namespace

std::optional<ast::File> parse(SourceId source, Diagnostics& diagnostics) {
  const auto tokens = read_tokens(source, diagnostics);
  if (!tokens) return std::nullopt;
  std::vector<ast::AssignedArgument> assigned;
  ast::File file = parse_rule(*tokens, diagnostics, assigned, &DnnParser::file, build_file);
  file.assigned = std::move(assigned);
  return file;
}

void report_assigned(const std::vector<ast::AssignedArgument>& assigned, Diagnostics& diagnostics) {
  for (const auto& [callee, argument] : assigned) {
    const std::string_view value = diagnostics.sources().text(argument.value->span);
    diagnostics.report(assigned_argument(argument, argument.name->text, std::string(value)));
  }
}

Diagnostic assigned_argument(const ast::Argument& argument, const std::string& name, const std::string& value) {
  const std::string meant = name + ": " + value;
  const Span all{argument.sign.source, argument.name->span.begin, argument.value->span.end};
  return with_replacement(
      error("E0113", argument.sign, "a named argument is written with `:`", "write `" + meant + "`"), all, meant);
}

ast::Ptr parse_expression(SourceId source, Diagnostics& diagnostics) {
  const auto tokens = read_tokens(source, diagnostics);
  if (!tokens) return nullptr;
  if (tokens->list.empty()) {
    diagnostics.report(error("E0101", {source, 0, 0}, "expected a formula, found the end of the text"));
    return nullptr;
  }
  const auto build = [](DnnParser::EvaluationContext* rule, const TreeSource& tree) {
    return rule->exception ? nullptr : build_expression(rule->expression(), tree);
  };
  std::vector<ast::AssignedArgument> assigned;
  ast::Ptr expression = parse_rule(*tokens, diagnostics, assigned, &DnnParser::evaluation, build);
  report_assigned(assigned, diagnostics);
  return expression;
}

std::string print_tokens(SourceId source, const Sources& sources) {
  Tokens tokens = lex(source, sources);
  end_statements(tokens);
  std::string result;
  for (const Token& token : tokens.list) {
    const Position at = sources.position(source, token.span.begin);
    const bool shown = token.kind != TokenKind::NEWLINE;
    result += std::to_string(at.line) + ":" + std::to_string(at.column) + " " + name_of(token.kind);
    result += (shown ? " " + std::string(sources.text(token.span)) : "") + "\n";
  }
  return result;
}

}  // namespace dnnc
