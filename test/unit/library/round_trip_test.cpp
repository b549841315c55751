#include "test/unit/syntax/round_trip.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/library/library.h"

using namespace dnnc;

namespace {

TEST(RoundTrip, HoldsForTheLibrary) {
  for (const EmbeddedText& text : library_files()) {
    const RoundTrip trip(text.text);
    EXPECT_EQ(trip.fault, "") << text.name;
    EXPECT_EQ(trip.once, text.text) << text.name << " is not in its canonical form";
  }
}

std::string library_text() {
  const auto& files = library_files();
  return files.at(*rc::gen::inRange<size_t>(0, files.size())).text;
}

/// Comments and new lines may stand anywhere where a line may go on, and statements may be written anyhow.
RC_GTEST_PROP(RoundTrip, HoldsWhereverCommentsStand, ()) {
  const std::string text = library_text();
  std::string changed;
  int depth = 0;
  bool in_comment = false;
  for (const char c : text) {
    changed += c;
    if (c == '#') in_comment = true;
    if (c == '\n') in_comment = false;
    if (in_comment) continue;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    const bool may_break = c == ' ' && depth > 0;
    if (may_break && *rc::gen::inRange(0, 20) == 0)
      changed += *rc::gen::element<std::string>("# c\n", "\n  # d\n", "\n\n");
    if (c == '\n' && *rc::gen::inRange(0, 20) == 0) changed += *rc::gen::element<std::string>("\n\n", "  # e\n\n");
  }
  const RoundTrip trip(changed);
  RC_ASSERT(trip.fault == "");
}

const std::vector<std::string>& pieces() {
  static const std::vector<std::string> all{"dnn 1\n",
                                            "import",
                                            "data",
                                            "train",
                                            "on",
                                            "layer",
                                            "net",
                                            "loss",
                                            "expect",
                                            "param",
                                            "state",
                                            "shared",
                                            "derivative",
                                            "if",
                                            "else",
                                            "for",
                                            "in",
                                            "as",
                                            "and",
                                            "not",
                                            "true",
                                            "->",
                                            "^",
                                            "*",
                                            "//",
                                            "%",
                                            "-",
                                            "==",
                                            "<",
                                            "=",
                                            "~",
                                            ":",
                                            ",",
                                            "...",
                                            ".",
                                            "|",
                                            "(",
                                            ")",
                                            "[",
                                            "]",
                                            "{",
                                            "}",
                                            ";",
                                            "\n",
                                            "3x3",
                                            "5%",
                                            "1e9",
                                            "\"s\"",
                                            "\"",
                                            "x",
                                            "sum",
                                            "f32",
                                            "#",
                                            "&",
                                            "\xC3",
                                            "\r",
                                            "\t",
                                            "é",
                                            "\0",
                                            "1_",
                                            "layer f(x) {\n",
                                            "y[i] = ",
                                            "x -> f(1) ",
                                            "data d = ",
                                            "train a on b {\n",
                                            "if a: b else: c"};
  return all;
}

/// Whatever the text, parsing ends, with a tree that can be formatted or with an error.
RC_GTEST_PROP(RandomTexts, NeverBreakTheParser, ()) {
  const auto words = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, pieces().size()));
  std::string text = "dnn 1\n";
  for (const size_t word : words) text += pieces()[word] + *rc::gen::element<std::string>(" ", "", "\n");
  const RoundTrip trip(text);
  RC_ASSERT(trip.well_formed == (trip.fault == ""));
}

RC_GTEST_PROP(RandomTexts, ThatAreAlmostProgramsNeverBreakTheParser, ()) {
  std::string text = library_text();
  for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
    const size_t at = *rc::gen::inRange<size_t>(0, text.size());
    const size_t length = std::min(*rc::gen::inRange<size_t>(0, 12), text.size() - at);
    text.replace(at, length, pieces()[*rc::gen::inRange<size_t>(0, pieces().size())]);
  }
  const RoundTrip trip(text);
  RC_ASSERT(trip.well_formed == (trip.fault == ""));
}

}  // namespace
