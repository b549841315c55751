#include "compiler/library/library.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/syntax/parse.h"

using namespace dnnc;

namespace {

TEST(Library, IsWellFormedAndDefinesEachNameOnce) {
  Sources sources;
  Diagnostics diagnostics(sources);
  std::set<std::string> names;
  for (const EmbeddedText& text : library_files()) {
    const auto file = parse(sources.add(text.name, text.text), diagnostics);
    ASSERT_TRUE(file) << text.name;
    for (const ast::Declaration& declaration : file->declarations) {
      const auto* definition = std::get_if<ast::Definition>(&declaration.kind);
      ASSERT_TRUE(definition != nullptr) << sources.describe(declaration.span);
      EXPECT_TRUE(names.insert(definition->name.text).second) << definition->name.text;
    }
  }
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_GT(names.size(), 60u);
}

}  // namespace
