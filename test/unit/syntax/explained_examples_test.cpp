#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/support/explain.h"
#include "compiler/syntax/parse.h"

using namespace dnnc;

namespace {

/// The text of the block of a page behind `heading`; empty if it is not marked `dnn`.
std::string block_behind(const std::string& page, const std::string& heading) {
  const std::string opening = heading + ":\n```dnn\n";
  const size_t begin = page.find(opening);
  if (begin == std::string::npos) return "";
  const size_t text = begin + opening.size();
  return page.substr(text, page.find("```", text) - text);
}

std::vector<std::string> codes_of(const std::string& text) {
  Sources sources;
  Diagnostics diagnostics(sources);
  parse(sources.add("example", text), diagnostics);
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) codes.push_back(diagnostic.code);
  return codes;
}

TEST(ExplainedExamples, ParseWhereTheyAreRightAndHaveTheFaultThatIsExplained) {
  for (const EmbeddedText& page : explanation_pages()) {
    const std::string name = page.name;
    EXPECT_EQ(codes_of(block_behind(page.text, "Right")), std::vector<std::string>{}) << name;
    const std::string wrong = block_behind(page.text, "Wrong");
    if (wrong.empty()) continue;
    const auto codes = codes_of(wrong);
    const bool syntax = name.starts_with("E01");
    EXPECT_EQ(std::ranges::count(codes, name.substr(0, 5)) > 0, syntax) << name;
    EXPECT_EQ(codes.empty(), !syntax) << name;
  }
}

}  // namespace
