#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

std::string rows(const std::string& items, const std::string& raw) {
  return description(R"({"call":"rows","items":[)" + items + R"(],"place":"t.dnn:2:12"})", raw, "y");
}

TEST(Rows, NestedListsAreRowMajor) {
  const DataSet data = load_from(Folder(), rows("[[[1,2,3],[4,5,6]],0.5]", real("x", "[2,3]") + "," + real("y")));
  for (int k = 0; k < 6; ++k) EXPECT_EQ(value_of(data.field("x"), 0, k), k + 1);
  EXPECT_EQ(value_of(data.field("y"), 0), 0.5);
}

TEST(Rows, LabelsOutOfRangeAreNamed) {
  EXPECT_EQ(failure_of(Folder(), rows("[[0,0],0],[[0,1],3]", real("x", "[2]") + "," + classes("y", 3))),
            "rows(...), row 2, `y`: 3 is no class: there are 3, from 0 to 2\n  read by t.dnn:2:12");
  EXPECT_EQ(failure_of(Folder(), rows("[[0,0],0.5]", real("x", "[2]") + "," + classes("y", 3))),
            "rows(...), row 1, `y`: 0.5 is no class: there are 3, from 0 to 2\n  read by t.dnn:2:12");
}

TEST(Rows, NumbersThatAreNotWholeOrTooLargeAreNamed) {
  EXPECT_EQ(failure_of(Folder(), rows("[1,1.5]", real("x") + "," + whole("y"))),
            "rows(...), row 1, `y`: 1.5 is no whole number\n  read by t.dnn:2:12");
  EXPECT_EQ(failure_of(Folder(), rows("[1e39,1]", real("x") + "," + whole("y"))),
            "rows(...), row 1, `x`: 1e+39 is too large for a 32-bit number\n  read by t.dnn:2:12");
}

// 16777216 and 16777217 are one float32: no formula could tell them apart.
TEST(Rows, WholeNumbersThatFormulasCannotTellApartAreNamed) {
  EXPECT_EQ(failure_of(Folder(), rows("[1,16777217]", real("x") + "," + whole("y"))),
            "rows(...), row 1, `y`: 16777217 is too large for `int`: whole numbers are exact up to 16777215\n"
            "  read by t.dnn:2:12");
  const DataSet data = load_from(Folder(), rows("[1,-16777215],[1,16777215]", real("x") + "," + whole("y")));
  EXPECT_EQ(value_of(data.field("y"), 0), -16777215);
  EXPECT_EQ(value_of(data.field("y"), 1), 16777215);
}

TEST(Rows, GatherConvertsStorage) {
  const DataSet data = load_from(Folder(), rows("[[1,2],7],[[3,4],8]", real("x", "[2]") + "," + whole("y")));
  const uint32_t order[] = {1, 0, 1};
  float x[6], y[3];
  gather_rows(data.field("x"), order, 3, Storage::Float32, reinterpret_cast<char*>(x));
  gather_rows(data.field("y"), order, 3, Storage::Float32, reinterpret_cast<char*>(y));
  EXPECT_EQ((std::vector<float>(x, x + 6)), (std::vector<float>{3, 4, 1, 2, 3, 4}));
  EXPECT_EQ((std::vector<float>(y, y + 3)), (std::vector<float>{8, 7, 8}));
}

TEST(Rows, PreciseNumbersAreTwoFloats) {
  const std::string x = R"({"name":"x","shape":[],"element":"real","classes":0,"precise":true})";
  const DataSet data = load_from(Folder(), rows("[0.1,7],[16777217,8]", x + "," + whole("y")));
  EXPECT_EQ(value_of(data.field("x"), 0), 0.1);
  const uint32_t order[] = {1, 0};
  float values[2], rests[2], none[2] = {5, 5};
  gather_rows(data.field("x"), order, 2, Storage::Float32, reinterpret_cast<char*>(values));
  gather_rests(data.field("x"), order, 2, rests);
  EXPECT_EQ(values[0], 16777216.0f);
  EXPECT_EQ(rests[0], 1.0f);
  EXPECT_EQ(values[1], 0.1f);
  EXPECT_EQ(rests[1], static_cast<float>(0.1 - static_cast<double>(0.1f)));
  gather_rests(data.field("y"), order, 2, none);
  EXPECT_EQ((std::vector<float>(none, none + 2)), (std::vector<float>{0, 0}));
}

TEST(Data, AnUnknownSourceIsTheUsersToMend) {
  EXPECT_EQ(failure_of(Folder(), description(call("text", ""), real("x"), "x")),
            "t.dnn:2:12: this program cannot load data from `text`");
}

}  // namespace
}  // namespace dnnc::runtime
