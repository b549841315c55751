#include "runtime/files/csv.h"

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const std::string& text, std::vector<int64_t>* numbers = nullptr) {
  CsvReader reader(text, "t.csv");
  Rows rows;
  std::vector<std::string_view> cells;
  while (reader.next(cells)) {
    rows.emplace_back(cells.begin(), cells.end());
    if (numbers) numbers->push_back(reader.row());
  }
  return rows;
}

TEST(CsvReader, ReadsQuotesLineEndsAndEmptyCells) {
  EXPECT_EQ(rows_of("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("\xef\xbb\xbf"
                    "a,b\r\n1,2"),
            (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("a,\n,b\n"), (Rows{{"a", ""}, {"", "b"}}));
  EXPECT_EQ(rows_of("\"x,\"\"y\"\"\nz\",2\n"), (Rows{{"x,\"y\"\nz", "2"}}));
  EXPECT_EQ(rows_of(""), Rows{});
  EXPECT_EQ(rows_of("\n\na\n\n"), (Rows{{"a"}}));
}

TEST(CsvReader, CountsRowsAsAnEditorCountsLines) {
  std::vector<int64_t> numbers;
  rows_of("a\n\"b\nc\"\nd\n\ne\n", &numbers);
  EXPECT_EQ(numbers, (std::vector<int64_t>{1, 2, 4, 6}));
}

TEST(CsvReader, NumbersAreWhole) {
  double number = 0;
  for (const char* good : {"1", " -2.5 ", "+3", "1e-3", ".5"}) EXPECT_TRUE(read_number(good, number)) << good;
  for (const char* bad : {"", " ", "1x", "1 2", "0x10", "--1", "1,5"}) EXPECT_FALSE(read_number(bad, number)) << bad;
}

std::string data(const std::string& raw, const std::string& test = "") {
  return description(call("csv", R"("file":"t.csv","target":"price")" + test), raw, "price");
}

TEST(Csv, ColumnsByNameAndFeaturesInOrder) {
  Folder folder;
  folder.write("t.csv", "Age (y),\"PRICE\",size\n1,2.5,3\n4,5,6\n");
  const DataSet set = load_from(folder, data(real("features", "[2]") + "," + real("price") + "," + whole("age_y")));
  ASSERT_EQ(set.examples, 2);
  EXPECT_EQ(value_of(set.field("features"), 1, 0), 4);
  EXPECT_EQ(value_of(set.field("features"), 1, 1), 6);
  EXPECT_EQ(value_of(set.field("price"), 0), 2.5);
  EXPECT_EQ(value_of(set.field("age_y"), 1), 4);
}

TEST(Csv, WordsAreClassesInAlphabeticalOrder) {
  Folder folder;
  folder.write("t.csv", "x,price\n1,high\n2,low\n3,high\n");
  folder.write("more.csv", "x,price\n9,low\n");
  const DataSet set = load_from(folder, data(real("x") + "," + classes("price", 2), R"(,"test":"more.csv")"));
  EXPECT_EQ(set.names.classes, (std::vector<std::string>{"high", "low"}));
  EXPECT_EQ(value_of(set.field("price"), 0), 0);
  EXPECT_EQ(value_of(set.field("price"), 1), 1);
  EXPECT_EQ(set.test, (std::vector<uint32_t>{3}));
  EXPECT_EQ(value_of(set.field("price"), 3), 1);
}

struct Fault {
  std::string text, raw, message;
};

TEST(Csv, FaultsAreNamedByFileRowAndColumn) {
  const std::string x = real("x"), price = real("price"), both = x + "," + price;
  const Fault cases[] = {
      {"", both, "t.csv: is empty: its first row must name the columns"},
      {"1,2\n3,4\n", both, "t.csv, row 1: holds numbers: the first row must name the columns"},
      {"x,price\n1,2\n3\n", both, "t.csv, row 3: has 1 cells where the header has 2"},
      {"x,price\n1,\n", both, "t.csv, row 2, column `price`: is empty"},
      {"x,price\n1,NA\n", both, "t.csv, row 2, column `price`: `NA` is no number"},
      {"x,price\n1,nan\n", both, "t.csv, row 2, column `price`: nan is no finite number"},
      {"x,price\ninf,1\n", both, "t.csv, row 2, column `x`: inf is no finite number"},
      {"x,price\n1,2\n1,1e60\n", both, "t.csv, row 3, column `price`: 1e+60 is too large for a 32-bit number"},
      {"x,cost\n1,2\n", both, "t.csv: has no column `price`; its columns are x, cost"},
      {"x,x,price\n1,2,3\n", both, "t.csv: has 2 columns `x`"},
      {"x,price\n1,\"2\n", both, "t.csv, row 2: a quoted cell is not closed"},
      {"x,price\n1,\"2\"3\n", both, "t.csv, row 2: something stands behind a closing quote"},
      {"x,price\n1,2\n", real("features", "[4]"),
       "t.csv: has 1 columns besides the target `price`; the program takes `features` as 4"},
      {"x,price\n1,2\n", real("x", "[3]"), "t.csv: column `x` is one number; the program takes 3"},
      {"x,price\n1,2\n", classes("price", 2), "t.csv, row 2, column `price`: 2 is no class: there are 2, from 0 to 1"},
      {"x,price\n1,a\n1,b\n1,c\n", classes("price", 2),
       "t.csv, column `price`: has 3 different words where the program takes 2 classes: a, b, c"},
      {"x,price\n1,0\n1,O\n1,1\n", classes("price", 3),
       "t.csv, row 3, column `price`: holds a word where row 4 holds a number: classes are numbers or words"},
      {"x,price\n1,+-2\n", both, "t.csv, row 2, column `price`: `+-2` is no number"},
      {"x,price\n1,0\n1, \n", classes("price", 3), "t.csv, row 3, column `price`: is empty"},
      {"x,price\n1,\x1b[2J\n", both, "t.csv, row 2, column `price`: `\\x1B[2J` is no number"},
      {"x,price\n", both, "t.csv: has no rows below the names of its columns"},
      {"x,price\n" + std::string(5000, 'a') + ",1\n1,2,3\n", both, "t.csv, row 3: has 3 cells where the header has 2"},
  };
  for (const Fault& fault : cases) {
    Folder folder;
    folder.write("t.csv", fault.text);
    EXPECT_EQ(failure_of(folder, data(fault.raw)), fault.message + "\n  read by t.dnn:2:12");
  }
}

TEST(Csv, TestRowsFollowTheTrainingRowsClassesAndColumns) {
  Folder folder;
  folder.write("t.csv", "x,price\n1,a\n2,b\n");
  folder.write("other.csv", "price,x\na,1\n");
  folder.write("new.csv", "x,price\n1,c\n");
  const std::string raw = real("x") + "," + classes("price", 3);
  EXPECT_EQ(failure_of(folder, data(raw, R"(,"test":"other.csv")")),
            "other.csv: has other columns than t.csv: price, x\n  read by t.dnn:2:12");
  EXPECT_EQ(failure_of(folder, data(raw, R"(,"test":"new.csv")")),
            "new.csv, row 2, column `price`: `c` is no class of the training rows\n  read by t.dnn:2:12");
}

}  // namespace
}  // namespace dnnc::runtime
