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
    return message.substr(0, message.find("\n  read by"));
  };
  EXPECT_EQ(fault(real("nothing")),
            "arrays.npz: has no array `nothing`; it has image, real, label, flag, half, bad, word");
  EXPECT_EQ(fault(real("real", "[2,3]")),
            "arrays.npz, real: has examples of 3 x 2; the program takes 2 x 3"
            "\n  help: if a formula makes these of them, say what the file has: real: f32[3, 2]");
  EXPECT_EQ(fault(classes("label", 2)),
            "arrays.npz, label[1], element 1: 2 is no class: there are 2, from 0 to 1\n  help: its labels are 0 to 2: "
            "that is class[3]");
  EXPECT_EQ(fault(real("bad")),
            "arrays.npz, bad[2], element 1: is missing\n  help: write bad = impute(bad, by: median) to fill what is "
            "missing, before other lines that read bad");
  EXPECT_EQ(fault(real("word")),
            "arrays.npz, word[0], element 1: `a` is no number\n  help: it is one of 4 different words: write word: "
            "class[4], and give "
            "the net one_hot(word)");
  EXPECT_EQ(fault(classes("word", 3)),
            "arrays.npz, word: has 4 different words where the program takes 3 classes: a, b, c, d");
}

TEST(Npz, WordsGapsAndHalfFloatsAreRead) {
  const Written written;
  const std::string bad = R"({"name":"bad","shape":[],"element":"real","optional":true})";
  const std::string gap =
      R"({"name":"gap","shape":[],"element":"real","bytes":true,"column":"bad","reading":"missing"})";
  const std::string is_b =
      R"({"name":"b","shape":[],"element":"real","bytes":true,"column":"word","reading":"equals","word":"b"})";
  const DataSet set =
      load_from(written.folder, npz(real("half") + "," + classes("word", 4) + "," + bad + "," + gap + "," + is_b));
  const double bads[] = {0, 1, 0, 3};
  for (int64_t example = 0; example < 4; ++example) {
    EXPECT_EQ(value_of(set.field("half"), example), 1);
    EXPECT_EQ(value_of(set.field("word"), example), static_cast<double>(example));
    EXPECT_EQ(value_of(set.field("bad"), example), bads[example]);
    EXPECT_EQ(value_of(set.field("gap"), example), example == 2);
    EXPECT_EQ(value_of(set.field("b"), example), example == 1);
  }
  EXPECT_EQ(set.names.words.at("word"), (std::vector<std::string>{"a", "b", "c", "d"}));
}

/// A .npy file of bytes.
std::string npy_of(const std::string& shape, const std::string& values) {
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0' + header + values;
}

TEST(Npy, FilesAreFields) {
  Folder folder;
  folder.write("x.npy", npy_of("(2, 2)", "\1\2\3\4"));
  folder.write("y.npy", npy_of("(2,)", std::string("\1\0", 2)));
  const std::string raw = real("x", "[2]") + "," + classes("y", 2);
  const DataSet set =
      load_from(folder, description(call("npy", R"("x":"x.npy","y":"y.npy","test":["x.npy","y.npy"])"), raw, "y"));
  EXPECT_EQ(set.examples, 4);
  EXPECT_EQ(set.test, (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(value_of(set.field("x"), 3, 1), 4);
  EXPECT_EQ(value_of(set.field("y"), 2), 1);
  EXPECT_EQ(failure_of(folder, description(call("npy", R"("x":"x.npy")"), raw, "y")),
            "x.npy: has no array `y`; it has x\n  read by t.dnn:2:12");
  EXPECT_EQ(
      failure_of(folder, description(call("npz", R"("file":"x.npy")"), raw, "y")),
      "x.npy: is one array\n  help: source = npy(x: \"x.npy\", y: \"y.npy\") reads such files\n  read by t.dnn:2:12");
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
