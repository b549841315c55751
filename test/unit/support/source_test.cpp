#include "compiler/support/source.h"

#include <gtest/gtest.h>

#include "compiler/support/unicode.h"

using namespace dnnc;

namespace {

TEST(Sources, CountsLinesAndCharactersFromOne) {
  Sources sources;
  const SourceId id = sources.add("a.dnn", "é = 1\n\tx\n");
  EXPECT_EQ(sources.describe({id, 3, 4}), "a.dnn:1:3");
  EXPECT_EQ(sources.describe({id, 8, 9}), "a.dnn:2:2");
  EXPECT_EQ(sources.describe({id, 10, 10}), "a.dnn:3:1");
  EXPECT_EQ(sources.line(id, 1), "é = 1");
  EXPECT_EQ(sources.line(id, 2), "\tx");
  EXPECT_EQ(sources.line(id, 3), "");
  EXPECT_EQ(sources.line(id, 9), "");
  EXPECT_EQ(sources.describe(Span{}), "");
}

TEST(Sources, ReadSharedTextsUnderTheIdsThatTheyHave) {
  auto library = std::make_shared<Sources>(Sources::shared());
  const SourceId shared = library->add("library/a.dnn", "one\ntwo\n");
  Sources first, second;
  const SourceId own = first.add("own.dnn", "three\n");
  for (Sources* sources : {&first, &second}) sources->include(library);
  EXPECT_EQ(first.describe({shared, 4, 7}), "library/a.dnn:2:1");
  EXPECT_EQ(second.text(Span{shared, 4, 7}), "two");
  EXPECT_EQ(second.line(shared, 1), "one");
  EXPECT_LT(own, shared);
  EXPECT_EQ(first.name(own), "own.dnn");
  EXPECT_EQ(first.size(), 1u);
  EXPECT_THROW(second.name(own), std::out_of_range);
}

TEST(Sources, EndsLinesAtEveryKindOfNewline) {
  Sources sources;
  const SourceId id = sources.add("a.dnn", "a\r\nb\rc\nd");
  EXPECT_EQ(sources.line(id, 1), "a");
  EXPECT_EQ(sources.line(id, 2), "b");
  EXPECT_EQ(sources.line(id, 3), "c");
  EXPECT_EQ(sources.line(id, 4), "d");
  EXPECT_EQ(sources.position(id, 7).line, 4);
}

TEST(Sources, DoesNotCountAByteOrderMark) {
  Sources sources;
  const SourceId id = sources.add("a.dnn",
                                  "\xEF\xBB\xBF"
                                  "dnn 1\n");
  EXPECT_EQ(sources.describe({id, 3, 6}), "a.dnn:1:1");
  EXPECT_EQ(sources.describe({id, 0, 3}), "a.dnn:1:1");
  EXPECT_EQ(sources.line(id, 1), "dnn 1");
}

TEST(Sources, CutsASpanToTheText) {
  Sources sources;
  const SourceId id = sources.add("a.dnn", "abc");
  EXPECT_EQ(sources.text(Span{id, 1, 100}), "bc");
  EXPECT_EQ(sources.text(Span{id, 50, 100}), "");
}

TEST(Sources, GivesWhatStandsOnSeveralLinesAsOne) {
  Sources sources;
  const std::string text = "abs(output # c \"d\n\t - target,  \"e  # f\") # g\n";
  const SourceId id = sources.add("a.dnn", text);
  EXPECT_EQ(sources.line_of({id, 0, uint32_t(text.size())}), "abs(output - target, \"e  # f\")");
}

TEST(Unicode, FindsTheFirstByteThatIsNotUtf8) {
  EXPECT_EQ(find_invalid_utf8("aé中😀"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("ab\xFF"), 2u);
  EXPECT_EQ(find_invalid_utf8("\xC0\x80"), 0u);      // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);  // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);
  EXPECT_EQ(find_invalid_utf8("a\xE4\xB8"), 1u);  // cut off
}

}  // namespace
