#pragma once
#include "DnnParser.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/tokens.h"

/// From ANTLR's tree to ours. Only whole rules are given to these functions: none in which a fault was found.
namespace dnnc {

/// What building needs: the tokens, whose numbers ANTLR's tree holds, and where faults go.
struct TreeSource {
  const Tokens& tokens;
  Diagnostics& diagnostics;
  std::vector<ast::AssignedArgument>& assigned;  ///< those that were met

  const Token& token(antlr4::tree::TerminalNode* node) const {
    return tokens.list.at(node->getSymbol()->getTokenIndex());
  }
  Span span(antlr4::tree::TerminalNode* node) const { return token(node).span; }
  Span span(antlr4::ParserRuleContext* rule) const {
    const Span first = tokens.list.at(rule->getStart()->getTokenIndex()).span;
    const Span last = tokens.list.at(rule->getStop()->getTokenIndex()).span;
    return {first.source, first.begin, last.end};
  }
  std::string text(Span span) const { return std::string(diagnostics.sources().text(span)); }
  ast::Word word(Span span) const { return {text(span), span}; }
  ast::Word word(DnnParser::WordContext* rule) const { return word(span(rule)); }
  void report(Diagnostic diagnostic) const { report_unsettled(std::move(diagnostic), tokens, diagnostics); }
};

ast::Ptr build_expression(DnnParser::ExpressionContext* rule, const TreeSource& source);
/// The value of `metrics`, whose items may have names.
ast::Ptr build_metrics(DnnParser::ExpressionContext* rule, const TreeSource& source);
std::vector<ast::Step> build_steps(DnnParser::StepsContext* rule, const TreeSource& source);
std::vector<ast::Binder> build_binders(DnnParser::BindersContext* rule, const TreeSource& source);
ast::Subscript build_subscript(DnnParser::SubscriptContext* rule, const TreeSource& source);
/// A literal's node; `text` is given the value of a string without its quotes and escapes.
ast::Ptr build_literal(DnnParser::LiteralContext* rule, const TreeSource& source);
std::string unescape(Span string, const TreeSource& source);
/// A number without its `_`.
std::string digits_of(Span number, const TreeSource& source);

/// How operators bind: makes a tree of operands and the operators between and before them.
struct OperationPart {
  TokenKind kind;  ///< of the operator; NAME for an operand
  Span span;
  ast::Ptr operand;  ///< null for an operator
};
ast::Ptr build_operation(const std::vector<OperationPart>& parts, const TreeSource& source);

ast::File build_file(DnnParser::FileContext* rule, const TreeSource& source);

}  // namespace dnnc
