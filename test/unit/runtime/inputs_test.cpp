#include "runtime/data/inputs.h"

#include "test/unit/runtime/loading.h"
#include "test/unit/runtime/pictures.h"

namespace dnnc::runtime {
namespace {

RawField field(const std::string& name, const std::vector<int64_t>& shape) {
  return {.name = name, .shape = shape, .element = {}};
}

RawField picture(const std::vector<int64_t>& shape) {
  RawField raw = field("image", shape);
  raw.bytes = true;
  return raw;
}

struct Inputs {
  Folder folder;
  DataNames names;
  LoadOptions options;
  DataSet load(const std::string& file, const std::vector<RawField>& fields) const {
    return load_inputs(folder.path() + "/" + file, {fields, "price", names, options});
  }
  std::string failure(const std::string& file, const std::vector<RawField>& fields) const {
    try {
      load(file, fields);
      return "";
    } catch (const Failure& failure) {
      return std::string(failure.what()).substr(folder.path().size() + 1);
    }
  }
};

TEST(Inputs, FeaturesAreFoundByTheNamesOfTraining) {
  Inputs inputs;
  inputs.names.features = {"Age", "size"};
  inputs.folder.write("t.csv", "size,price,age,town\n3,,1,a\n4,,2,b\n");
  const DataSet set = inputs.load("t.csv", {field("features", {2})});
  EXPECT_EQ(set.test, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(set.names, inputs.names);
  EXPECT_EQ(value_of(set.field("features"), 1, 0), 2);
  EXPECT_EQ(value_of(set.field("features"), 1, 1), 4);
  EXPECT_EQ(inputs.failure("t.csv", {field("features", {3})}),
            "t.csv: has 2 columns for `features`; the program takes 3");
  inputs.names.features = {"age", "width"};
  EXPECT_EQ(inputs.failure("t.csv", {field("features", {2})}),
            "t.csv: has no column `width`; its columns are size, price, age, town");
}

/// Each name is looked up, not searched for: 200,000 searches through as many columns take hours.
TEST(Inputs, TablesMayBeWide) {
  constexpr int64_t width = 200'000;
  Inputs inputs;
  std::string header = "price", row = "7";
  for (int64_t k = 0; k < width; ++k) {
    inputs.names.features.push_back("Length " + std::to_string(k) + " (mm)");
    header += ",length_" + std::to_string(width - 1 - k) + "_mm";
    row += "," + std::to_string(width - 1 - k);
  }
  inputs.folder.write("t.csv", header + "\n" + row + "\n");
  for (const char* name : {"features", "x"}) {
    const DataSet set = inputs.load("t.csv", {field(name, {width})});
    const int64_t first = std::string(name) == "x" ? width - 1 : 0;
    EXPECT_EQ(value_of(set.field(name), 0, 0), first);
    EXPECT_EQ(value_of(set.field(name), 0, width - 1), width - 1 - first);
  }
}

TEST(Inputs, SeveralNumbersAreTheColumnsThatAreLeft) {
  Inputs inputs;
  inputs.folder.write("t.csv", "a,y,b,price,c\n1,2,3,4,5\n");
  const DataSet set = inputs.load("t.csv", {field("x", {3, 1}), field("y", {})});
  for (int64_t element = 0; element < 3; ++element) EXPECT_EQ(value_of(set.field("x"), 0, element), 1 + 2 * element);
  EXPECT_EQ(value_of(set.field("y"), 0), 2);
}

/// What new rows hold tells nothing of how many classes there are, or of how their columns are used.
TEST(Inputs, NothingIsAdvisedFromNewRows) {
  Inputs inputs;
  RawField label = field("level", {});
  label.element = {Element::Kind::Class, 4};
  inputs.folder.write("t.csv", "level\n3\n5\n");
  EXPECT_EQ(inputs.failure("t.csv", {label}), "t.csv, row 3, column `level`: 5 is no class: there are 4, from 0 to 3");
  inputs.folder.write("t.csv", "a,town\n1,ulm\n2,bern\n");
  EXPECT_EQ(inputs.failure("t.csv", {field("x", {2})}),
            "t.csv: has 1 column of numbers for `x`; the program takes `x` as 2\n  left out: town");
  EXPECT_EQ(inputs.failure("t.csv", {field("town", {})}), "t.csv, row 2, column `town`: `ulm` is no number");
}

TEST(Inputs, PicturesHaveTheSizeAndChannelsOfTheField) {
  Inputs inputs;
  inputs.folder.write("p/b.png", png_file(one_colour(8, 6, 10, 20, 30)));
  inputs.folder.write("p/a.JPG", jpeg_file(one_colour(2, 2, 200, 200, 200)));
  inputs.folder.write("p/notes.txt", "no picture");
  const DataSet colour = inputs.load("p", {picture({3, 5, 3})});
  ASSERT_EQ(colour.files,
            (std::vector<std::string>{inputs.folder.path() + "/p/a.JPG", inputs.folder.path() + "/p/b.png"}));
  EXPECT_EQ(value_of(colour.field("image"), 1, 44), 30);
  const DataSet gray = inputs.load("p/b.png", {picture({3, 5})});
  ASSERT_EQ(gray.examples, 1);
  EXPECT_EQ(value_of(gray.field("image"), 0, 14), 18);
  EXPECT_EQ(inputs.failure("p/b.png", {picture({3, 5, 2})}),
            "p/b.png: a picture has 1 or 3 channels; the program takes 3 x 5 x 2");
  EXPECT_EQ(inputs.failure("p/b.png", {field("image", {3, 5, 3})}),
            "p/b.png: pictures are for a net whose only input comes from pictures; this one takes `image` (3 x 5 x 3)");
}

TEST(DataNames, TravelInMetadata) {
  const DataNames names = {
      {"cat", "dog"}, {"age", "size"}, {{"town", {"a", "b c"}}, {"x.y", {""}}, {"unknown", {"", "a"}}}};
  EXPECT_EQ(names_of(metadata_of(names)), names);
  EXPECT_EQ(names_of({}), DataNames());
  EXPECT_EQ(names_of(metadata_of({{"two\nlines", "b"}, {}, {}})).classes,
            (std::vector<std::string>{"two\\nlines", "b"}));
}

}  // namespace
}  // namespace dnnc::runtime
