#include "runtime/files/sha256.h"
#include "runtime/sets/data_cache.h"
#include "test/unit/runtime/idx_files.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

/// An entry of a tar archive of the ustar form; kind '0' is a file, '5' a folder, 'x' says something about the next one.
std::string tar_entry(const std::string& name, char kind, const std::string& bytes, const char* size_form = "%011o") {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char size[13] = {};
  std::snprintf(size, sizeof size, size_form, static_cast<unsigned>(bytes.size()));
  header.replace(124, 12, size, 12);
  header[156] = kind;
  header.replace(257, 5, "ustar");
  return header + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
}

/// Two pictures of one label: all red is 1, all green the label, all blue 3.
std::string batch(int label) {
  const std::string picture =
      char(label) + std::string(1024, '\1') + std::string(1024, static_cast<char>(label)) + std::string(1024, '\3');
  return picture + picture;
}

std::string sha256_of(const std::string& bytes) { return sha256(bytes.data(), bytes.size()); }

/// The official archive, but for the number of its pictures, and the row of the catalog that fits it.
struct Archive {
  KnownSet set = known_set("cifar10");
  std::string tar = tar_entry("cifar-10-batches-bin/", '5', "");
  Archive() {
    int label = 0;
    for (KnownSet::File& file : set.files) {
      const std::string bytes = batch(label++);
      const std::string name = "cifar-10-batches-bin/" + file.name;
      tar += tar_entry("PaxHeaders/" + file.name, 'x', "30 mtime=1244145280.000000000\n");
      tar += tar_entry(name, label % 2 ? '0' : '\0', bytes, label % 3 ? "%011o" : "%11o ");
      file.sha256 = sha256_of(bytes);
    }
    tar += tar_entry("cifar-10-batches-bin/readme.html", '0', "<a>") + std::string(1024, '\0');
  }
};

struct Import {
  Folder folder;
  std::string said;
  /// What is wrong; empty if the archive was taken.
  std::string of(KnownSet set, const std::string& bytes, bool known = true) {
    if (known) set.archive_sha256 = sha256_of(bytes);
    const std::string path = folder.write("archive.tar.gz", bytes);
    try {
      import_set(set, path, {folder.path() + "/cache", "", [this](const std::string& line) { said += line + "\n"; }});
      return "";
    } catch (const Failure& failure) {
      return std::string(failure.what()).substr(folder.path().size() + 1);
    }
  }
};

std::string data_in(const std::string& folder) {
  return description(call("cifar", R"("folder":")" + folder + "\""),
                     real("image", "[32,32,3]") + "," + classes("label", 10), "label");
}

TEST(CifarArchive, IsImportedAndThenLoaded) {
  const Archive archive;
  Import import;
  ASSERT_EQ(import.of(archive.set, gzip(archive.tar)), "");
  EXPECT_EQ(import.said, "cifar10: unpacking\ncifar10: stored in " + import.folder.path() + "/cache/cifar10\n");
  // Under its own name it must be the true set.
  EXPECT_EQ(failure_of(import.folder, data_in("cifar10")),
            "cache/cifar10/data_batch_1.bin: is damaged: remove it and fetch `cifar10` again\n  read by t.dnn:2:12");
  for (const char* name : {"./cache/cifar10", "cache/cifar10/"})
    EXPECT_NE(failure_of(import.folder, data_in(name)), "");
  std::filesystem::rename(import.folder.path() + "/cache/cifar10", import.folder.path() + "/mine");
  const DataSet set = load_from(import.folder, data_in("mine"));
  ASSERT_EQ(set.examples, 12);
  EXPECT_EQ(set.test, (std::vector<uint32_t>{10, 11}));
  EXPECT_EQ(set.names.classes[0], "airplane");
  for (int64_t example = 0; example < 12; ++example) {
    EXPECT_EQ(value_of(set.field("label"), example), static_cast<double>(example / 2));
    for (int64_t channel = 0; channel < 3; ++channel)
      EXPECT_EQ(value_of(set.field("image"), example, 3 * 700 + channel),
                static_cast<double>(channel == 1 ? example / 2 : channel + 1));
  }
}

TEST(CifarArchive, OnlyTheBytesThatAreKnownAreTaken) {
  const Archive archive;
  const std::string good = gzip(archive.tar);
  Import import;
  const std::string refused = "archive.tar.gz: is not the archive that is known: its SHA-256 is not ";
  EXPECT_EQ(import.of(known_set("cifar10"), good, false), refused + known_set("cifar10").archive_sha256);
  std::string changed = archive.tar;
  changed[changed.find("\3\3\3")] = '\4';
  EXPECT_EQ(import.of(archive.set, gzip(changed)),
            "archive.tar.gz: data_batch_1.bin is not the file that is known: its SHA-256 differs");
  EXPECT_FALSE(std::filesystem::exists(import.folder.path() + "/cache/cifar10"));
}

TEST(CifarArchive, WhatIsNoArchiveIsRefused) {
  const Archive archive;
  Import import;
  EXPECT_EQ(import.of(archive.set, gzip(archive.tar.substr(0, 20'000))),
            "archive.tar.gz: is a tar archive that is cut off");
  EXPECT_EQ(import.of(archive.set, gzip(archive.tar.substr(0, 512))), "archive.tar.gz: does not hold data_batch_1.bin");
  EXPECT_EQ(import.of(archive.set, gzip(std::string(600, 'a'))), "archive.tar.gz: is no tar archive");
  EXPECT_NE(import.of(archive.set, archive.tar), "");
}

}  // namespace
}  // namespace dnnc::runtime
