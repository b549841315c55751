#include "runtime/data/source_table.h"

#include <filesystem>
#include <regex>
#include <set>

#include "runtime/data/source.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/sets/data_cache.h"
#include "runtime/sets/data_import.h"
#include "test/unit/runtime/loading.h"

// Named strongly, unlike in dataset.cpp: this program does not link if a row has no loader.
extern "C" {
#define DNNC_SOURCE(row, ...) extern const dnnc::runtime::SourceLoader dnnc_source_##row;
#include "runtime/data/sources.def"
#undef DNNC_SOURCE
}

namespace dnnc::runtime {
namespace {

std::string text_of(const std::string& path) {
  const std::vector<char> bytes = read_file(path);
  return {bytes.begin(), bytes.end()};
}

TEST(SourceTable, HasARowForEachLoader) {
  std::set<std::string> rows, loaders;
#define DNNC_SOURCE(row, ...) \
  rows.insert(#row);          \
  EXPECT_NE(dnnc_source_##row.load, nullptr);
#include "runtime/data/sources.def"
#undef DNNC_SOURCE
  const std::regex defines("DNNC_DEFINE_SOURCE\\((\\w+),");
  for (const auto& file : std::filesystem::directory_iterator(DNNC_SOURCE_FOLDER "/runtime/sources")) {
    const std::string text = text_of(file.path());
    for (std::sregex_iterator found(text.begin(), text.end(), defines), end; found != end; ++found)
      loaders.insert((*found)[1]);
  }
  EXPECT_EQ(rows, loaders);
}

TEST(SourceTable, TellsWhatProgramsAreLinkedWith) {
  for (const SourceRow& row : source_table) {
    const std::string set(builtin_name(row));
    DataValue source{.kind = DataValue::Kind::Call, .text = set.empty() ? std::string(row.name) : "builtin"};
    if (!set.empty()) source.named = {{.kind = DataValue::Kind::Text, .text = set, .name = "name"}};
    const std::vector<std::string> symbols = needed_symbols({.name = "d", .source = source});
    ASSERT_FALSE(symbols.empty()) << row.name;
    EXPECT_EQ(symbols.front(), std::string("dnnc_source_") + row.name);
    EXPECT_EQ(symbols.size(), 1u + row.decodes + row.cells + row.in_time) << row.name;
  }
}

TEST(SourceTable, NamesATargetAmongItsFieldsOrArguments) {
  for (const SourceRow& row : source_table) {
    if (row.fields.size() == 0 && row.arguments.size() == 0) continue;  // rows: the text says its fields
    std::set<std::string> names;
    for (const SourceField& field : row.fields) names.insert(field.name);
    if (row.target_named) names.clear();
    for (const ArgumentRow& argument : row.arguments)
      if (row.target_named) names.insert(argument.name);
    EXPECT_TRUE(names.contains(row.target)) << row.name;
    const bool argument = std::any_of(row.arguments.begin(), row.arguments.end(),
                                      [](const ArgumentRow& known) { return known.name == std::string("test"); });
    EXPECT_EQ(argument, row.test == TestPart::Argument) << row.name;
  }
}

TEST(SourceTable, IsTheReferencesTable) {
  const std::string reference = text_of(DNNC_SOURCE_FOLDER "/grammar/README.md");
  const std::string table = reference.substr(reference.find("| source | fields |"));
  for (const SourceRow& row : source_table) {
    const std::string set(builtin_name(row));
    const std::string call = set.empty() ? std::string("`") + row.name : "`builtin(" + set + ")`";
    EXPECT_NE(table.find(call), std::string::npos) << call;
  }
}

TEST(SourceTable, HoldsTheSetsOfTheCatalogThatCanBeUnpacked) {
  std::set<std::string> names;
  for (const KnownSet& set : known_sets()) {
    EXPECT_TRUE(names.insert(set.name).second) << set.name;
    if (set.files.empty()) continue;
    EXPECT_THROW(unpack_set(set.name, "/nowhere"), Failure) << set.name;
  }
  for (const SourceRow& row : source_table) {
    const std::string set(builtin_name(row));
    EXPECT_TRUE(set.empty() || names.contains(set)) << set;
  }
}

}  // namespace
}  // namespace dnnc::runtime
