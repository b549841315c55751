#include "compiler/support/diagnostics.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compiler/support/check.h"
#include "compiler/support/render_told.h"

using namespace dnnc;

namespace {

struct Program {
  Sources sources;
  SourceId id;
  explicit Program(std::string text, std::string name = "resnet.dnn") {
    id = sources.add(std::move(name), std::move(text));
  }
  /// The place of the `number`th occurrence of `part`, from 1.
  Span span(const std::string& part, int number = 1) const {
    size_t at = sources.text(id).find(part);
    for (; number > 1; --number) at = sources.text(id).find(part, at + 1);
    return {id, uint32_t(at), uint32_t(at + part.size())};
  }
  std::string human(const Diagnostic& diagnostic) const {
    return render(diagnostic, sources, MessageFormat::Human, false);
  }
};

TEST(Render, ShowsTwoPlacesOnOneLineANoteAndHelp) {
  const Program program("a\nb\nc\nd\ne\n  main + skip -> relu\n");
  Diagnostic diagnostic = error("E0101", program.span("main"), "`+` needs equal shapes", "shorten the skip path");
  diagnostic.label = "f32[16, 16, 32]";
  diagnostic.labels = {{program.span("skip"), "f32[32, 32, 16]"}};
  diagnostic.notes = {{program.span("c"), "residual(32) used {at}; there h = 32"}, {program.span("d"), "used"}};
  diagnostic.replacement = {program.span("skip"), "short"};
  EXPECT_EQ(program.human(diagnostic),
            "error[E0101]: `+` needs equal shapes\n"
            "  resnet.dnn:6:3 | main + skip -> relu\n"
            "                 | ^^^^   ---- f32[32, 32, 16]\n"
            "                 | f32[16, 16, 32]\n"
            "  note: residual(32) used at resnet.dnn:3:1; there h = 32\n"
            "  note: used at resnet.dnn:4:1\n"
            "  help: shorten the skip path\n");
}

TEST(Render, ShowsHelpThatNoReplacementCarriesOutAsANote) {
  const Program program("a = b\n");
  EXPECT_EQ(program.human(error("E0101", program.span("b"), "message", "think of it")),
            "error[E0101]: message\n"
            "  resnet.dnn:1:5 | a = b\n"
            "                 |     ^\n"
            "  note: think of it\n");
}

TEST(Render, ShowsPlacesOnOtherLinesBelowWithTheirPositions) {
  const Program program("x = f(\n  y\n\n\n\n\n\n\n\nz\n");
  Diagnostic diagnostic = error("E0106", program.span("z"), "message");
  diagnostic.labels = {{program.span("("), "opened here"}};
  EXPECT_EQ(program.human(diagnostic),
            "error[E0106]: message\n"
            "  resnet.dnn:10:1 | z\n"
            "                  | ^\n"
            "  resnet.dnn:1:6  | x = f(\n"
            "                  |      - opened here\n");
}

TEST(Render, DrawsBarsToTextsThatHangLower) {
  const Program program("aa bb cc\n");
  Diagnostic diagnostic = error("E0101", program.span("aa"), "message");
  diagnostic.label = "first";
  diagnostic.labels = {{program.span("bb"), "second"}, {program.span("cc"), "third"}};
  EXPECT_EQ(program.human(diagnostic),
            "error[E0101]: message\n"
            "  resnet.dnn:1:1 | aa bb cc\n"
            "                 | ^^ -- -- third\n"
            "                 | |  second\n"
            "                 | first\n");
}

TEST(Render, KeepsColumnsUnderTabsAccentsAndWideCharacters) {
  const Program program("\té中\tx\n");
  EXPECT_EQ(program.human(error("E0105", program.span("x"), "message")),
            "error[E0105]: message\n"
            "  resnet.dnn:1:5 | é中 x\n"
            "                 |     ^\n");
}

TEST(Render, MarksTheEndOfTheFileAndTheFirstLineOfALongPlace) {
  const Program program("ab\ncd");
  EXPECT_EQ(program.human(error("E0101", {program.id, 5, 5}, "message")),
            "error[E0101]: message\n  resnet.dnn:2:3 | cd\n                 |   ^\n");
  EXPECT_EQ(program.human(error("E0101", {program.id, 1, 5}, "message")),
            "error[E0101]: message\n  resnet.dnn:1:2 | ab\n                 |  ^\n");
}

TEST(Render, CutsALongLineAroundItsMark) {
  const Program program(std::string(1000, 'a') + "X" + std::string(1000, 'b'));
  const std::string text = program.human(error("E0101", program.span("X"), "message"));
  EXPECT_NE(text.find("| ..." + std::string(60, 'a') + "X" + std::string(99, 'b') + "...\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("| " + std::string(63, ' ') + "^\n"), std::string::npos) << text;
}

TEST(Render, NeverLetsTheTextControlTheTerminal) {
  const Program program("\x1b[2J \xff x\n");
  const std::string text = program.human(error("E0105", program.span("x"), "saw \x1b"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

TEST(Render, WritesOneShortLine) {
  const Program program("x = y\n");
  EXPECT_EQ(render(error("E0101", program.span("y"), "message", "help"), program.sources, MessageFormat::Short, false),
            "resnet.dnn:1:5: error[E0101]: message\n");
  EXPECT_EQ(render(error("E0101", Span{}, "message"), program.sources, MessageFormat::Short, false),
            "error[E0101]: message\n");
}

TEST(Render, WritesOneJsonObjectALine) {
  const Program program("x = y\n");
  Diagnostic diagnostic = error("E0101", program.span("y"), "message \xff", "help");
  diagnostic.labels = {{program.span("x"), "here"}};
  diagnostic.notes = {{program.span("x"), "used"}};
  const std::string line = render(diagnostic, program.sources, MessageFormat::Json, true);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto object = nlohmann::ordered_json::parse(line);
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  EXPECT_EQ(keys, (std::vector<std::string>{"event", "schema", "code", "severity", "message", "file", "line", "column",
                                            "end_line", "end_column", "labels", "notes", "help"}));
  EXPECT_EQ(object["column"], 5);
  EXPECT_EQ(object["end_column"], 6);
  EXPECT_EQ(object["labels"][0]["column"], 1);
  EXPECT_EQ(object["notes"][0]["text"], "used at resnet.dnn:1:1");
}

TEST(Diagnostics, SortsByPlaceAndDropsRepetitions) {
  const Program program("a b\n");
  Diagnostics diagnostics(program.sources);
  diagnostics.report(error("E0101", program.span("b"), "second"));
  diagnostics.report(error("E0101", program.span("a"), "first"));
  diagnostics.report(error("E0101", program.span("a"), "again"));
  ASSERT_EQ(diagnostics.sorted().size(), 2u);
  EXPECT_EQ(diagnostics.sorted()[0].message, "first");
  EXPECT_EQ(diagnostics.error_count(), 2u);
}

TEST(Diagnostics, SortsWhatWasKeptLaterByItself) {
  const Program program("a b c\n");
  Diagnostics diagnostics(program.sources);
  diagnostics.report(error("E0101", program.span("b"), "printed"));
  const size_t printed = diagnostics.count();
  diagnostics.report(error("E0101", program.span("c"), "last"));
  diagnostics.report(error("E0101", program.span("a"), "first"));
  const std::vector<Diagnostic> fresh = diagnostics.sorted(printed);
  ASSERT_EQ(fresh.size(), 2u);
  EXPECT_EQ(fresh[0].message, "first");
  EXPECT_EQ(fresh[1].message, "last");
}

TEST(Diagnostics, LeavesOutWhatTheHelpOfAnotherWritesAnew) {
  const Program program("act=\"relu\" b\n");
  Diagnostics diagnostics(program.sources);
  const Span all = {program.id, 0, 10}, sign = {program.id, 3, 4}, text = {program.id, 4, 10};
  diagnostics.report(error("E0204", text, "a text"));
  diagnostics.report(with_replacement(error("E0113", sign, "a sign"), all, "act: relu"));
  diagnostics.report(error("E0201", program.span("b"), "another"));
  const std::vector<Diagnostic> told = diagnostics.sorted();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].message, "a sign");
  EXPECT_EQ(told[1].message, "another");
  // A help that keeps the text says nothing about it.
  Diagnostics kept(program.sources);
  kept.report(with_replacement(error("E0113", sign, "a sign"), all, "act: \"relu\""));
  kept.report(error("E0204", text, "a text"));
  EXPECT_EQ(kept.sorted().size(), 2u);
  // Of two that write each other anew the first is told.
  Diagnostics both(program.sources);
  both.report(with_replacement(error("E0204", text, "first"), text, "x"));
  both.report(with_replacement(error("E0113", text, "second"), text, "y"));
  ASSERT_EQ(both.sorted().size(), 1u);
  EXPECT_EQ(both.sorted()[0].message, "first");
}

TEST(Diagnostics, RendersWhatIsSaidWithoutACode) {
  const auto note = nlohmann::json::parse(render_told("\r\033[Kdnnc: note: one\n  help: two\n\n  three\n"));
  EXPECT_EQ(note["severity"], "note");
  EXPECT_EQ(note["message"], "one");
  EXPECT_EQ(note["notes"][0]["text"], "two");
  EXPECT_EQ(note["notes"][1]["text"], "three");
  EXPECT_TRUE(note["code"].is_null());
  EXPECT_EQ(nlohmann::json::parse(render_told("dnnc: a\n"))["severity"], "error");
  EXPECT_EQ(nlohmann::json::parse(render_told("warning: a\n"))["severity"], "warning");
  EXPECT_EQ(nlohmann::json::parse(render_told("saved w\n"))["severity"], "note");
  EXPECT_EQ(render_told("\r\033[K"), "");
}

TEST(Diagnostics, CountsButDoesNotKeepErrorsPastTheMost) {
  const Program program(std::string(500, 'a'));
  Diagnostics diagnostics(program.sources);
  for (uint32_t i = 0; i < 300; ++i) diagnostics.report(error("E0101", {program.id, i, i + 1}, "message"));
  EXPECT_EQ(diagnostics.sorted().size(), Diagnostics::most_errors);
  EXPECT_EQ(diagnostics.error_count(), 300u);
}

TEST(Diagnostics, RefusesACodeThatIsNotInTheTable) {
  const Program program("a");
  Diagnostics diagnostics(program.sources);
  EXPECT_THROW(diagnostics.report(error("E9999", program.span("a"), "message")), InternalError);
}

TEST(Codes, AreInOrderWithoutRepetition) {
  const auto& codes = diagnostic_codes();
  for (size_t i = 1; i < codes.size(); ++i) EXPECT_LT(std::string(codes[i - 1].code), codes[i].code);
}

}  // namespace
