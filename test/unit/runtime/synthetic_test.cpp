#include <cmath>

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

DataSet make(const std::string& source, const std::string& arguments, const std::string& y,
             const std::string& shape = "[2]") {
  return load_from(Folder(), description(call(source, arguments), real("x", shape) + "," + y, "y"));
}

double radius(const DataSet& set, int64_t k) {
  return std::hypot(value_of(set.field("x"), k, 0), value_of(set.field("x"), k, 1));
}

TEST(Synthetic, CirclesHaveTwoRadiiAndAlternate) {
  const DataSet set = make("circles", R"("n":101,"noise":0,"seed":3)", classes("y", 2));
  ASSERT_EQ(set.examples, 101);
  for (int64_t k = 0; k < 101; ++k) {
    EXPECT_EQ(value_of(set.field("y"), k), k % 2);
    EXPECT_NEAR(radius(set, k), k % 2 ? 0.5 : 1, 1e-6);
  }
}

TEST(Synthetic, BlobsStandAroundTheirCentres) {
  const DataSet set = make("blobs", R"("n":3000,"noise":0.05,"seed":1)", classes("y", 3));
  double sum = 0, squares = 0;
  for (int64_t k = 0; k < 3000; k += 3) {  // class 0 stands at (1, 0)
    const double e = value_of(set.field("x"), k, 0) - 1;
    sum += e;
    squares += e * e;
  }
  EXPECT_NEAR(sum / 1000, 0, 0.05 * 4 / std::sqrt(1000.0));
  EXPECT_NEAR(std::sqrt(squares / 1000), 0.05, 0.005);
}

TEST(Synthetic, BlobsHaveAsManyCentresAsAreAskedFor) {
  const DataSet set = make("blobs", R"("n":700,"noise":0,"seed":1,"centers":7)", classes("y", 10));
  for (int64_t k = 0; k < 700; ++k) {
    EXPECT_EQ(value_of(set.field("y"), k), k % 7);
    EXPECT_NEAR(std::atan2(value_of(set.field("x"), 1, 1), value_of(set.field("x"), 1, 0)), 2 * M_PI / 7, 1e-6);
  }
}

TEST(Synthetic, TheSeedDecidesAll) {
  for (const char* source : {"moons", "circles", "spirals", "blobs", "linear"}) {
    const DataSet a = make(source, R"("n":7,"noise":0.1,"seed":1)", classes("y", 2));
    const DataSet b = make(source, R"("n":7,"noise":0.1,"seed":1)", classes("y", 2));
    const DataSet c = make(source, R"("n":7,"noise":0.1,"seed":2)", classes("y", 2));
    const DataSet d = make(source, R"("n":7,"noise":0.1,"seed":4294967297)", classes("y", 2));
    const DataSet e = make(source, R"("n":7,"noise":0.1,"seed":9007199254740993)", classes("y", 2));
    const DataSet f = make(source, R"("n":7,"noise":0.1,"seed":9007199254740992)", classes("y", 2));
    const auto same = [](const DataSet& one, const DataSet& other) {
      bool equal = true;
      for (int64_t k = 0; k < 7; ++k) equal = equal && value_of(one.field("x"), k) == value_of(other.field("x"), k);
      return equal;
    };
    EXPECT_TRUE(same(a, b)) << source;
    EXPECT_FALSE(same(a, c) || same(a, d) || same(e, f)) << source;
  }
}

TEST(Synthetic, SpiralsHaveAnArmForEachClass) {
  const DataSet set = make("spirals", R"("n":50,"noise":0,"seed":0)", classes("y", 5));
  for (int64_t k = 0; k < 50; ++k) {
    const double r = radius(set, k), turn = 2 * M_PI * static_cast<double>(k % 5) / 5 + 3 * M_PI * r;
    EXPECT_NEAR(value_of(set.field("x"), k, 0), r * std::cos(turn), 1e-5);
  }
}

TEST(Synthetic, LinearIsALinearFormOrItsSign) {
  const std::string arguments = R"("n":200,"noise":0,"seed":5)";
  const DataSet numbers = make("linear", arguments, real("y"), "[1]");
  const auto x = [&](int64_t k) { return value_of(numbers.field("x"), k); };
  const auto y = [&](int64_t k) { return value_of(numbers.field("y"), k); };
  const double slope = (y(1) - y(0)) / (x(1) - x(0));
  for (int64_t k = 2; k < 200; ++k) EXPECT_NEAR(y(k), y(0) + slope * (x(k) - x(0)), 1e-4);
  const DataSet labels = make("linear", arguments, classes("y", 2), "[1]");
  for (int64_t k = 0; k < 200; ++k) EXPECT_EQ(value_of(labels.field("y"), k), y(k) > 0 ? 1 : 0);
  const std::string chance = R"({"name":"y","shape":[],"element":"real","classes":0,"probability":true})";
  const DataSet chances = make("linear", arguments, chance, "[1]");
  for (int64_t k = 0; k < 200; ++k) EXPECT_EQ(value_of(chances.field("y"), k), y(k) > 0 ? 1 : 0);
}

TEST(Synthetic, MoreExamplesThanMemoryAreRefused) {
  EXPECT_EQ(failure_of(Folder(), description(call("moons", R"("n":1e15)"), real("x", "[2]"), "x")),
            "moons(...): makes at most 100,000,000 examples\n  read by t.dnn:2:12");
}

TEST(Synthetic, ProbabilitiesAreBetweenZeroAndOne) {
  const std::string chance = R"({"name":"y","shape":[],"element":"real","classes":0,"probability":true})";
  EXPECT_EQ(failure_of(Folder(),
                       description(R"({"call":"rows","items":[[0,1.5]],"place":""})", real("x") + "," + chance, "y")),
            "rows(...), row 1, `y`: 1.5 is not between 0 and 1");
}

}  // namespace
}  // namespace dnnc::runtime
