#include <zlib.h>

#include <chrono>
#include <thread>

#include "test/unit/runtime/loading.h"
#include "test/unit/runtime/pictures.h"

namespace dnnc::runtime {
namespace {

std::string images(const std::string& shape, int count, const std::string& test = "") {
  return description(call("images", R"("folder":"pets","size":[2,2])" + test),
                     real("image", shape) + "," + classes("label", count), "label");
}

void write_pets(const Folder& folder) {
  folder.write("pets/dog/b.png", png_file(one_colour(2, 2, 10, 10, 10)));
  folder.write("pets/dog/a.PNG", png_file(one_colour(4, 4, 20, 20, 20)));
  folder.write("pets/cat/x.jpg", jpeg_file(one_colour(8, 8, 200, 200, 200)));
  folder.write("pets/cat/notes.txt", "not a picture");
}

size_t cached_files(const Folder& folder) {
  const std::filesystem::path cache = folder.path() + "/cache/decoded";
  if (!std::filesystem::exists(cache)) return 0;
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(cache), {}));
}

TEST(ImageFolder, SubFoldersAreClassesAndFilesStandInOrder) {
  Folder folder;
  write_pets(folder);
  folder.write("more/cat/1.png", png_file(one_colour(1, 1, 7, 7, 7)));
  folder.write("more/dog/1.png", png_file(one_colour(1, 1, 8, 8, 8)));
  const DataSet set = load_from(folder, images("[2,2,3]", 2, R"(,"test":"more")"));
  EXPECT_EQ(set.names.classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(set.train, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(set.test, (std::vector<uint32_t>{3, 4}));
  EXPECT_EQ(set.field("image").storage, Storage::UInt8);
  const double wanted[] = {200, 20, 10, 7, 8}, labels[] = {0, 1, 1, 0, 1};
  for (int64_t k = 0; k < 5; ++k) {
    EXPECT_NEAR(value_of(set.field("image"), k, 11), wanted[k], 1) << k;
    EXPECT_EQ(value_of(set.field("label"), k), labels[k]);
  }
}

TEST(ImageFolder, GrayPicturesHaveOneChannel) {
  Folder folder;
  write_pets(folder);
  const DataSet set = load_from(folder, images("[3,2,1]", 2));
  EXPECT_EQ(value_of(set.field("image"), 1, 5), 20);
}

/// What was changed a moment ago is not kept: another change might have the same time.
void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }

TEST(ImageFolder, DecodedRowsAreKeptAndChecked) {
  Folder folder;
  write_pets(folder);
  settle();
  load_from(folder, images("[2,2,3]", 2));
  ASSERT_EQ(cached_files(folder), 1u);
  const std::string path = std::filesystem::directory_iterator(folder.path() + "/cache/decoded")->path().string();
  EXPECT_EQ(std::filesystem::file_size(path), 3u * 12 + 16);
  // A changed byte is noticed and the file made again.
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(30).put('\x7f');
  file.close();
  EXPECT_EQ(value_of(load_from(folder, images("[2,2,3]", 2)).field("image"), 2, 0), 10);
  EXPECT_EQ(value_of(load_from(folder, images("[2,2,3]", 2)).field("image"), 0, 6), 200);
  EXPECT_EQ(cached_files(folder), 1u);
  // Other pictures or another size are another file.
  folder.write("pets/dog/b.png", png_file(one_colour(3, 3, 11, 11, 11)));
  settle();
  EXPECT_EQ(value_of(load_from(folder, images("[2,2,3]", 2)).field("image"), 2, 0), 11);
  load_from(folder, images("[1,2,3]", 2));
  EXPECT_EQ(cached_files(folder), 3u);
}

double first_point(const std::string& folder, const std::string& cache) {
  const std::string data = images("[2,2,3]", 2);
  return value_of(load_data(data_from_json(data), {folder, cache, nullptr}).field("image"), 2, 0);
}

/// Two folders whose files are called the same, are as long and have the same time, wherever they are called from.
TEST(ImageFolder, RowsOfOneFolderAreNeverThoseOfAnother) {
  namespace fs = std::filesystem;
  const Folder folder;
  const std::string cache = folder.path() + "/cache";
  const auto before = fs::current_path();
  for (const auto& [name, shade] : {std::pair{"a", 10}, {"b", 12}}) {
    const std::string at = std::string(name) + "/pets/";
    folder.write(at + "dog/b.png", png_file(one_colour(2, 2, shade, shade, shade)));
    folder.write(at + "dog/a.png", png_file(one_colour(2, 2, 1, 1, 1)));
    folder.write(at + "cat/x.png", png_file(one_colour(2, 2, 1, 1, 1)));
  }
  for (const auto& file : fs::recursive_directory_iterator(folder.path())) fs::last_write_time(file, {});
  ASSERT_EQ(fs::file_size(folder.path() + "/a/pets/dog/b.png"), fs::file_size(folder.path() + "/b/pets/dog/b.png"));
  settle();
  for (int again = 0; again < 2; ++again)
    for (const auto& [name, shade] : {std::pair{"/a", 10}, {"/b", 12}}) {
      fs::current_path(folder.path() + name);
      for (const std::string& from : {std::string(""), std::string("."), folder.path() + name})
        EXPECT_EQ(first_point(from, cache), shade) << name << " from " << from;
    }
  fs::current_path(before);
  EXPECT_EQ(cached_files(folder), 2u);
  // One in the place of the other.
  fs::rename(folder.path() + "/a", folder.path() + "/c");
  fs::rename(folder.path() + "/b", folder.path() + "/a");
  EXPECT_EQ(first_point(folder.path() + "/a", cache), 12);
}

TEST(ImageFolder, FaultsAreNamed) {
  Folder folder;
  EXPECT_EQ(failure_of(folder, images("[2,2,3]", 2)),
            "pets: cannot read this folder: No such file or directory\n  read by t.dnn:2:12");
  write_pets(folder);
  EXPECT_EQ(failure_of(folder, images("[2,2,3]", 3)),
            "pets: has 2 sub-folders; the program takes 3 classes\n  read by t.dnn:2:12");
  EXPECT_EQ(failure_of(folder, images("[2,2,4]", 2)),
            "pets/cat/x.jpg: a picture has 1 or 3 channels; the program takes 2 x 2 x 4\n  read by t.dnn:2:12");
  folder.write("more/cat/1.png", png_file(one_colour(1, 1, 7, 7, 7)));
  EXPECT_EQ(failure_of(folder, images("[2,2,3]", 2, R"(,"test":"more")")),
            "more: has other sub-folders than pets; it lacks dog\n  read by t.dnn:2:12");
  folder.write("more/bird/1.png", png_file(one_colour(1, 1, 7, 7, 7)));
  EXPECT_EQ(failure_of(folder, images("[2,2,3]", 2, R"(,"test":"more")")),
            "more: has other sub-folders than pets; besides those bird; it lacks dog\n  read by t.dnn:2:12");
  folder.write("pets/cat/broken.png", "x");
  EXPECT_EQ(failure_of(folder, images("[2,2,3]", 2)),
            "pets/cat/broken.png: is no picture of a kind that is read: PNG, JPEG, WebP, BMP\n  read by t.dnn:2:12");
}

TEST(ImageFolder, WhatIsLeftOutIsTold) {
  Folder folder;
  write_pets(folder);
  EXPECT_TRUE(load_from(folder, images("[2,2,3]", 2)).notes.empty());
  folder.write("pets/beside.png", "x");
  folder.write("pets/notes.txt", "x");
  folder.write("pets/cat/small/1.png", "x");
  folder.write("pets/cat/tiny/1.png", "x");
  const std::vector<std::string> notes = load_from(folder, images("[2,2,3]", 2)).notes;
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0], folder.path() + "/pets: left out: 1 picture beside the folders of classes");
  EXPECT_EQ(notes[1], folder.path() + "/pets/cat: left out: the folders small, tiny");
}

TEST(ImageFolder, AClassWithoutPicturesIsRefusedWithWhatItHas) {
  Folder folder;
  const auto fault = [&](const std::string& test = "") {
    const std::string message = failure_of(folder, images("[2,2,3]", 2, test)), read_by = "\n  read by t.dnn:2:12";
    return message.ends_with(read_by) ? message.substr(0, message.size() - read_by.size()) : message;
  };
  const std::string kinds = "holds no pictures that can be read, .png .jpg .jpeg .webp .bmp; ";
  std::filesystem::create_directories(folder.path() + "/pets");
  EXPECT_EQ(fault(), "pets: holds no folders, one for each class; it is empty");
  folder.write("pets/1.png", png_file(one_colour(2, 2, 1, 1, 1)));
  EXPECT_EQ(fault(), "pets: holds no folders, one for each class; in it are 1 .png");
  write_pets(folder);
  std::filesystem::create_directories(folder.path() + "/pets/bird");
  EXPECT_EQ(fault(), "pets/bird: " + kinds + "it is empty");
  for (const char* name : {"1.gif", "2.GIF", "3.gif", "4.tiff", "5.tiff", "readme", ".hidden", "large/1.png", "a.\nb"})
    folder.write("pets/bird/" + std::string(name), "x");
  EXPECT_EQ(fault(), "pets/bird: " + kinds + "in it are 3 .gif, 2 .tiff, 1 .\\nb, 1 in folders, 1 without an ending");
  for (const char* name : {"1.a", "2.b", "3.c"}) folder.write("pets/bird/" + std::string(name), "x");
  EXPECT_EQ(fault(), "pets/bird: " + kinds + "in it are 3 .gif, 2 .tiff, 1 .\\nb, 1 .a, 1 .b, 1 .c and others");

  // To test with, a class may have none, but not such as nobody reads.
  std::filesystem::remove_all(folder.path() + "/pets/bird");
  folder.write("more/cat/1.png", png_file(one_colour(1, 1, 7, 7, 7)));
  std::filesystem::create_directories(folder.path() + "/more/dog");
  EXPECT_EQ(fault(R"(,"test":"more")"), "");
  folder.write("more/dog/1.heic", "x");
  EXPECT_EQ(fault(R"(,"test":"more")"), "more/dog: " + kinds + "in it are 1 .heic");
  std::filesystem::remove_all(folder.path() + "/more");
  for (const char* name : {"cat", "dog"}) std::filesystem::create_directories(folder.path() + "/more/" + name);
  EXPECT_EQ(fault(R"(,"test":"more")"), "more: all of its folders are empty");
}

/// A PNG that says of itself that it has other sides.
std::string png_of_size(uint32_t width, uint32_t height) {
  std::string file = png_file(one_colour(1, 1, 7, 7, 7));
  const auto put = [&](size_t at, uint32_t number) {
    for (int byte = 0; byte < 4; ++byte)
      file[at + static_cast<size_t>(byte)] = static_cast<char>(number >> (24 - 8 * byte));
  };
  put(16, width);
  put(20, height);
  put(29, static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(file.data()) + 12, 17)));
  return file;
}

std::string jpeg_of_size(uint16_t width, uint16_t height) {
  std::string file = jpeg_file(one_colour(1, 1, 7, 7, 7));
  const size_t frame = file.find("\xff\xc0");
  for (const auto& [at, number] : {std::pair{frame + 5, height}, std::pair{frame + 7, width}}) {
    file[at] = static_cast<char>(number >> 8);
    file[at + 1] = static_cast<char>(number);
  }
  return file;
}

TEST(ImageFolder, PicturesThatSayTooMuchAreRefused) {
  const struct {
    std::string name, bytes, message;
  } cases[] = {
      {"1.png", png_of_size(100'000, 100'000), ": has more than 100 million pixels"},
      {"1.png", png_of_size(9'999, 9'998), ": is cut off: so few bytes hold no picture of 9998 x 9999"},
      {"1.jpg", jpeg_of_size(60'000, 60'000), ": has more than 100 million pixels"},
      {"1.jpg", jpeg_of_size(9'999, 9'998), ": is cut off: so few bytes hold no picture of 9998 x 9999"},
  };
  for (const auto& [name, bytes, message] : cases) {
    Folder folder;
    folder.write("pets/cat/" + name, bytes);
    EXPECT_EQ(failure_of(folder, images("[2,2,3]", 1)), "pets/cat/" + name + message + "\n  read by t.dnn:2:12");
  }
}

std::string cifar(const std::string& shape = "[32,32,3]") {
  return description(call("cifar", R"("folder":"c")"), real("image", shape) + "," + classes("label", 10), "label");
}

/// A record whose pixel p has red p % 200, green 100, blue 50.
std::string record(int label) {
  std::string bytes(1, static_cast<char>(label));
  for (int p = 0; p < 1024; ++p) bytes += static_cast<char>(p % 200);
  return bytes + std::string(1024, 100) + std::string(1024, 50);
}

void write_batches(const Folder& folder, const std::string& at) {
  for (int number = 1; number <= 5; ++number)
    folder.write(at + "/data_batch_" + std::to_string(number) + ".bin", record(number) + record(0));
  folder.write(at + "/test_batch.bin", record(9) + record(8));
}

TEST(Cifar, RecordsBecomeRowsOfPixels) {
  for (const char* at : {"c", "cache/c"}) {
    Folder folder;
    write_batches(folder, at);
    const DataSet set = load_from(folder, cifar());
    EXPECT_EQ(set.examples, 12);
    EXPECT_EQ(set.test, (std::vector<uint32_t>{10, 11}));
    EXPECT_EQ(value_of(set.field("label"), 4), 3);
    EXPECT_EQ(value_of(set.field("label"), 10), 9);
    EXPECT_EQ(value_of(set.field("image"), 7, 3 * 150), 150);
    EXPECT_EQ(value_of(set.field("image"), 7, 3 * 150 + 1), 100);
    EXPECT_EQ(value_of(set.field("image"), 7, 3 * 150 + 2), 50);
    EXPECT_EQ(set.names.classes[9], "truck");
  }
}

TEST(Cifar, PicturesInFoldersServeAsWell) {
  Folder folder;
  folder.write("c/train/frog/1.png", png_file(one_colour(32, 32, 1, 2, 3)));
  folder.write("c/test/frog/1.png", png_file(one_colour(32, 32, 4, 5, 6)));
  const std::string data =
      description(call("cifar", R"("folder":"c")"), real("image", "[32,32,3]") + "," + classes("label", 1), "label");
  const DataSet set = load_from(folder, data);
  EXPECT_EQ(set.test, (std::vector<uint32_t>{1}));
  EXPECT_EQ(value_of(set.field("image"), 1, 2), 6);
}

TEST(Cifar, FaultsAreNamed) {
  Folder folder;
  EXPECT_EQ(failure_of(folder, cifar()).substr(0, 24), "c: CIFAR-10 is not here.");
  write_batches(folder, "c");
  EXPECT_EQ(failure_of(folder, cifar("[3,32,32]")),
            "c: has images of 32 x 32 x 3; the program takes 3 x 32 x 32\n  read by t.dnn:2:12");
  folder.write("c/data_batch_3.bin", record(10) + record(0));
  EXPECT_EQ(failure_of(folder, cifar()),
            "c/data_batch_3.bin, record 1: 10 is no class: there are 10, from 0 to 9\n  read by t.dnn:2:12");
  folder.write("c/data_batch_3.bin", record(1).substr(1));
  EXPECT_EQ(failure_of(folder, cifar()),
            "c/data_batch_3.bin: has 3072 bytes, which is no whole number of records of 3073\n  read by t.dnn:2:12");
  folder.write("c/data_batch_3.bin", record(1));
  EXPECT_EQ(
      failure_of(folder, cifar()),
      "c/data_batch_3.bin: has 1 records where c/data_batch_1.bin has 2; one of them is cut off\n  read by t.dnn:2:12");
}

}  // namespace
}  // namespace dnnc::runtime
