#include "runtime/files/files.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

/// A folder with the files that NumPy wrote: see Inputs/README.md.
struct Written {
  Folder folder;
  Written() {
    for (const char* name : {"arrays.npz", "stored.npz"}) folder.write(name, input(name));
  }
  static std::string input(const std::string& name) {
    const std::vector<char> bytes = read_file(DNNC_SOURCE_FOLDER "/test/unit/runtime/Inputs/" + name);
    return std::string(bytes.begin(), bytes.end());
  }
};

std::string npz(const std::string& raw, const std::string& test = "") {
  return description(call("npz", R"("file":"arrays.npz","target":"label")" + test), raw, "label");
}

const std::string image_field = real("image", "[3,2,1]"), real_field = real("real", "[3,2]"),
                  label_field = classes("label", 3);

TEST(Npz, ArraysOfEveryOrderAndTypeAreRead) {
  const Written written;
  const DataSet set =
      load_from(written.folder, npz(image_field + "," + real_field + "," + label_field + "," + whole("flag")));
  ASSERT_EQ(set.examples, 4);
  EXPECT_EQ(set.field("image").storage, Storage::UInt8);
  for (int64_t example = 0; example < 4; ++example)
    for (int64_t element = 0; element < 6; ++element) {
      EXPECT_EQ(value_of(set.field("image"), example, element), static_cast<double>(example * 6 + element));
      EXPECT_EQ(value_of(set.field("real"), example, element), static_cast<double>(example * 6 + element) / 8);
    }
  EXPECT_EQ(value_of(set.field("label"), 1), 2);
  EXPECT_EQ(value_of(set.field("flag"), 1), 0);
}

TEST(Npz, ATestFileIsTheTestPart) {
  const Written written;
  const DataSet set =
      load_from(written.folder, npz(image_field + "," + real_field + "," + label_field, R"(,"test":"stored.npz")"));
  EXPECT_EQ(set.test, (std::vector<uint32_t>{4, 5}));
  EXPECT_EQ(value_of(set.field("image"), 5, 5), 200);
  EXPECT_EQ(value_of(set.field("image"), 3, 5), 23);
  EXPECT_EQ(value_of(set.field("real"), 4, 0), 0);
  EXPECT_EQ(value_of(set.field("label"), 4), 1);
}

TEST(Npz, WhatDoesNotFitIsNamed) {
  const Written written;
  const auto fault = [&](const std::string& raw) {
    const std::string message = failure_of(written.folder, npz(raw));
    return message.substr(0, message.find('\n'));
  };
  EXPECT_EQ(fault(real("nothing")),
            "arrays.npz: has no array `nothing`; it has image, real, label, flag, half, bad, word");
  EXPECT_EQ(fault(real("real", "[2,3]")), "arrays.npz, real: has examples of 3 x 2; the program takes 2 x 3");
  EXPECT_EQ(fault(classes("label", 2)), "arrays.npz, label[1], element 1: 2 is no class: there are 2, from 0 to 1");
  EXPECT_EQ(fault(real("bad")), "arrays.npz, bad[2], element 1: nan is no finite number");
  EXPECT_EQ(fault(real("half")), "arrays.npz, half: holds values of NumPy's type '<f2', which are not read");
  EXPECT_EQ(fault(real("word")), "arrays.npz, word: holds values of NumPy's type '<U1', which are not read");
}

TEST(Npz, NoCutAndNoChangedByteDoesHarm) {
  const std::string whole = Written::input("stored.npz");
  Folder folder;
  for (size_t at = 0; at < whole.size(); at += 3) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    folder.write("arrays.npz", changed);
    EXPECT_NO_THROW(failure_of(folder, npz(image_field + "," + real_field + "," + label_field)));
    folder.write("arrays.npz", whole.substr(0, at));
    EXPECT_NE(failure_of(folder, npz(image_field + "," + label_field)), "");
  }
}

}  // namespace
}  // namespace dnnc::runtime
