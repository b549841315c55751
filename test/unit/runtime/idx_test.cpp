#include "test/unit/runtime/idx_files.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

const std::string image_file = idx({3, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, static_cast<char>(250)});
const std::string label_file = idx({3}, {0, 1, 2});

std::string data(const std::string& shape = "[2,2,1]", const std::string& test = "") {
  return description(call("idx", R"("images":"images","labels":"labels")" + test),
                     real("image", shape) + "," + classes("label", 3), "label");
}

TEST(Idx, PlainAndGzipGiveTheSame) {
  Folder plain, packed;
  plain.write("images", image_file);
  plain.write("labels", label_file);
  packed.write("images", gzip(image_file));
  packed.write("labels", gzip(label_file));
  for (const Folder* folder : {&plain, &packed}) {
    const DataSet set = load_from(*folder, data());
    ASSERT_EQ(set.examples, 3);
    EXPECT_EQ(set.field("image").storage, Storage::UInt8);
    EXPECT_EQ(value_of(set.field("image"), 2, 3), 250);
    EXPECT_EQ(value_of(set.field("image"), 1, 0), 5);
    EXPECT_EQ(value_of(set.field("label"), 2), 2);
  }
}

TEST(Idx, TestFilesBecomeTheTestPart) {
  Folder folder;
  folder.write("images", image_file);
  folder.write("labels", label_file);
  folder.write("more", idx({2, 2, 2}, "abcdefgh"));
  folder.write("more labels", idx({2}, {2, 1}));
  const DataSet set = load_from(folder, data("[2,2]", R"(,"test":["more","more labels"])"));
  EXPECT_EQ(set.examples, 5);
  EXPECT_EQ(set.train, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(set.test, (std::vector<uint32_t>{3, 4}));
  EXPECT_EQ(value_of(set.field("image"), 2, 3), 250);
  EXPECT_EQ(value_of(set.field("image"), 4, 0), 'e');
  EXPECT_EQ(value_of(set.field("label"), 4), 1);
  float gathered[8];
  const uint32_t rows[] = {4, 0};
  gather_rows(set.field("image"), rows, 2, Storage::Float32, reinterpret_cast<char*>(gathered));
  EXPECT_EQ(gathered[0], 'e');
  EXPECT_EQ(gathered[7], 4);
}

struct Damage {
  std::string images, labels, shape, message;
};

TEST(Idx, DamagedFilesAreRefusedWithTheirName) {
  const std::string packed = gzip(image_file);
  const Damage cases[] = {
      {"", label_file, "[2,2]", "images: is no IDX file: it does not start with two zeros"},
      {"\x7f"
       "ELF",
       label_file, "[2,2]", "images: is no IDX file: it does not start with two zeros"},
      {idx({3, 2, 2}, "", 13), label_file, "[2,2]", "images: holds numbers of IDX type 13; only bytes (8) are read"},
      {image_file.substr(0, 10), label_file, "[2,2]", "images: is cut off in its header"},
      {image_file.substr(0, 27), label_file, "[2,2]", "images: has 27 bytes where its header says 28"},
      {image_file + "x", label_file, "[2,2]", "images: has 29 bytes where its header says 28"},
      {idx({4000000000, 4000000000, 4000000000, 4000000000}, ""), label_file, "[2,2]",
       "images: says that it holds more than there is memory"},
      {gzip(idx({4000000000, 65536, 65536}, "")), label_file, "[2,2]",
       "images: says that it holds more than there is memory"},
      {gzip(idx({4000000, 2, 2}, "")), label_file, "[2,2]", "images: says that it unpacks to more than it can"},
      {gzip(idx({3, 2, 2}, "x")), label_file, "[2,2]", "images: has 17 bytes where its header says 28"},
      {idx({3, 0, 2}, ""), label_file, "[2,2]", "images: has no values: axis 2 of its header is 0"},
      {packed.substr(0, packed.size() - 6), label_file, "[2,2]", "images: ends in the middle of its packed data"},
      {gzip(idx({1, 2, 2}, std::string(5000000, 'x'))), label_file, "[2,2]",
       "images: unpacks to more bytes than it says"},
      {image_file, label_file, "[2,3]", "images: has images of 2 x 2; the program takes `image` as 2 x 3"},
      {image_file, idx({2}, {0, 1}), "[2,2]", "labels: has 2 labels for the 3 images of images"},
      {image_file, idx({3}, {0, 3, 1}), "[2,2]", "labels, label 2: 3 is no class: there are 3, from 0 to 2"},
      {image_file, image_file, "[2,2]", "labels: holds no list of labels but an array of 3 x 2 x 2"},
  };
  for (const Damage& damage : cases) {
    Folder folder;
    folder.write("images", damage.images);
    folder.write("labels", damage.labels);
    EXPECT_EQ(failure_of(folder, data(damage.shape)), damage.message + "\n  read by t.dnn:2:12");
  }
}

TEST(Idx, ADamagedByteInPackedDataIsSeen) {
  Folder folder;
  std::string packed = gzip(image_file);
  packed[packed.size() - 8] = static_cast<char>(packed[packed.size() - 8] ^ 1);  // the checksum
  folder.write("images", packed);
  folder.write("labels", label_file);
  EXPECT_EQ(failure_of(folder, data()), "images: is damaged: its packed data do not unpack\n  read by t.dnn:2:12");
}

TEST(Idx, MissingFilesAreNamed) {
  EXPECT_EQ(failure_of(Folder(), data()), "images: cannot read: No such file or directory\n  read by t.dnn:2:12");
  const std::string mnist = description(call("builtin", R"("name":"mnist")"), real("image", "[28,28,1]"), "image");
  EXPECT_EQ(
      failure_of(Folder(), mnist),
      "cache/mnist/train-images-idx3-ubyte: the data set `mnist` is not here; fetch it with: dnnc data fetch mnist\n"
      "  read by t.dnn:2:12");
}

}  // namespace
}  // namespace dnnc::runtime
