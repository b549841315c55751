#include "compiler/support/explain.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/support/diagnostics.h"

using namespace dnnc;

namespace {

TEST(Explanations, ExistForEveryCodeWithItsTitleAndTwoExamples) {
  for (const DiagnosticCode& row : diagnostic_codes()) {
    const auto page = explanation(row.code);
    ASSERT_TRUE(page) << row.code << " has no page in compiler/support/explain";
    EXPECT_TRUE(page->starts_with("# " + std::string(row.code) + ": " + row.title + "\n")) << row.code;
    EXPECT_NE(page->find("\nWrong:\n```"), std::string::npos) << row.code;
    EXPECT_NE(page->find("\nRight:\n```dnn\ndnn 1\n"), std::string::npos) << row.code;
  }
}

TEST(Explanations, ExistForNothingElse) {
  std::set<std::string> codes;
  for (const DiagnosticCode& row : diagnostic_codes()) codes.insert(row.code + std::string(".md"));
  for (const EmbeddedText& page : explanation_pages()) EXPECT_EQ(codes.count(page.name), 1u) << page.name;
  EXPECT_FALSE(explanation("E9999"));
  EXPECT_FALSE(explanation(""));
  EXPECT_EQ(explanation("e0101"), explanation("E0101"));
}

}  // namespace
