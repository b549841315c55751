#include <algorithm>
#include <set>

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

/// `count` rows k -> k % 3.
std::string rows(int count, const std::string& splits) {
  std::string items;
  for (int k = 0; k < count; ++k)
    items += (k ? "," : "") + ("[" + std::to_string(k) + "," + std::to_string(k % 3) + "]");
  return description(R"({"call":"rows","items":[)" + items + R"(],"place":"t.dnn:2:12"})",
                     real("x") + "," + classes("y", 3), "y", splits);
}
std::string split(const std::string& part, const std::string& method, double share, int seed = 0) {
  return R"({"part":")" + part + R"(","method":")" + method + R"(","share":)" + std::to_string(share) + R"(,"seed":)" +
         std::to_string(seed) + "}";
}

std::vector<uint32_t> range(uint32_t first, uint32_t last) {
  std::vector<uint32_t> rows;
  for (uint32_t row = first; row < last; ++row) rows.push_back(row);
  return rows;
}

TEST(Split, NoSplitTrainsOnAll) {
  const DataSet data = load_from(Folder(), rows(7, ""));
  EXPECT_EQ(data.train, range(0, 7));
  EXPECT_TRUE(data.validation.empty());
  EXPECT_TRUE(data.test.empty());
  EXPECT_EQ(value_of(data.field("x"), 5), 5);
  EXPECT_EQ(value_of(data.field("y"), 5), 2);
  EXPECT_EQ(data.field("y").storage, Storage::Int32);
}

TEST(Split, TailTakesTheLastOfWhatIsLeft) {
  const DataSet data =
      load_from(Folder(), rows(20, split("test", "tail", 0.1) + "," + split("validation", "tail", 0.5)));
  EXPECT_EQ(data.test, range(18, 20));
  EXPECT_EQ(data.validation, range(9, 18));
  EXPECT_EQ(data.train, range(0, 9));
}

TEST(Split, RandomDependsOnItsSeedOnly) {
  const DataSet a = load_from(Folder(), rows(100, split("test", "random", 0.3, 1)));
  const DataSet b = load_from(Folder(), rows(100, split("test", "random", 0.3, 1)));
  const DataSet c = load_from(Folder(), rows(100, split("test", "random", 0.3, 2)));
  EXPECT_EQ(a.test, b.test);
  EXPECT_NE(a.test, c.test);
  EXPECT_EQ(a.test.size(), 30u);
  EXPECT_TRUE(std::is_sorted(a.test.begin(), a.test.end()));
  std::set<uint32_t> all(a.train.begin(), a.train.end());
  all.insert(a.test.begin(), a.test.end());
  EXPECT_EQ(all.size(), 100u);
}

TEST(Split, StratifiedTakesEachClassItsShare) {
  const DataSet data = load_from(Folder(), rows(101, split("validation", "stratified", 0.25, 3)));
  std::vector<int> counts(3);
  for (uint32_t row : data.validation) ++counts[row % 3];
  EXPECT_EQ(data.validation.size(), 25u);  // 25.25 of 101; 8.5 of 34, 8.5 of 34, 8.25 of 33
  EXPECT_EQ(counts, (std::vector<int>{9, 8, 8}));
}

TEST(Split, StratifiedTellsYesFromNo) {
  std::string items;
  for (int k = 0; k < 40; ++k)
    items += (k ? "," : "") + ("[" + std::to_string(k) + "," + (k % 4 == 0 ? "1" : "0") + "]");
  const DataSet data =
      load_from(Folder(), description(R"({"call":"rows","items":[)" + items + R"(],"place":"t.dnn:2:12"})",
                                      real("x") + "," + real("y"), "y", split("test", "stratified", 0.2)));
  const auto yes = std::count_if(data.test.begin(), data.test.end(), [](uint32_t row) { return row % 4 == 0; });
  EXPECT_EQ(data.test.size(), 8u);
  EXPECT_EQ(yes, 2);
}

TEST(Split, PartsWithoutExamplesAreRefused) {
  EXPECT_EQ(failure_of(Folder(), rows(3, split("test", "tail", 0.1))),
            "t.dnn:2:12: data `d`: cannot take `test = tail(...)`: that is 0 of 3 examples");
  EXPECT_EQ(failure_of(Folder(), rows(3, split("validation", "random", 0.9))),
            "t.dnn:2:12: data `d`: cannot take `validation = random(...)`: that is 3 of 3 examples");
}

std::vector<uint32_t> shuffled(std::vector<uint32_t> rows, uint64_t seed, uint64_t epoch) {
  shuffle(rows, seed, epoch);
  return rows;
}

TEST(Split, ShuffledIsAPermutationOfItsSeedAndEpoch) {
  const std::vector<uint32_t> first = shuffled(range(0, 1000), 42, 1);
  EXPECT_EQ(first, shuffled(range(0, 1000), 42, 1));
  EXPECT_NE(first, shuffled(range(0, 1000), 42, 2));
  EXPECT_NE(first, shuffled(range(0, 1000), 43, 1));
  const uint64_t far = uint64_t{1} << 32;
  EXPECT_NE(first, shuffled(range(0, 1000), 42 + far, 1)) << "all bits of a seed count";
  EXPECT_NE(shuffled(range(0, 1000), 1, 1), shuffled(range(0, 1000), far, 1));
  std::vector<uint32_t> sorted = first;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, range(0, 1000));
  // About one element stays in its place.
  int same = 0;
  for (uint32_t k = 0; k < 1000; ++k) same += first[k] == k;
  EXPECT_LT(same, 10);
}

}  // namespace
}  // namespace dnnc::runtime
