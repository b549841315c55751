#include "compiler/sema/data/data_sources.h"

#include "compiler/sema/data/data_blocks.h"
#include "test/unit/sema/parsed.h"

namespace dnnc {
namespace {

/// A call of the source with all arguments that it needs.
std::string call_of(const runtime::SourceRow& row) {
  if (const std::string set(runtime::builtin_name(row)); !set.empty()) return "builtin(" + set + ")";
  std::string arguments;
  for (const runtime::ArgumentRow& argument : row.arguments) {
    if (!argument.required) continue;
    const char* value = argument.kind == ArgumentKind::File     ? "\"a\""
                        : argument.kind == ArgumentKind::Sizes  ? "3x5"
                        : argument.kind == ArgumentKind::Column ? "price"
                                                                : "1";
    arguments += (arguments.empty() ? "" : ", ") + std::string(argument.name) + ": " + value;
  }
  if (row.arguments.size() == 0) arguments = "[0] -> 1, [1] -> 0";
  return std::string(row.name) + "(" + arguments + ")";
}

TEST(DataSources, AreWhatTheTableOfTheRuntimeHolds) {
  EXPECT_EQ(source_forms().size() - 1 + builtin_forms().size(), std::size(runtime::source_table));
  for (const runtime::SourceRow& row : runtime::source_table) {
    Parsed parsed("data d = " + call_of(row));
    const std::optional<DataBlock> block =
        read_data(*parsed.all<ast::Data>().front(), parsed.reader(), [](const std::string&) { return false; });
    ASSERT_TRUE(block) << parsed.messages().front();
    EXPECT_EQ(&source_row_of(block->source), &row) << row.name;
    EXPECT_EQ(has_test_part(block->source), row.test == runtime::TestPart::Own) << row.name;
    for (const runtime::SourceField& field : row.fields)
      EXPECT_NE(find_field(*block, field.name), nullptr) << field.name;
  }
}

TEST(DataSources, CountTheClassesThatHaveNames) {
  Parsed parsed("data d = cifar(\"c\")");
  const std::optional<DataBlock> block =
      read_data(*parsed.all<ast::Data>().front(), parsed.reader(), [](const std::string&) { return false; });
  EXPECT_EQ(find_field(*block, "label")->element, (Element{Element::Kind::Class, 10}));
}

}  // namespace
}  // namespace dnnc
