#include "compiler/sema/data/data_blocks.h"

#include "compiler/sema/data/field_plan.h"
#include "test/unit/sema/parsed.h"

namespace dnnc {
namespace {

struct Read {
  explicit Read(const std::string& text) : parsed(text) {
    block = read_data(*parsed.all<ast::Data>().front(), parsed.reader(), [](const std::string&) { return false; });
  }
  Parsed parsed;
  std::optional<DataBlock> block;
};

using Sizes = std::vector<std::optional<int64_t>>;

TEST(DataBlocks, RowsTellTheirShapes) {
  Read read("data xor = rows([0, 0] -> 0, [0, 1] -> 1, [1, 0] -> 1)");
  ASSERT_TRUE(read.block) << read.parsed.messages().front();
  EXPECT_EQ(read.block->source.items.size(), 3u);
  EXPECT_EQ(read.block->fields[0].shape, (Sizes{2}));
  EXPECT_EQ(read.block->fields[1].shape, (Sizes{}));
  EXPECT_EQ(read.block->target, "y");
  EXPECT_EQ(read.block->examples, 3);
}

TEST(DataBlocks, RowsOfTwoShapesAreAnError) {
  Read read("data d = rows([0, 0] -> 0, [0, 1, 2] -> 1)");
  EXPECT_FALSE(read.block);
  EXPECT_EQ(read.parsed.messages(), (Messages{"E0504 all rows need the same shape @ [0, 1, 2]"}));
}

TEST(DataBlocks, ArgumentsAreNamedAndFilledIn) {
  Read read("data d = moons(n: 500)");
  ASSERT_TRUE(read.block);
  const DataValue& source = read.block->source;
  EXPECT_EQ(source.argument("n")->number, 500);
  EXPECT_EQ(source.argument("noise")->number, 0.1);
  EXPECT_EQ(source.argument("seed")->number, 0);
}

TEST(DataBlocks, SizesOfArgumentsBecomeSizesOfFields) {
  Read read("data d { source = images(\"photos\", size: 24x32) }");
  ASSERT_TRUE(read.block);
  EXPECT_EQ(read.block->fields[0].shape, (Sizes{24, 32, std::nullopt}));
  EXPECT_TRUE(read.block->fields[0].bytes);
}

TEST(DataBlocks, SplitsAreReadInOrder) {
  Read read("data d {\n source = builtin(iris)\n test = random(20%, seed: 1)\n validation = tail(10%)\n}");
  ASSERT_TRUE(read.block);
  ASSERT_EQ(read.block->splits.size(), 2u);
  EXPECT_EQ(read.block->splits[0].part, DataPart::Test);
  EXPECT_EQ(read.block->splits[0].method, SplitMethod::Random);
  EXPECT_EQ(read.block->splits[0].share, 0.2);
  EXPECT_EQ(read.block->splits[0].seed, 1u);
  EXPECT_EQ(read.block->splits[1].method, SplitMethod::Tail);
}

TEST(DataBlocks, PartsHoldSomeExamplesButNotAll) {
  Read few("data d {\n source = rows([0] -> 0, [1] -> 1)\n test = random(50%)\n validation = tail(20%)\n}");
  EXPECT_EQ(few.parsed.messages(), (Messages{"E0507 `validation` would be 0 of 1 example @ tail"}));
  Read all("data d {\n source = moons(n: 10)\n test = tail(96%)\n}");
  EXPECT_EQ(all.parsed.messages(), (Messages{"E0507 `test` would be 10 of 10 examples @ tail"}));
  Read right("data d {\n source = moons(n: 10)\n test = tail(90%)\n}");
  EXPECT_TRUE(right.parsed.messages().empty());
}

TEST(DataBlocks, ATestPartIsTakenWhereThereIsNone) {
  for (const char* source : {"builtin(mnist)", "builtin(fashion_mnist)", "cifar(\"c\")",
                             "csv(\"a\", target: y, test: \"b\")", "npz(\"a\", test: \"b\")",
                             "images(\"a\", size: 3x3, test: \"b\")", "idx(\"a\", \"b\", test: [\"c\", \"d\"])"}) {
    Read own(std::string("data d {\n source = ") + source + "\n test = tail(50%)\n}");
    EXPECT_EQ(own.parsed.messages(), (Messages{"E0507 the source has test examples of its own @ tail"})) << source;
  }
  for (const char* source : {"builtin(digits)", "builtin(iris)", "builtin(boston)", "csv(\"a\", target: y)",
                             "npz(\"a\")", "images(\"a\", size: 3x3)", "idx(\"a\", \"b\")", "moons", "blobs", "circles",
                             "spirals", "linear", "rows([0] -> 0, [1] -> 1)"}) {
    Read none(std::string("data d {\n source = ") + source + "\n test = tail(50%)\n}");
    EXPECT_TRUE(none.parsed.messages().empty()) << source;
  }
}

TEST(DataBlocks, WordsThatAreUnknownAreSuggested) {
  Read read("data d { source = cvs(\"a.csv\", target: y) }");
  EXPECT_EQ(read.parsed.messages(), (Messages{"E0501 there is no source `cvs` @ cvs"}));
  EXPECT_EQ(read.parsed.diagnostics.sorted()[0].replacement->text, "csv");
}

TEST(DataBlocks, WrongArgumentsAreNamed) {
  Read read("data d {\n source = csv(\"a.csv\")\n test = tail(20)\n validation = random(10%, sed: 1)\n}");
  EXPECT_EQ(read.parsed.messages(),
            (Messages{"E0502 `csv` needs `target` @ csv", "E0503 `share` takes a part of the whole, like 20% @ 20",
                      "E0502 `random` has no argument `sed` @ sed"}));
}

TEST(DataBlocks, StandardizeStandsAlone) {
  Read read(
      "data d {\n source = csv(\"a.csv\", target: y)\n features = standardize(features)\n y = standardize(y) + 1\n}");
  EXPECT_EQ(read.block->steps[0].fitted, "features");
  EXPECT_EQ(read.parsed.messages(),
            (Messages{"E0509 `standardize` must stand alone on the right of `=` @ standardize(y) + 1"}));
}

TEST(DataBlocks, WhatIsFilledMayBeStandardisedAtOnce) {
  Read read("data d {\n source = csv(\"a.csv\", target: y)\n x = standardize(impute(age, by: mean))\n}");
  ASSERT_TRUE(read.block);
  EXPECT_TRUE(read.parsed.messages().empty());
  ASSERT_EQ(read.block->steps.size(), 2u);
  EXPECT_TRUE(read.block->steps[0].fills);
  EXPECT_EQ(read.block->steps[0].method, runtime::FitMethod::Mean);
  EXPECT_EQ(read.block->steps[1].fitted, "x");
  EXPECT_EQ(std::get<ast::Name>(read.block->steps[1].formula->kind).text, "x");
}

TEST(DataBlocks, CellsBecomeFields) {
  Read read(
      "data d {\n source = csv(\"a.csv\", target: y)\n flr = column(\"2nd flr\")\n gone = missing(flr) or missing(y)\n"
      " target = y != \"no\"\n since = days(column(\"a b\")) -> sqrt\n}");
  ASSERT_TRUE(read.block);
  EXPECT_TRUE(read.parsed.messages().empty());
  std::vector<std::string> texts;
  for (const KnownField& field : read.block->readings) texts.push_back(field.name + " of " + field.column);
  EXPECT_EQ(texts, (std::vector<std::string>{"column(\"2nd flr\") of 2nd flr", "y == \"no\" of y", "days(a b) of a b",
                                             "missing(2nd flr) of 2nd flr", "missing(y) of y"}));
}

TEST(DataBlocks, ANameOfTheFileIsNoQuestionAboutCells) {
  Parsed parsed("data d {\n source = csv(\"a.csv\", target: y)\n x = days(joined)\n}");
  const std::optional<DataBlock> block = read_data(*parsed.all<ast::Data>().front(), parsed.reader(),
                                                   [](const std::string& name) { return name == "days"; });
  ASSERT_TRUE(block);
  EXPECT_TRUE(block->readings.empty());
}

TEST(DataBlocks, ASourceIsNeededOnce) {
  Read none("data d { test = tail(20%) }");
  EXPECT_EQ(none.parsed.messages(), (Messages{"E0505 data `d` has no source @ d"}));
  Read two("data d {\n source = builtin(iris)\n source = builtin(boston)\n}");
  EXPECT_EQ(two.parsed.messages(), (Messages{"E0512 `source` is given twice @ source"}));
}

bool nothing_defined(const std::string&) { return false; }
bool arithmetic_defined(const std::string& name) { return name == "sqrt" || name == "sum"; }

using Names = std::vector<std::string>;

TEST(FieldPlan, TakesOnlyTheStepsAndFieldsThatAreNeeded) {
  Read read("data d {\n source = builtin(mnist)\n image = image / 255\n other = image * 2\n}");
  FieldNames names(*read.block, nothing_defined, nothing_defined);
  FieldNames::Need need = names.need_of({"image", "target"});
  EXPECT_EQ(need.steps, (std::vector<bool>{true, false}));
  EXPECT_EQ(need.raw, (Names{"image", "label"}));
}

TEST(FieldPlan, TheTargetIsItsFieldUntilItIsDefined) {
  Read read("data d {\n source = builtin(mnist)\n label = label\n target = image\n image = image / 255\n}");
  FieldNames names(*read.block, nothing_defined, nothing_defined);
  EXPECT_EQ(names.kept_name("target", 0), "label");
  EXPECT_EQ(names.kept_name("target", 3), "target");
  EXPECT_EQ(names.need_of({"target"}).raw, (Names{"image"}));
  EXPECT_EQ(names.need_of({"target"}).steps, (std::vector<bool>{false, true, false}));
}

TEST(FieldPlan, WhatIsReadUnfilledMustBeWhole) {
  Read read(
      "data d {\n source = csv(\"a.csv\", target: y)\n young = age < 18\n ratio = area / rooms\n"
      " ratio = impute(ratio, by: mean)\n age = impute(age, by: median)\n}");
  FieldNames names(*read.block, arithmetic_defined, nothing_defined);
  using Set = std::set<std::string>;
  EXPECT_EQ(names.need_of({"age"}).raw, (Names{"age", "missing(age)"}));
  EXPECT_EQ(names.need_of({"age"}).whole, (Set{}));
  EXPECT_EQ(names.need_of({"age", "young"}).whole, (Set{"age"}));
  EXPECT_EQ(names.need_of({"ratio"}).whole, (Set{}));
  EXPECT_EQ(names.gaps_of(2), (Set{"missing(area)", "missing(rooms)"}));
  EXPECT_EQ(names.need_of({"ratio", "area"}).whole, (Set{"area"}));
}

TEST(FieldPlan, AStepThatDefinesTheTargetReadsItsField) {
  for (const char* step : {"target = standardize(target)", "target = sqrt(target)", "target = [target, rooms][0]"}) {
    Read read(std::string("data d {\n source = csv(\"a.csv\", target: price)\n ") + step + "\n}");
    FieldNames names(*read.block, arithmetic_defined, nothing_defined);
    EXPECT_EQ(names.need_of({"target"}).raw.front(), "price") << step;
  }
}

TEST(FieldPlan, NamesOfOpenSourcesAreColumnsUnlessTheyMeanSomethingElse) {
  Read read(
      "data d {\n source = csv(\"a.csv\", target: price)\n"
      " root = sqrt(area)\n total = sum(features[i] * i)\n}");
  FieldNames names(*read.block, arithmetic_defined, nothing_defined);
  EXPECT_EQ(names.need_of({"root"}).raw, (Names{"area"}));
  EXPECT_EQ(names.need_of({"total"}).raw, (Names{"features"}));
  EXPECT_EQ(names.need_of({"rooms"}).raw, (Names{"rooms"}));
}

TEST(FieldPlan, FunctionsAreNoValues) {
  Read read(
      "data d {\n source = csv(\"a.csv\", target: price)\n"
      " sum = standardize(sum)\n half = sqrt(sqrt) / 2\n all = apply(sum, [sqrt, x])\n}");
  FieldNames names(*read.block, arithmetic_defined, nothing_defined);
  EXPECT_EQ(names.need_of({"sum"}).raw, (Names{"sum"}));
  EXPECT_EQ(names.need_of({"half"}).raw, (Names{"sqrt"}));
  EXPECT_EQ(names.need_of({"all"}).raw, (Names{"sqrt", "sum", "x"}));
  EXPECT_EQ(names.fields_in_training(read.block->steps[1].formula), (std::set<std::string>{}));
  FieldNames constants(*read.block, arithmetic_defined, arithmetic_defined);
  EXPECT_EQ(constants.need_of({"half"}).raw, (Names{}));
}

TEST(FieldPlan, OnlyStandardisationsAtTheEndCanBeUndone) {
  Read read(
      "data d {\n source = builtin(boston)\n target = standardize(target)\n"
      " rm = standardize(rm)\n rm = rm * 2\n age = standardize(age)\n age = standardize(age)\n}");
  FieldNames names(*read.block, nothing_defined, nothing_defined);
  EXPECT_EQ(names.fitted_last("target"), (Names{"target"}));
  EXPECT_EQ(names.fitted_last("rm"), (Names{}));
  EXPECT_EQ(names.fitted_last("age"), (Names{"age", "age2"}));
}

}  // namespace
}  // namespace dnnc
