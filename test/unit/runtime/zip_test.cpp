#include "runtime/files/zip.h"

#include "test/unit/runtime/loading.h"
#include "test/unit/runtime/zip_files.h"

namespace dnnc::runtime {
namespace {

std::string unpacked(const std::string& bytes) {
  Folder folder;
  const std::string path = folder.write("z", bytes);
  try {
    const ZipArchive archive = open_zip(path);
    if (archive.entries.empty()) return "no entries";
    const std::vector<char> content = read_entry(archive, archive.entries[0]);
    return archive.entries[0].name + "=" + std::string(content.begin(), content.end());
  } catch (const Failure& failure) {
    return std::string(failure.what()).substr(folder.path().size() + 1);
  }
}

TEST(Zip, AStoredEntryIsRead) { EXPECT_EQ(unpacked(zip({ZipFile()})), "a.txt=hello"); }

TEST(Zip, FilesOfMoreThan32BitsAreRead) {
  EXPECT_EQ(unpacked(zip({ZipFile{.wide = true}})), "a.txt=hello");
  EXPECT_EQ(unpacked(zip({ZipFile()}, true)), "a.txt=hello");
  EXPECT_EQ(unpacked(zip({ZipFile{.header_offset = uint64_t{1} << 40, .wide = true}})),
            "z: is a zip file that is cut off");
  for (uint64_t off : {uint64_t{1}, uint64_t{1} << 40})
    EXPECT_EQ(unpacked(zip({ZipFile()}, true, off)), "z: is a damaged zip file");
}

TEST(Zip, TheTableOfContentsIsChecked) {
  std::string many = zip({ZipFile()});
  many[many.size() - 12] = '\7';
  EXPECT_EQ(unpacked(many), "z: is a damaged zip file: it says too many entries");
  std::string elsewhere = zip({ZipFile()});
  elsewhere[elsewhere.size() - 6] = '\1';
  EXPECT_EQ(unpacked(elsewhere), "z: is a damaged zip file: its table of contents is broken");
}

TEST(Zip, DamageIsNamed) {
  EXPECT_EQ(unpacked(""), "z: is no zip file");
  EXPECT_EQ(unpacked(std::string(100, 'x')), "z: is no zip file, or one that is cut off");
  EXPECT_EQ(unpacked(zip({ZipFile{.crc = 1}})), "z, a.txt: is damaged: its checksum differs");
  EXPECT_EQ(unpacked(zip({ZipFile{.packed = 4000}})), "z, a.txt: is cut off");
  EXPECT_EQ(unpacked(zip({ZipFile{.bytes = 4000000000}})), "z, a.txt: says that it unpacks to more than it can");
  EXPECT_EQ(unpacked(zip({ZipFile{.flags = 1}})), "z: is encrypted");
  EXPECT_EQ(unpacked(zip({ZipFile{.method = 12}})), "z, a.txt: is packed in a way that is not read (method 12)");
  EXPECT_EQ(unpacked(zip({ZipFile{.header_offset = 7}})), "z, a.txt: is not where the zip file says");
  EXPECT_EQ(unpacked(zip({ZipFile{.header_offset = 4000000000}})), "z: is a zip file that is cut off");
  EXPECT_EQ(unpacked(zip({ZipFile{.method = 8}})), "z, a.txt: is damaged: its packed data do not unpack");
}

TEST(Zip, NoCutAndNoChangedByteDoesHarm) {
  const std::string whole = zip({ZipFile()});
  for (size_t length = 0; length < whole.size(); ++length) EXPECT_NE(unpacked(whole.substr(0, length)), "a.txt=hello");
  for (size_t at = 0; at < whole.size(); ++at)
    for (int bit : {0, 7}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      EXPECT_NO_THROW(unpacked(changed)) << at;
    }
}

}  // namespace
}  // namespace dnnc::runtime
