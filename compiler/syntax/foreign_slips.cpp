#include <array>
#include <cstdlib>

#include "compiler/syntax/fault_view.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {

namespace {

/// `// words`, `/* words */`
Slip foreign_comment(const FaultView& view) {
  const bool signs = view.kind() == TokenKind::FLOOR_DIVIDE || view.kind() == TokenKind::DIVIDE;
  const bool words = view.kind(1) == TokenKind::NAME && view.kind(2) == TokenKind::NAME;
  if (!signs || (!view.begins_line(0) && !words)) return std::nullopt;
  Diagnostic diagnostic = view.report("E0118", "a comment begins with `#`", "write `#`");
  return view.kind() == TokenKind::DIVIDE ? diagnostic : with_replacement(std::move(diagnostic), view.span(), "#");
}

/// `if c then a`; behind a number `then` is read as its unit.
Slip then(const FaultView& view) {
  if (view.rule() != "expression" || !view.expects(TokenKind::COLON)) return std::nullopt;
  for (const int offset : {-1, 0}) {
    if (view.kind(offset) != TokenKind::NAME || view.text(offset) != "then") continue;
    return with_replacement(error("E0112", view.span(offset), "`then` has no meaning here", "write `:`"),
                            view.span(offset), ":");
  }
  return std::nullopt;
}

/// `np.exp(x)`, `x.relu()`, `nn.Linear(2, 8)`
Slip call_of_a_member(const FaultView& view) {
  const bool call =
      view.kind() == TokenKind::LEFT_PAREN && view.kind(-1) == TokenKind::NAME && view.kind(-2) == TokenKind::DOT;
  const bool step =
      view.kind() == TokenKind::DOT && view.kind(1) == TokenKind::NAME && view.kind(-1) == TokenKind::NAME;
  if (!call && !step) return std::nullopt;
  const int dot = call ? -2 : 0;
  const Span all{view.span().source, view.span(dot - 1).begin, view.span(dot + 1).end};
  const std::string owner = view.text(dot - 1), word = view.text(dot + 1);
  if (view.kind(view.start_of_setting()) == TokenKind::EXPECT)
    return with_replacement(error("E0118", all, fmt::format("`{}` cannot be called", view.sources.text(all)),
                                  fmt::format("a training answers by its own name: write {}(…)", owner)),
                            all, owner);
  return error(
      "E0118", all, fmt::format("`{}` cannot be called", view.sources.text(all)),
      fmt::format("functions and layers belong to no module and no value: write `{0}(…)`, or `{1} -> {0}` if `{1}` "
                  "is a value",
                  word, owner));
}

/// The bracket that belongs to the one at `offset`, which is looked for in the direction `step`, 1 or -1; `offset` itself if
/// there is none.
int matching_bracket(const FaultView& view, int offset, int step) {
  int depth = 0;
  for (int at = offset; view.has(at); at += step) {
    depth += opens(view.kind(at)) ? step : closes(view.kind(at)) ? -step : 0;
    if (depth == 0) return at;
  }
  return offset;
}

/// `dense(8)(x)`
Slip call_of_a_call(const FaultView& view) {
  if (view.kind() != TokenKind::LEFT_PAREN || view.kind(-1) != TokenKind::RIGHT_PAREN) return std::nullopt;
  const int first = matching_bracket(view, -1, -1), last = matching_bracket(view, 0, 1);
  const auto text = [&](int from, int to) {
    return view.sources.text({view.span().source, view.span(from).begin, view.span(to).end});
  };
  const bool called = view.kind(first - 1) == TokenKind::NAME && last > 1;
  const bool one_line = called && text(first - 1, last).find_first_of("\r\n") == std::string_view::npos;
  return view.report("E0118", "what a call gives cannot be called",
                     one_line ? fmt::format("the input comes first: `{} -> {}`", text(1, last - 1), text(first - 1, -1))
                              : "the input comes first, then `->`");
}

/// `x[0:3]`
Slip slice(const FaultView& view) {
  if (view.kind() != TokenKind::COLON || !view.expects(TokenKind::RIGHT_BRACKET)) return std::nullopt;
  return view.report("E0118", "a subscript is one place, not a range",
                     "a part of an array is written with an index: `y[i] = x[i + 1] for i in 3`");
}

/// `f32(28, 28)`, `class(10)`
Slip sizes_in_round_brackets(const FaultView& view) {
  const bool behind = view.kind() == TokenKind::LEFT_PAREN && view.kind(-1) == TokenKind::NAME;
  const bool typed = view.kind(-2) == TokenKind::COLON || view.kind(-2) == TokenKind::ARROW;
  if (!behind || !typed || !(view.is_inside("type") || view.is_inside("declaration"))) return std::nullopt;
  // `source: moons(…)` is a setting with another sign.
  if (view.is_inside("settings") && !runtime::value_named<TypeWord>(view.text(-1))) return std::nullopt;
  return view.report("E0118", "sizes of a type stand in square brackets", fmt::format("write `{}[…]`", view.text(-1)));
}

/// `net n(x: f32[2]): prob`
Slip result_behind_a_colon(const FaultView& view) {
  const bool typed = view.kind() == TokenKind::COLON && view.kind(1) == TokenKind::NAME && !view.begins_line(1);
  const bool header =
      typed && view.kind(-1) == TokenKind::RIGHT_PAREN && (view.rule() == "body" || view.rule() == "declaration");
  if (!header) return std::nullopt;
  return with_replacement(view.report("E0118", "a result stands behind `->`", "write `->`"), view.span(), " ->");
}

/// `train n(d)`, `train n with d`
Slip training_without_on(const FaultView& view) {
  if (!view.expects(TokenKind::ON) || view.kind(-2) != TokenKind::TRAIN) return std::nullopt;
  Diagnostic diagnostic = view.report("E0101", fmt::format("expected `on`, found {}", view.found()),
                                      "a training is written `train net on data { … }`");
  if (view.kind() != TokenKind::NAME || view.kind(1) != TokenKind::NAME) return diagnostic;
  diagnostic.help = "write `on`";
  return with_replacement(std::move(diagnostic), view.span(), "on");
}

/// `loss = mse, epochs = 1`
Slip comma_between_settings(const FaultView& view) {
  const bool ended = view.kind() == TokenKind::COMMA && view.kind(2) == TokenKind::ASSIGN;
  if (!ended || !view.is_inside("settings")) return std::nullopt;
  return with_replacement(view.report("E0118", "settings are parted by `;` or by lines", "write `;`"), view.span(),
                          ";");
}

/// `data d = { … }`
Slip block_behind_an_equal_sign(const FaultView& view) {
  if (view.kind() != TokenKind::LEFT_BRACE || view.kind(-1) != TokenKind::ASSIGN) return std::nullopt;
  const Span sign{view.span().source, view.span(-1).begin, view.span().begin};
  return with_replacement(error("E0118", view.span(-1), "a block stands behind a name without `=`", "leave it out"),
                          sign, "");
}

/// `import blocks.dnn`
Slip import_without_quotes(const FaultView& view) {
  if (view.kind(-1) != TokenKind::IMPORT || view.kind() != TokenKind::NAME) return std::nullopt;
  int last = 0;
  while (view.kind(last + 1) == TokenKind::DOT && !view.begins_line(last + 2)) last += 2;
  const Span file{view.span().source, view.span().begin, view.span(last).end};
  const std::string text = fmt::format("\"{}\"", view.sources.text(file));
  return with_replacement(error("E0118", file, "the name of a file stands in double quotes", "write " + text), file,
                          text);
}

/// `20 %` and `2e1%` before something that begins no formula.
Slip percent_sign_apart(const FaultView& view) {
  const bool apart = view.kind(-1) == TokenKind::MODULO && view.kind(-2) == TokenKind::NUMBER;
  if (!apart || begins_formula(view.kind())) return std::nullopt;
  const Span blank{view.span().source, view.span(-2).end, view.span(-1).begin};
  if (blank.begin == blank.end) {
    std::string number = view.text(-2);
    std::erase(number, '_');
    const std::string share = fmt::format("{}", std::strtod(number.c_str(), nullptr) / 100);
    const Span both{blank.source, view.span(-2).begin, view.span(-1).end};
    return with_replacement(error("E0117", both, "a percentage has no exponent", "write `" + share + "`"), both, share);
  }
  return with_replacement(
      error("E0117", view.span(-1), "a percent sign touches its number", fmt::format("write `{}%`", view.text(-2))),
      blank, "");
}

/// `0..n`
Slip two_points(const FaultView& view) {
  for (const int offset : {-1, 0}) {
    if (view.kind(offset) != TokenKind::DOT || view.kind(offset + 1) != TokenKind::DOT) continue;
    const Span both{view.span().source, view.span(offset).begin, view.span(offset + 1).end};
    return error("E0118", both, "`..` has no meaning here", "an index runs from 0: `for i in n`");
  }
  return std::nullopt;
}

/// `sum(x[i], i in n)`, `sum(i in n, x[i])`
Slip range_behind_a_comma(const FaultView& view) {
  const bool range = view.kind() == TokenKind::IN && view.kind(-1) == TokenKind::NAME && view.rule() == "arguments";
  if (!range) return std::nullopt;
  const Span index{view.span().source, view.span(-1).begin, view.span().begin};
  Diagnostic diagnostic = view.report("E0101", "what an index runs over stands behind `for`");
  if (view.kind(-2) == TokenKind::COMMA) {
    const Span comma{index.source, view.span(-2).begin, index.begin};
    diagnostic.help = "write `for` in place of the comma";
    return with_replacement(std::move(diagnostic), comma, " for ");
  }
  const int open = -2, close = matching_bracket(view, open, 1);
  int comma = 1;
  for (int depth = 0; comma < close && (depth > 0 || view.kind(comma) != TokenKind::COMMA); ++comma)
    depth += opens(view.kind(comma)) ? 1 : closes(view.kind(comma)) ? -1 : 0;
  if (view.kind(open) != TokenKind::LEFT_PAREN || comma >= close - 1) return diagnostic;
  const auto span = [&](int first, int last) {
    return Span{index.source, view.span(first).begin, view.span(last).end};
  };
  const std::string meant =
      fmt::format("{} for {}", view.sources.text(span(comma + 1, close - 1)), view.sources.text(span(-1, comma - 1)));
  diagnostic.help = fmt::format("write `{}`", meant);
  return with_replacement(std::move(diagnostic), span(-1, close - 1), meant);
}

/// `function f(x: f32[n]) = sum(x[i]) for i in n`
Slip range_behind_a_definition(const FaultView& view) {
  const bool behind = view.kind() == TokenKind::FOR && view.kind(-1) == TokenKind::RIGHT_PAREN;
  const int open = behind ? matching_bracket(view, -1, -1) : 0;
  if (!behind || view.is_inside("block") || view.is_inside("settings") || view.kind(open - 1) != TokenKind::NAME)
    return std::nullopt;
  const std::string_view inner = view.sources.text({view.span().source, view.span(open - 1).begin, view.span(-2).end});
  return view.report("E0101", "`for` needs indices on the left of `=`",
                     fmt::format("what a sum runs over stands inside of it: `{} {})`", inner,
                                 view.sources.text(view.rest_of_formula())));
}

/// `(3, 3)`, `(n: 100)`: a list in another language, or arguments without the word that takes them.
Slip list_in_brackets(const FaultView& view) {
  const Token& first = view.list[view.fault.rules.front().first];
  if (view.rule() != "atom" && view.rule() != "step") return std::nullopt;
  const bool separator = view.kind() == TokenKind::COMMA || view.kind() == TokenKind::COLON;
  if (!separator || first.kind != TokenKind::LEFT_PAREN || !view.expects(TokenKind::RIGHT_PAREN)) return std::nullopt;
  Diagnostic diagnostic = error("E0101", first.span, "brackets without a word before them hold one formula",
                                "arguments follow a word, `f(a, b)`; a list is written `[a, b]`, a size `3x3`");
  diagnostic.labels = {{view.span(), "it ends here"}};
  return diagnostic;
}

/// In this order: a slip that is known more surely comes first.
constexpr std::array foreign_slips{foreign_comment,
                                   then,
                                   call_of_a_member,
                                   call_of_a_call,
                                   slice,
                                   sizes_in_round_brackets,
                                   result_behind_a_colon,
                                   training_without_on,
                                   comma_between_settings,
                                   block_behind_an_equal_sign,
                                   import_without_quotes,
                                   percent_sign_apart,
                                   two_points,
                                   range_behind_a_comma,
                                   range_behind_a_definition,
                                   list_in_brackets};

}  // namespace

Slip find_foreign_slip(const FaultView& view) {
  for (const auto& slip : foreign_slips) {
    if (auto diagnostic = slip(view)) return diagnostic;
  }
  return std::nullopt;
}

}  // namespace dnnc
