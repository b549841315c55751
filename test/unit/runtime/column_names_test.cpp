#include "runtime/data/column_names.h"

#include <gtest/gtest.h>

namespace dnnc::runtime {
namespace {

using Columns = std::vector<size_t>;

TEST(ColumnNames, AreFoundAsTheyStandOrElseAsWords) {
  const ColumnNames names({"Sepal Length (cm)", "sepal_width", "Sepal Width", "y", "Y"});
  EXPECT_EQ(names.called("sepal_length_cm"), Columns{0});
  EXPECT_EQ(names.called("Sepal Length (cm)"), Columns{0});
  EXPECT_EQ(names.called("sepal_width"), Columns{1});
  EXPECT_EQ(names.called("SEPAL WIDTH"), (Columns{1, 2}));
  EXPECT_EQ(names.called("y"), Columns{3});
  EXPECT_EQ(names.called("z"), Columns{});
  EXPECT_EQ(names.word(0), "sepal_length_cm");
  EXPECT_TRUE(names.holds("Y"));
  EXPECT_FALSE(names.holds("Sepal length (cm)"));
}

}  // namespace
}  // namespace dnnc::runtime
