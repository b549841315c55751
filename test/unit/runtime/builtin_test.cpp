#include <map>

#include "runtime/data/fetched.h"
#include "runtime/data/source_table.h"
#include "runtime/files/sha256.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

std::string builtin(const std::string& name) { return call("builtin", R"("name":")" + name + "\""); }

TEST(Builtin, DigitsArePartOfTheProgram) {
  const DataSet set = load_from(
      Folder(), description(builtin("digits"), real("image", "[8,8,1]") + "," + classes("label", 10), "label"));
  ASSERT_EQ(set.examples, 1797);
  EXPECT_EQ(find_source("builtin", "digits")->examples, set.examples);
  EXPECT_EQ(value_of(set.field("image"), 0, 2), 5);
  EXPECT_EQ(value_of(set.field("image"), 1, 12), 16);
  EXPECT_EQ(value_of(set.field("label"), 1796), 8);
  std::map<double, int> counts;
  for (int64_t k = 0; k < set.examples; ++k) ++counts[value_of(set.field("label"), k)];
  EXPECT_EQ(counts[0], 178);
  EXPECT_EQ(counts[9], 180);
}

TEST(Builtin, IrisHasNamedColumnsAndClasses) {
  const DataSet set =
      load_from(Folder(), description(builtin("iris"),
                                      real("features", "[4]") + "," + real("petal_width") + "," + classes("species", 3),
                                      "species"));
  ASSERT_EQ(set.examples, 150);
  EXPECT_EQ(find_source("builtin", "iris")->examples, set.examples);
  EXPECT_EQ(set.names.classes, (std::vector<std::string>{"setosa", "versicolor", "virginica"}));
  EXPECT_FLOAT_EQ(static_cast<float>(value_of(set.field("features"), 149, 2)), 5.1f);
  EXPECT_FLOAT_EQ(static_cast<float>(value_of(set.field("petal_width"), 149)), 1.8f);
  EXPECT_EQ(value_of(set.field("species"), 50), 1);
}

TEST(Builtin, FilesThatAreNotThoseOfTheTableAreRefused) {
  Folder folder;
  folder.write("cache/boston/boston_house_prices.csv", "\"CRIM\",\"B\",\"MEDV\"\r\n0.5,396.9,24\r\n");
  EXPECT_EQ(
      failure_of(folder, description(builtin("boston"), real("features", "[2]") + "," + real("medv"), "medv")),
      "cache/boston/boston_house_prices.csv: is damaged: remove it and fetch `boston` again\n  read by t.dnn:2:12");
}

/// All labels of a training set are zeros, and it says nothing: as a disk may do it.
TEST(Builtin, AKnownFileIsLookedAtEachTime) {
  const Folder folder;
  const std::string labels(60'000, '\3'), path = folder.write("labels", labels);
  const std::string hash = sha256(labels.data(), labels.size());
  const SetFile file{"labels", hash.c_str()};
  const auto read = [&] { return known_file(path, file, "set", folder.path() + "/data").bytes->size(); };
  EXPECT_EQ(read(), labels.size());
  EXPECT_EQ(read(), labels.size());
  folder.write("labels", std::string(60'000, '\0'));
  for (int again = 0; again < 2; ++again) EXPECT_THROW(read(), Failure);
  folder.write("labels", labels);
  EXPECT_EQ(read(), labels.size());
}

}  // namespace
}  // namespace dnnc::runtime
