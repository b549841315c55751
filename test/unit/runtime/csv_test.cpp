#include "runtime/files/csv.h"

#include <cmath>

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

/// Both ways of reading a number give the same.
TEST(CsvReader, PlainNumbersAreNumbers) {
  for (const char* cell : {"0", "7", "-7", "0.1", ".5", "5.", "123456789.012345", "-0", "0.000000000000001", "1e3", "",
                           "-", ".", "1 ", "1.2.3", "1234567890123456", "0.30000000000000004", "12345678901234.5"}) {
    double plain = 0, number = 0;
    if (!read_plain_number(cell, plain, '.')) continue;
    ASSERT_TRUE(read_number(cell, number)) << cell;
    EXPECT_EQ(std::memcmp(&plain, &number, sizeof plain), 0) << cell;
  }
}

TEST(CsvReader, NumbersThatAreTooSmallAreNothing) {
  double number = 1;
  for (const char* small : {"1e-400", "-1e-400", "0.0e-9999"}) {
    EXPECT_TRUE(read_number(small, number)) << small;
    EXPECT_EQ(number, 0) << small;
  }
  EXPECT_TRUE(read_number("1e400", number));
  EXPECT_TRUE(std::isinf(number));
}

TEST(CsvReader, LinesEndAsInAnEditor) {
  const std::pair<const char*, int64_t> texts[] = {{"", 0},           {"a", 1},       {"a\n", 1},      {"a\nb", 2},
                                                   {"a\r\nb\r\n", 2}, {"a\rb\rc", 3}, {"a\n\nb\n", 3}, {"a\r\r\nb", 3}};
  for (const auto& [text, lines] : texts) EXPECT_EQ(lines_of(text), lines) << text;
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

/// A field that is made of the cells of a column otherwise than by their values.
std::string read_as(const std::string& name, const std::string& column, const std::string& reading,
                    const std::string& word = "") {
  return R"({"name":")" + name + R"(","shape":[],"element":"real","bytes":true,"column":")" + column +
         R"(","reading":")" + reading + R"(","word":")" + word + R"("})";
}
std::string optional(const std::string& name) {
  return R"({"name":")" + name + R"(","shape":[],"element":"real","optional":true})";
}

std::string probability(const std::string& name) {
  return R"({"name":")" + name + R"(","shape":[],"element":"real","probability":true})";
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
      {"x,price\n1,\n", both,
       "t.csv, row 2, column `price`: is empty"
       "\n  help: a row without its target teaches nothing: leave it out of the file"},
      {"x,price\nNA,1\n", both,
       "t.csv, row 2, column `x`: `NA` stands for a missing value"
       "\n  help: write x = impute(x, by: median) to fill what is missing, before other lines that read x"},
      {"x y,price\n?,1\n", real("x_y"),
       "t.csv, row 2, column `x y`: `?` stands for a missing value"
       "\n  help: write x_y = impute(x_y, by: median) to fill what is missing, before other lines that read x_y"},
      {"x,z,price\n1,2,1\n3,nan,1\n", real("features", "[2]"),
       "t.csv, row 3, column `z`: `nan` stands for a missing value"
       "\n  help: write features = impute(features, by: median) to fill what is missing, before other lines that read "
       "features: a line for `z` alone does not reach `features`"},
      {"x,price\n1,-nan\n", both,
       "t.csv, row 2, column `price`: `-nan` stands for a missing value"
       "\n  help: a row without its target teaches nothing: leave it out of the file"},
      {"x,price\ninf,1\n", both, "t.csv, row 2, column `x`: inf is no finite number"},
      {"x,price\n1,2\n1,1e60\n", both, "t.csv, row 3, column `price`: 1e+60 is too large for a 32-bit number"},
      {"x,cost\n1,2\n", both, "t.csv: has no column `price`; its columns are x, cost"},
      {"x,x,price\n1,2,3\n", both, "t.csv, row 1: 2 columns are called `x`"},
      {"x,price\n1,\"2\n", both, "t.csv, row 2: a quoted cell is not closed"},
      {"x,price\n1,\"2\"3\n", both, "t.csv, row 2: something stands behind a closing quote"},
      {"x,price\n1,2\n", real("features", "[4]"),
       "t.csv: has 1 column besides the target `price`; the program takes `features` as 4"},
      {"x,price\n1,2\n", real("x", "[3]"), "t.csv: column `x` is one number; the program takes 3"},
      {"x,price\n1,2\n", classes("price", 2),
       "t.csv, row 2, column `price`: 2 is no class: there are 2, from 0 to 1"
       "\n  help: its labels are 2 to 2: that is class[1], with price = price - 2"},
      {"x,price\n1,a\n1,b\n1,c\n", classes("price", 2),
       "t.csv, column `price`: has 3 different words where the program takes 2 classes: a, b, c"},
      {"x,price\n1,0\n1,O\n1,1\n", classes("price", 3),
       "t.csv, row 3, column `price`: holds a word where row 2 holds a number: classes are numbers or words"},
      {"x,price\n1,+-2\n", both, "t.csv, row 2, column `price`: `+-2` is no number"},
      {"x,price\n1,0\n1, \n", classes("price", 3),
       "t.csv, row 3, column `price`: is empty"
       "\n  help: a row without its target teaches nothing: leave it out of the file"},
      {"x,price\n1,1\n1,3\n1,2\n", classes("price", 3),
       "t.csv, row 3, column `price`: 3 is no class: there are 3, from 0 to 2"
       "\n  help: its labels are 1 to 3: write price = price - 1"},
      {"x,price\n1,-1\n1,1\n", classes("price", 3),
       "t.csv, row 2, column `price`: -1 is no class: there are 3, from 0 to 2"
       "\n  help: its labels are -1 to 1: write price = price + 1"},
      {"x,price\n1,1\n1,5\n", classes("price", 3),
       "t.csv, row 3, column `price`: 5 is no class: there are 3, from 0 to 2"
       "\n  help: its labels are 1 to 5: that is class[5], with price = price - 1"},
      {"x,price\n1,0\n1,3\n", classes("price", 3),
       "t.csv, row 3, column `price`: 3 is no class: there are 3, from 0 to 2"
       "\n  help: its labels are 0 to 3: that is class[4]"},
      {"x,price\n1,2\n1,4\n", probability("price"),
       "t.csv, row 2, column `price`: 2 is not between 0 and 1"
       "\n  help: it holds 2 and 4: write price = price == 4"},
      {"x,price\n1,1\n1,2\n1,3\n", probability("price"),
       "t.csv, row 3, column `price`: 2 is not between 0 and 1"
       "\n  help: its labels are 1 to 3: that is class[3], with price = price - 1"},
      {"x,price\n1,1\n1,2.5\n1,3\n", probability("price"), "t.csv, row 3, column `price`: 2.5 is not between 0 and 1"},
      {"x,price\n1,no\n1,yes\n", probability("price"),
       "t.csv, row 2, column `price`: `no` is no number"
       "\n  help: it is one of 2 different words: write price = price == \"yes\""},
      {"x,price\n1,a\n1,b\n1,c\n", probability("price"),
       "t.csv, row 2, column `price`: `a` is no number"
       "\n  help: it is one of 3 different words: its head is class[3]"},
      {"x,price\n,1\n", read_as("days", "x", "days"),
       "t.csv, row 2, column `x`: is empty"
       "\n  help: write days_x = impute(days(x), by: median) to fill what is missing, and days_x in place of days(x)"},
      {"x,price\n,1\n", read_as("yes", "x", "equals", "yes"),
       "t.csv, row 2, column `x`: is empty"
       "\n  help: write x_yes = impute(x == \"yes\", by: 0) to fill what is missing, and x_yes in place of x == "
       "\"yes\""},
      {"x,price\nno,1\nyes,1\n", both,
       "t.csv, row 2, column `x`: `no` is no number"
       "\n  help: it is one of 2 different words: write x = x == \"yes\""},
      {"x,price\na,1\nb,1\nc,1\na,2\n", both,
       "t.csv, row 2, column `x`: `a` is no number"
       "\n  help: it is one of 3 different words: write x: class[3], and give the net one_hot(x)"},
      {"x,price\n2024-03-31,1\n2024-04-01,1\n", both,
       "t.csv, row 2, column `x`: `2024-03-31` is no number"
       "\n  help: it is one of 2 different words: write x = days(x)"},
      {"x,price\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n9,1\n10,1\n11,1\nl2,1\n", both,
       "t.csv, row 13, column `x`: `l2` is no number"
       "\n  help: numbers are written like 1000, 0.5 or -2: change the file"},
      {"x,price\n1,1\n-,1\n2,1\nnone,1\n3,1\n", both,
       "t.csv, row 3, column `x`: `-` is no number"
       "\n  help: if words stand for what is missing: missing: [\"-\", \"none\"] in the source"},
      {"x;price\n1;2\n", both,
       "t.csv, row 1: has one column, `x;price`"
       "\n  help: csv(..., separator: \";\") reads cells that are parted so"},
      {"x,price\n10,1\n10%,1\n$10,1\n-,1\n", both,
       "t.csv, row 3, column `x`: `10%` is no number"
       "\n  help: numbers are written like 1000, 0.5 or -2: change the file"},
      {"x,price\n10,1\n-,1\n$10,1\n", both,
       "t.csv, row 3, column `x`: `-` is no number"
       "\n  help: if it stands for what is missing: missing: [\"-\"] in the source"},
      {"x,price\n\"1,5\",2\n", both,
       "t.csv, row 2, column `x`: `1,5` is no number"
       "\n  help: part the cells by another sign, csv(..., separator: \";\", decimal: \",\"), or write 1.5 for 1,5"},
      {"x,price\n\"1,000\",2\n", both,
       "t.csv, row 2, column `x`: `1,000` is no number"
       "\n  help: a number has no commas between its thousands: take them away in the file"},
      {"x,price\n1,\x1b[2J\n", both, "t.csv, row 2, column `price`: `\\x1B[2J` is no number"},
      {"x,price\n", both, "t.csv: has no rows below the names of its columns"},
      {"x,price\n1,2\n" + std::string(5000, 'a') + ",2,3\n", both, "t.csv, row 3: has 3 cells where the header has 2"},
  };
  for (const Fault& fault : cases) {
    Folder folder;
    folder.write("t.csv", fault.text);
    EXPECT_EQ(failure_of(folder, data(fault.raw)), fault.message + "\n  read by t.dnn:2:12");
  }
}

TEST(Csv, CellsThatSayNothingAreToldApart) {
  Folder folder;
  folder.write("t.csv", "x,price\n1,1\n,2\n NA ,3\nnan,4\n?,5\n\"\",6\nN/A,7\n0,8\nnull,9\n-99,10\n-99.0,11\n");
  const std::string raw = optional("x") + "," + read_as("missing(x)", "x", "missing") + "," + real("price");
  const DataSet set = load_from(folder, data(raw, R"(,"missing":["-99"])"));
  std::string gaps;
  for (int64_t example = 0; example < set.examples; ++example) {
    const double gap = value_of(set.field("missing(x)"), example);
    gaps += gap ? '1' : '0';
    EXPECT_EQ(gap * value_of(set.field("x"), example), 0);
  }
  EXPECT_EQ(gaps, "01111110111");
  EXPECT_EQ(value_of(set.field("x"), 0), 1);
  // An empty list: nothing but an empty cell is missing.
  folder.write("words.csv", "x,price\nNA,1\nDE,2\n");
  const DataSet words = load_from(
      folder,
      description(call("csv", R"("file":"words.csv","target":"price","missing":[])"), classes("x", 2), "price"));
  EXPECT_EQ(words.names.words.at("x"), (std::vector<std::string>{"DE", "NA"}));
}

TEST(Csv, WordsAreComparedWithoutTheBlanksAroundThem) {
  Folder folder;
  folder.write("t.csv", "x,price\nyes,1\n no,2\n yes ,3\nYes,4\n");
  const DataSet set = load_from(folder, data(read_as("is_yes", "x", "equals", "yes") + "," + real("price")));
  std::string found;
  for (int64_t example = 0; example < 4; ++example) found += value_of(set.fields[0], example) ? '1' : '0';
  EXPECT_EQ(found, "1010");
  EXPECT_EQ(set.fields[0].storage, Storage::UInt8);
}

TEST(Csv, AWordThatNoCellIsIsTold) {
  Folder folder;
  const auto note_of = [&](const std::string& word) {
    const DataSet set = load_from(folder, data(read_as("is", "x", "equals", word) + "," + real("price")));
    return set.notes.empty() ? "" : set.notes[0].substr(folder.path().size() + 1);
  };
  folder.write("t.csv", "x,price\nyes,1\nno,2\n");
  EXPECT_EQ(note_of("yes"), "");
  EXPECT_EQ(note_of("Yes"), "t.csv: no cell of `x` is `Yes`: is `yes` meant?");
  EXPECT_EQ(note_of("perhaps"), "t.csv: no cell of `x` is `perhaps`: its words are no, yes");
}

/// Words are kept as lines; what was taken once is taken so again.
TEST(Csv, WordsOfSeveralLinesComeAgain) {
  Folder folder;
  folder.write("t.csv", "x,price\n\"a\nb\",1\nc,2\n\"a\nb\",3\nc,4\n");
  const DataSet set = load_from(folder, data(classes("x", 2)));
  EXPECT_EQ(set.names.words.at("x"), (std::vector<std::string>{"a\\nb", "c"}));
  for (int64_t example = 0; example < 4; ++example) EXPECT_EQ(value_of(set.field("x"), example), example % 2);
}

TEST(Csv, FeaturesAreTheColumnsOfNumbers) {
  Folder folder;
  folder.write(
      "t.csv",
      ",age,town,price,joined,rooms,\n0,30,ulm,5,2024-01-01,2,\n1,40,bonn,6,2024-02-01,,\n2,50,ulm,7,2024-03-01,4,\n");
  const std::string features = R"({"name":"features","shape":[2],"element":"real","optional":true})";
  const DataSet set = load_from(folder, data(features + "," + real("price")));
  EXPECT_EQ(set.names.features, (std::vector<std::string>{"age", "rooms"}));
  EXPECT_EQ(value_of(set.field("features"), 2, 0), 50);
  EXPECT_EQ(value_of(set.field("features"), 2, 1), 4);
  ASSERT_EQ(set.notes.size(), 1u);
  EXPECT_EQ(set.notes[0].substr(folder.path().size() + 1),
            "t.csv: `features` are its columns of numbers"
            "\n  left out: a column without a name"
            "\n  left out: town, 2 different words: write town = town == \"ulm\""
            "\n  left out: joined, dates: write joined = days(joined)"
            "\n  left out: a column without a name");
  EXPECT_EQ(failure_of(folder, data(real("features", "[3]") + "," + real("price"))),
            "t.csv: has 2 columns of numbers besides the target `price`; the program takes `features` as 3"
            "\n  left out: a column without a name"
            "\n  left out: town, 2 different words: write town = town == \"ulm\""
            "\n  left out: joined, dates: write joined = days(joined)"
            "\n  left out: a column without a name\n  read by t.dnn:2:12");
}

TEST(Csv, ColumnsThatAreNoFeaturesAreTold) {
  Folder folder;
  folder.write("t.csv", "a,id,who,price\n1,2,x,3\n4,5,y,6\n");
  const std::string weight = R"({"name":"id","shape":[],"element":"real","positive":true})";
  const std::string raw = real("features", "[1]") + "," + weight + "," + read_as("group(who)", "who", "group") + ",";
  const DataSet set = load_from(folder, data(raw + real("price")));
  ASSERT_EQ(set.notes.size(), 1u);
  EXPECT_TRUE(
      set.notes[0].ends_with("t.csv: `features` are its columns of numbers"
                             "\n  left out: id, the weight of an example"
                             "\n  left out: who, which tells groups"))
      << set.notes[0];
}

TEST(Csv, AColumnInQuotesIsCalledSoExactly) {
  Folder folder;
  folder.write("t.csv", "a,price\n1,2\n");
  EXPECT_EQ(failure_of(folder, data(read_as("column(\\\"A\\\")", "A", "value") + "," + real("price"))),
            "t.csv: has no column that is called `A` exactly; its columns are a, price\n  read by t.dnn:2:12");
  EXPECT_EQ(value_of(load_from(folder, data(real("A") + "," + real("price"))).field("A"), 0), 1);
}

/// A word in a later row than those that are looked at first.
TEST(Csv, WordsMayComeLate) {
  Folder folder;
  std::string late = "x,code,price\n", misspelt = "x,y,price\n";
  for (int row = 0; row < 3000; ++row) {
    late += row < 1500 ? "1,7,2\n" : "1,A7,2\n";
    misspelt += row == 2500 ? "1,l,2\n" : "1,1,2\n";
  }
  folder.write("t.csv", late);
  EXPECT_EQ(load_from(folder, data(real("features", "[1]") + "," + real("price"))).names.features,
            (std::vector<std::string>{"x"}));
  folder.write("t.csv", misspelt);
  EXPECT_EQ(failure_of(folder, data(real("features", "[2]") + "," + real("price"))),
            "t.csv, row 2502, column `y`: `l` is no number"
            "\n  help: if it stands for what is missing: missing: [\"l\"] in the source\n  read by t.dnn:2:12");
}

TEST(Csv, SeparatorsAndDecimalCommasAreThoseOfTheSource) {
  Folder folder;
  folder.write("t.csv", "x;price\n1,5;2\n\"-2,25\";1e-400\n");
  const DataSet set = load_from(folder, data(real("x") + "," + real("price"), R"(,"separator":";","decimal":",")"));
  EXPECT_EQ(value_of(set.field("x"), 0), 1.5);
  EXPECT_EQ(value_of(set.field("x"), 1), -2.25);
  EXPECT_EQ(value_of(set.field("price"), 1), 0);
}

TEST(Csv, UnknownWordsHaveAClassWhereTheSourceSaysSo) {
  Folder folder;
  folder.write("t.csv", "x,price\nulm,1\nbonn,2\n");
  folder.write("new.csv", "x,price\nulm,1\nkiel,2\n");
  const DataSet set = load_from(folder, data(classes("x", 3), R"(,"test":"new.csv","unknown":1)"));
  EXPECT_EQ(set.names.words.at("x"), (std::vector<std::string>{"", "bonn", "ulm"}));
  const double labels[] = {2, 1, 2, 0};
  for (int64_t example = 0; example < 4; ++example) EXPECT_EQ(value_of(set.field("x"), example), labels[example]);
  // Answers have no class for what is unknown.
  folder.write("t.csv", "x,price\nulm,dear\nbonn,cheap\n");
  const DataSet answers = load_from(folder, data(classes("x", 3) + "," + classes("price", 2), R"(,"unknown":1)"));
  EXPECT_EQ(answers.names.classes, (std::vector<std::string>{"cheap", "dear"}));
  folder.write("t.csv", "x,price\nulm,1\nbonn,2\n");
  EXPECT_EQ(
      failure_of(folder, data(classes("x", 2), R"(,"unknown":1)")),
      "t.csv, column `x`: has 2 different words where the program takes 2 classes, one of them for what is unknown: "
      "bonn, ulm\n  read by t.dnn:2:12");
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
