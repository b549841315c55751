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

/// `count` rows k of group k / 7, all of class k / 10.
std::string groups(int count, const std::string& split) {
  std::string items;
  for (int k = 0; k < count; ++k)
    items += (k ? "," : "") + ("[" + std::to_string(k / 7) + "," + std::to_string(k / 10) + "]");
  return description(R"({"call":"rows","items":[)" + items + R"(],"place":"t.dnn:2:12"})",
                     whole("x") + "," + classes("y", 10), "y", split);
}

TEST(Split, GroupsStayTogether) {
  for (int seed = 0; seed < 20; ++seed) {
    const DataSet data = load_from(
        Folder(),
        groups(100, R"({"part":"test","method":"groups","share":0.2,"by":"x","seed":)" + std::to_string(seed) + "}"));
    std::set<uint32_t> test, train;
    for (const uint32_t row : data.test) test.insert(row / 7);
    for (const uint32_t row : data.train) train.insert(row / 7);
    for (const uint32_t group : test) EXPECT_FALSE(train.contains(group));
    EXPECT_EQ(test.size() + train.size(), 15u);
    EXPECT_NEAR(static_cast<double>(data.test.size()), 20, 3.5);  // half of a group
  }
  const auto test_of = [](int seed) {
    return load_from(Folder(), groups(100, R"({"part":"test","method":"groups","share":0.2,"by":"x","seed":)" +
                                               std::to_string(seed) + "}"))
        .test;
  };
  EXPECT_EQ(test_of(3), test_of(3));
  EXPECT_NE(test_of(3), test_of(4));
  EXPECT_EQ(failure_of(Folder(), groups(7, R"({"part":"test","method":"groups","share":0.5,"by":"x"})")),
            "t.dnn:2:12: data `d`: cannot take `test = groups(...)`: that is 7 of 7 examples");
}

TEST(Split, ClassesThatTrainingDoesNotKnowAreTold) {
  const DataSet data = load_from(Folder(), groups(100, split("validation", "tail", 0.15)));
  ASSERT_EQ(data.notes.size(), 1u);
  EXPECT_EQ(data.notes[0],
            "data `d`: 10 of 15 validation examples are of classes that the training part does not have: 9");
  EXPECT_TRUE(load_from(Folder(), groups(100, split("validation", "tail", 0.05))).notes.empty());
  EXPECT_TRUE(load_from(Folder(), groups(100, split("validation", "stratified", 0.2))).notes.empty());
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
