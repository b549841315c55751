#include "compiler/syntax/fault_view.h"

// `w -= rate * g`: what other languages write where a state, an optimizer's result or a new name belongs.
namespace dnnc {
namespace {

/// The first token of the statement that `offset` is in.
int start_of_statement(const FaultView& view, int offset) {
  const auto ends = [&](TokenKind kind) {
    return kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON || kind == TokenKind::LEFT_BRACE;
  };
  while (view.has(offset - 1) && !ends(view.kind(offset - 1))) --offset;
  return offset;
}

/// Whether `state NAME` stands above in the body.
bool is_state(const FaultView& view, const std::string& name, int before) {
  for (int offset = before - 1; view.has(offset) && view.kind(offset) != TokenKind::LEFT_BRACE; --offset) {
    const bool named = view.kind(offset) == TokenKind::NAME && view.text(offset) == name;
    if (named && view.kind(start_of_statement(view, offset)) == TokenKind::STATE) return true;
  }
  return false;
}

/// The last token of the statement that begins at `offset`.
int end_of_statement(const FaultView& view, int offset) {
  const auto ends = [&](int at) {
    return view.kind(at) == TokenKind::NEWLINE || view.kind(at) == TokenKind::SEMICOLON ||
           view.kind(at) == TokenKind::RIGHT_BRACE;
  };
  while (view.has(offset + 1) && !ends(offset + 1)) ++offset;
  return offset;
}

/// The value of an optimizer's parameters, its first one, if the fault is in an optimizer.
std::string updated_parameter(const FaultView& view) {
  for (const RuleInProgress& rule : view.fault.rules) {
    if (rule.name != "declaration" || view.list[rule.first].kind != TokenKind::OPTIMIZER) continue;
    const size_t parameter = rule.first + 3;  // optimizer NAME (
    if (parameter < view.list.size()) return std::string(view.sources.text(view.list[parameter].span));
  }
  return "";
}

/// Whether the statement that ends at `offset` is the last of its body.
bool ends_body(const FaultView& view, int offset) {
  while (view.kind(offset + 1) == TokenKind::NEWLINE || view.kind(offset + 1) == TokenKind::SEMICOLON) {
    if (!view.has(offset + 1)) return false;
    ++offset;
  }
  return view.kind(offset + 1) == TokenKind::RIGHT_BRACE;
}

/// The formula from `first` to `last` as an operand: `a + b` needs brackets.
std::string operand(const FaultView& view, int first, int last) {
  const std::string text(view.sources.text({view.span().source, view.span(first).begin, view.span(last).end}));
  int depth = 0;
  bool joined = view.kind(first) == TokenKind::IF;
  for (int offset = first; offset <= last; ++offset) {
    if (opens(view.kind(offset))) ++depth;
    if (closes(view.kind(offset))) --depth;
    const bool product = view.kind(offset) >= TokenKind::POWER && view.kind(offset) <= TokenKind::MODULO;
    const bool binds_less = (is_infix(view.kind(offset)) && !product) || view.kind(offset) == TokenKind::ARROW;
    joined = joined || (depth == 0 && offset > first && binds_less);
  }
  return joined ? "(" + text + ")" : text;
}

}  // namespace

Diagnostic reassigned(const FaultView& view, Diagnostic diagnostic, int first, const std::string& here) {
  const TokenKind value_begins = view.kind(first + 2);
  const bool named =
      view.kind(first - 1) == TokenKind::NAME &&
      (begins_formula(value_begins) || value_begins == TokenKind::IF || value_begins == TokenKind::MINUS);
  const int begin = start_of_statement(view, first), end = end_of_statement(view, first + 1);
  if (!named || begin != first - 1) {
    diagnostic.help = "a name is defined once, only a `state` again";
    return diagnostic;
  }
  const std::string name = view.text(first - 1);
  const bool product = here != "+" && here != "-";
  const bool alone = product && end > first + 2;
  const std::string right =
      alone
          ? "(" + std::string(view.sources.text({view.span().source, view.span(first + 2).begin, view.span(end).end})) +
                ")"
          : operand(view, first + 2, end);
  const std::string value = fmt::format("{} {} {}", name, here, right);
  const Span statement{view.span().source, view.span(begin).begin, view.span(end).end};
  const bool in_data = view.is_inside("settings") && view.first_of("declaration") == TokenKind::DATA;
  if (in_data || is_state(view, name, begin)) {
    const std::string text = fmt::format("{} = {}", name, value);
    diagnostic.help = fmt::format("write `{}`", text);
    return with_replacement(std::move(diagnostic), statement, text);
  }
  if (name == updated_parameter(view)) {
    diagnostic.help = fmt::format("an optimizer's last statement is the new value: `{}`", value);
    return ends_body(view, end) ? with_replacement(std::move(diagnostic), statement, value) : diagnostic;
  }
  diagnostic.help = fmt::format("a name is defined once, only a `state` again: write `{}` under another name", value);
  return diagnostic;
}

}  // namespace dnnc
