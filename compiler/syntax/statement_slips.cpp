#include <array>

#include "compiler/syntax/fault_view.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/nearest.h"

namespace dnnc {

namespace {

/// `param in: f32`, `x = state / 10` of a column
Slip reserved_name(const FaultView& view) {
  const bool list = view.kind(-1) == TokenKind::LEFT_PAREN || view.kind(-1) == TokenKind::COMMA;
  const bool parameter = view.rule() == "declaration" && list;
  const bool assigned = view.kind(1) == TokenKind::ASSIGN && (view.rule() == "block" || view.rule() == "file");
  const bool begins = view.fault.expected.empty() || view.expects(TokenKind::NAME);
  const bool column = view.is_inside("settings") && begins;
  const bool this_one = is_reserved(view.kind()) && (view.rule() == "word" || parameter || assigned || column);
  const bool one_before = view.kind() == TokenKind::ASSIGN && is_reserved(view.kind(-1)) && view.fault.at > 0;
  if (!this_one && !one_before) return std::nullopt;
  const int offset = this_one ? 0 : -1;
  const std::string word = view.text(offset);
  return error(
      "E0115", view.span(offset), fmt::format("`{}` is a reserved word and cannot be a name", word),
      column ? fmt::format("a column called so is column(\"{}\"), under another name", word) : "take another name");
}

/// `elif` on a line of its own. The `if` before it has been reported at the same place, so that one of the two is kept.
Slip elif_line(const FaultView& view) {
  if (view.fault.at == 0 || !is_elif(view, -1)) return std::nullopt;
  return elif_instead(view, -1);
}

struct ForeignWord {
  const char* word;
  const char* help;
  const char* here = nullptr;  ///< what stands in its place, if that is all there is to do; empty: nothing does
};

constexpr std::array foreign_words{
    ForeignWord{"def", "a definition is written `function f(x) = …`"},
    ForeignWord{"fn", "a definition is written `function f(x) = …`"},
    ForeignWord{"func", "a definition is written `function f(x) = …`"},
    ForeignWord{"fun", "a definition is written `function f(x) = …`"},
    ForeignWord{"lambda", "a definition is written `function f(x) = …`"},
    ForeignWord{"class", "a layer is written `layer f(x: f32[n]) { … }`"},
    ForeignWord{"struct", "a layer is written `layer f(x: f32[n]) { … }`"},
    ForeignWord{"module", "a layer is written `layer f(x: f32[n]) { … }`"},
    ForeignWord{"model", "a net is written `net f(x: f32[n]) -> class[k] { … }`"},
    ForeignWord{"network", "a net is written `net f(x: f32[n]) -> class[k] { … }`"},
    ForeignWord{"dataset", "data is written `data d { source = … }`"},
    ForeignWord{"let", "leave it out: `x = 3`", ""},
    ForeignWord{"var", "leave it out: `x = 3`", ""},
    ForeignWord{"val", "leave it out: `x = 3`", ""},
    ForeignWord{"const", "leave it out: `x = 3`", ""},
    ForeignWord{"return", "leave it out: the last statement of a body is its result", ""},
    ForeignWord{"while", "there are no loops: a formula with indices runs over them, `y[i] = x[i]^2`"},
    ForeignWord{"from", "another file is taken in by `import \"blocks.dnn\"`"},
    ForeignWord{"use", "another file is taken in by `import \"blocks.dnn\"`", keyword::import},
    ForeignWord{"include", "another file is taken in by `import \"blocks.dnn\"`", keyword::import},
    ForeignWord{"assert", "write `expect`", keyword::expect},
    ForeignWord{"print", "a program prints nothing: `dnnc eval` shows the value of a formula"},
};

/// `def f(x)`, `return y`: the fault is at the second word, or at the first if the line begins with it.
Slip foreign_word(const FaultView& view) {
  for (const int offset : {-1, 0}) {
    if (offset == -1 && view.fault.at == 0) continue;
    if (view.kind(offset) != TokenKind::NAME || !begins_formula(view.kind(offset + 1))) continue;
    const std::string word = view.text(offset);
    const auto known = std::ranges::find_if(foreign_words, [&](const ForeignWord& w) { return word == w.word; });
    if (known == foreign_words.end()) continue;
    Diagnostic diagnostic =
        error("E0118", view.span(offset), fmt::format("`{}` has no meaning here", word), known->help);
    if (known->here == nullptr) return diagnostic;
    const bool gone = *known->here == '\0';
    const Span place{view.span().source, view.span(offset).begin,
                     gone ? view.span(offset + 1).begin : view.span(offset).end};
    return with_replacement(std::move(diagnostic), place, known->here);
  }
  return std::nullopt;
}

/// `for i in n: …` or `while`, as a statement. Behind a line without an end, `for i in n { … }` goes on in it.
Slip loop(const FaultView& view) {
  if (view.kind() == TokenKind::LEFT_BRACE && view.rule() == "separator" &&
      view.kind(view.start_of_line()) == TokenKind::FOR)
    return error("E0118", view.span(view.start_of_line()), "there are no loops",
                 "a step is repeated by `step * 3`, a formula runs over its indices");
  if (view.kind() != TokenKind::FOR || view.rule() != "block") return std::nullopt;
  return view.report("E0118", "there are no loops",
                     "a formula with indices runs over them: `y[i] = x[i]^2 for i in n`");
}

/// `param` at the level of the file, `layer` inside a body, `x[i] = …` outside one.
Slip misplaced(const FaultView& view) {
  const TokenKind kind = view.kind();
  const bool stores = kind == TokenKind::PARAM || kind == TokenKind::STATE || kind == TokenKind::SHARED;
  if (stores && !view.is_inside("block")) {
    return view.report("E0120", fmt::format("`{}` stands in the body of a definition", view.text()));
  }
  if (view.is_inside("block") && view.fault.at > 0 && begins_declaration(view.list, view.fault.at - 1)) {
    return error("E0120", view.span(-1), "a definition cannot stand inside another",
                 fmt::format("move `{} {}` to the level of the file", view.text(-1), view.text()));
  }
  const bool constant =
      view.rule() == "declaration" && view.expects(TokenKind::ASSIGN) && view.fault.rules[0].parts == 1;
  if (constant && (kind == TokenKind::LEFT_BRACKET || kind == TokenKind::ARROW || kind == TokenKind::COMMA)) {
    return error("E0120", view.span(-1), "this statement stands in the body of a definition",
                 "a file holds declarations: constants, definitions, `data`, `train`, `expect`");
  }
  return std::nullopt;
}

/// `lyer dense(…)`, `mnist { … }`, `net on data { … }`
Slip misspelt_declaration(const FaultView& view) {
  const bool constant =
      view.rule() == "declaration" && view.expects(TokenKind::ASSIGN) && view.fault.rules[0].parts == 1;
  const bool block = view.kind() == TokenKind::LEFT_BRACE, training = view.kind() == TokenKind::ON;
  if (!constant || (view.kind() != TokenKind::NAME && !block && !training)) return std::nullopt;
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all = {keyword::import, keyword::data, keyword::train, keyword::expect};
    for (const auto& [kind, word] : runtime::words<ast::DefinitionKind>) all.emplace_back(word);
    return all;
  }();
  Diagnostic diagnostic = error("E0101", view.span(-1), fmt::format("`{}` begins no declaration", view.text(-1)));
  if (block || training) {
    const std::string word = block ? keyword::data : keyword::train;
    diagnostic.help = fmt::format("put `{}` before it", word);
    diagnostic.replacement = {{view.span(-1).source, view.span(-1).begin, view.span(-1).begin}, word + " "};
  } else if (const auto word = runtime::nearest(view.text(-1), words)) {
    diagnostic.help = fmt::format("did you mean `{}`?", *word);
    diagnostic.replacement = {view.span(-1), *word};
  } else {
    diagnostic.help =
        fmt::format("it begins with {} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
  }
  return diagnostic;
}

/// `batch: 32`. What stands there is no type, which the fields of data have so.
Slip colon_in_setting(const FaultView& view) {
  const int word = view.start_of_setting(), colon = word + 1;
  if (!view.is_inside("settings") || word > 0 || view.kind(colon) != TokenKind::COLON) return std::nullopt;
  const Span sign{view.span(colon).source, view.span(word).end, view.span(colon).end};
  Diagnostic diagnostic =
      error("E0101", view.span(colon), "expected `=`, found `:`", "a setting is written `batch = 32`");
  return with_replacement(std::move(diagnostic), sign, " =");
}

/// `net n("x": f32[2])`, `train "n" on d`: a word in quotes where the word itself stands.
Slip word_in_quotes(const FaultView& view) {
  const std::string text(view.sources.text(view.span()));
  const bool wanted = view.rule() == "word" || view.rule() == "type" || view.rule() == "result" ||
                      view.rule() == "declaration" || view.rule() == "step";
  if (view.kind() != TokenKind::STRING || text.size() < 3 || view.expects(TokenKind::STRING) || !wanted)
    return std::nullopt;
  const std::string word = text.substr(1, text.size() - 2);
  const auto in_type = [](unsigned char sign) {
    return std::isalnum(sign) || std::string_view("_[], .").find(static_cast<char>(sign)) != std::string_view::npos;
  };
  const auto begins = static_cast<unsigned char>(word[0]);
  if ((!std::isalpha(begins) && begins != '_') || !std::ranges::all_of(word, in_type)) return std::nullopt;
  return with_replacement(view.report("E0101", fmt::format("expected {}, found {}", expectation(view), view.found()),
                                      fmt::format("write it without quotes: `{}`", word)),
                          view.span(), word);
}

/// `w: f32[n] = 0` in a body: what has a type is a parameter of the layer, or a state.
Slip parameter_without_its_word(const FaultView& view) {
  const bool typed = view.kind() == TokenKind::COLON && view.kind(-1) == TokenKind::NAME && view.is_inside("block") &&
                     view.kind(1) == TokenKind::NAME && runtime::value_named<TypeWord>(view.text(1));
  const TokenKind before = view.kind(-2);
  const bool begins = before == TokenKind::NEWLINE || before == TokenKind::SEMICOLON || before == TokenKind::LEFT_BRACE;
  if (!typed || !begins) return std::nullopt;
  Diagnostic diagnostic = view.report("E0101", "a value has no type of its own, it follows from its formula",
                                      fmt::format("what is learned is a parameter: write `param {}`", view.text(-1)));
  return with_replacement(std::move(diagnostic), view.span(-1), fmt::format("param {}", view.text(-1)));
}

/// A line that ends with an operator goes on in the next, which then cannot be read: `a = 2 +` before `b = 3`.
Slip dangling_operator(const FaultView& view) {
  const int first = view.start_of_line();
  const bool near_start = view.kind() == TokenKind::ASSIGN || first >= -1;
  if (view.rule() != "separator" || !near_start || !view.has(first - 1)) return std::nullopt;
  const TokenKind last = view.kind(first - 1);
  if (last == TokenKind::DOT && view.kind(first - 2) == TokenKind::NUMBER) return digit_missing(view, first - 1);
  if (!is_infix(last) && last != TokenKind::ASSIGN) return std::nullopt;
  const Span place = view.span(first - 1);
  return error("E0101", {place.source, place.end, place.end},
               fmt::format("expected a formula after `{}`, found the end of the line", view.text(first - 1)));
}

/// In this order: a slip that is known more surely comes first.
constexpr std::array statement_slips{reserved_name,
                                     elif_line,
                                     foreign_word,
                                     loop,
                                     misplaced,
                                     misspelt_declaration,
                                     colon_in_setting,
                                     word_in_quotes,
                                     parameter_without_its_word,
                                     dangling_operator};

}  // namespace

Slip find_statement_slip(const FaultView& view) {
  for (const auto& slip : statement_slips) {
    if (auto diagnostic = slip(view)) return diagnostic;
  }
  return std::nullopt;
}

}  // namespace dnnc
