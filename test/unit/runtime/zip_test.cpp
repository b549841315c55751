#include "runtime/zip.h"

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

void append(std::string& bytes, uint64_t number, int count) {
  for (int k = 0; k < count; ++k) bytes += static_cast<char>(number >> (8 * k));
}

constexpr uint32_t kHelloCrc = 0x3610a686;  // of "hello"

/// A zip file with one stored entry `a.txt`, "hello"; what tests change is given.
struct Zip {
  uint32_t crc = kHelloCrc;
  uint64_t bytes = 5, packed = 5;
  uint16_t flags = 0, method = 0;
  uint32_t header_offset = 0;
  std::string content = "hello";

  std::string text() const {
    std::string local;
    append(local, 0x04034b50, 4);
    for (uint64_t number : {20, int{flags}, int{method}, 0, 0}) append(local, number, 2);
    append(local, crc, 4), append(local, packed, 4), append(local, bytes, 4), append(local, 5, 2), append(local, 0, 2);
    local += "a.txt" + content;
    std::string entry;
    append(entry, 0x02014b50, 4);
    for (uint64_t number : {20, 20, int{flags}, int{method}, 0, 0}) append(entry, number, 2);
    append(entry, crc, 4), append(entry, packed, 4), append(entry, bytes, 4), append(entry, 5, 2);
    for (int k = 0; k < 4; ++k) append(entry, 0, 2);
    append(entry, 0, 4), append(entry, header_offset, 4);
    entry += "a.txt";
    std::string end;
    append(end, 0x06054b50, 4), append(end, 0, 4), append(end, 1, 2), append(end, 1, 2);
    append(end, entry.size(), 4), append(end, local.size(), 4), append(end, 0, 2);
    return local + entry + end;
  }
};

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

TEST(Zip, AStoredEntryIsRead) { EXPECT_EQ(unpacked(Zip().text()), "a.txt=hello"); }

TEST(Zip, DamageIsNamed) {
  EXPECT_EQ(unpacked(""), "z: is no zip file");
  EXPECT_EQ(unpacked(std::string(100, 'x')), "z: is no zip file, or one that is cut off");
  EXPECT_EQ(unpacked(Zip{.crc = 1}.text()), "z, a.txt: is damaged: its checksum differs");
  EXPECT_EQ(unpacked(Zip{.packed = 4000}.text()), "z, a.txt: is cut off");
  EXPECT_EQ(unpacked(Zip{.bytes = 4000000000}.text()), "z, a.txt: says that it unpacks to more than it can");
  EXPECT_EQ(unpacked(Zip{.flags = 1}.text()), "z: is encrypted");
  EXPECT_EQ(unpacked(Zip{.method = 12}.text()), "z, a.txt: is packed in a way that is not read (method 12)");
  EXPECT_EQ(unpacked(Zip{.header_offset = 7}.text()), "z, a.txt: is not where the zip file says");
  EXPECT_EQ(unpacked(Zip{.header_offset = 4000000000}.text()), "z: is a zip file that is cut off");
  EXPECT_EQ(unpacked(Zip{.method = 8}.text()), "z, a.txt: is damaged: its packed data do not unpack");
}

TEST(Zip, NoCutAndNoChangedByteDoesHarm) {
  const std::string whole = Zip().text();
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
