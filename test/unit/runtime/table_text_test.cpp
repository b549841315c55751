#include "runtime/data/table_text.h"

#include <zlib.h>

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

/// What a table of these bytes holds, or why it is refused.
std::string text_of(const std::string& bytes, const std::string& encoding = "") {
  DataValue source{.kind = DataValue::Kind::Call, .text = "csv"};
  if (!encoding.empty()) source.named = {{.kind = DataValue::Kind::Text, .text = encoding, .name = "encoding"}};
  try {
    const TableFile file =
        table_file("t.csv", std::make_shared<const std::vector<char>>(bytes.begin(), bytes.end()), source);
    return std::string(file.text().text);
  } catch (const Failure& failure) {
    return failure.what();
  }
}

/// The signs of ASCII and others, each of two bytes; `high` first or not.
std::string utf16(const std::u16string& text, bool high) {
  std::string bytes = high ? "\xfe\xff" : "\xff\xfe";
  for (const char16_t unit : text) {
    const char low_byte = static_cast<char>(unit & 0xff), high_byte = static_cast<char>(unit >> 8);
    bytes += high ? high_byte : low_byte;
    bytes += high ? low_byte : high_byte;
  }
  return bytes;
}

TEST(TableText, IsReadAsUtf8) {
  const std::string text = "a,\xc3\xa9\n1,\xf0\x9f\x98\x80\n";
  EXPECT_EQ(text_of(text), text);
  EXPECT_EQ(text_of(""), "");
  for (const bool high : {false, true}) EXPECT_EQ(text_of(utf16(u"a,\u00e9\n1,\U0001f600\n", high)), text);
  EXPECT_EQ(text_of("a,\xe9\n", "latin1"), "a,\xc3\xa9\n");
}

TEST(TableText, WhatIsNoUtf8IsNamedByItsRow) {
  const std::string advice = "\n  help: csv(..., encoding: latin1) reads Latin-1, in which all bytes are letters";
  for (const char* wrong : {"\xe9", "\xc0\x80", "\xff", "\xc3", "\xe2\x82", "\xf5\x80\x80\x80", "\x80"})
    EXPECT_EQ(text_of(std::string("a,b\n1,a long cell before it ") + wrong + "\n"),
              "t.csv, row 2: is not written in UTF-8" + advice)
        << wrong;
  EXPECT_EQ(text_of(utf16(u"a", false) + "x"), "t.csv: is cut off: UTF-16 has two bytes a sign");
  EXPECT_EQ(text_of(utf16(u"\xd800x", false)), "t.csv: is damaged: it is no UTF-16");
  EXPECT_EQ(text_of(std::string("\xff\xfe\0\0a\0\0\0", 8)), "t.csv: is written in UTF-32: save it as UTF-8");
  EXPECT_EQ(
      text_of(std::string("a\n\0b\0", 5)),
      "t.csv, row 2: holds a byte 0: this is no text, or one in UTF-16 without its mark\n  help: save it as UTF-8");
  EXPECT_EQ(
      text_of(std::string("a\0\xe9\0\n\0", 6)),
      "t.csv, row 1: holds a byte 0: this is no text, or one in UTF-16 without its mark\n  help: save it as UTF-8");
}

TEST(TableText, OtherFilesAreNamed) {
  EXPECT_EQ(text_of("PK\x03\x04 and so on"),
            "t.csv: is a zip archive and no text\n  help: npz(...) reads arrays of NumPy; a workbook is saved as .csv");
  EXPECT_EQ(
      text_of("\x93NUMPY and so on"),
      "t.csv: is an array of NumPy and no text\n  help: source = npy(x: \"x.npy\", y: \"y.npy\") reads such files");
  EXPECT_EQ(text_of("PAR1\x15 and so on"), "t.csv: is a Parquet file and no text\n  help: save it as .csv");
  EXPECT_EQ(text_of("PAR1,b\n1,2\n"), "PAR1,b\n1,2\n");
}

TEST(TableText, MayBePacked) {
  std::string packed(1000, ' ');
  z_stream stream = {};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string text = "a,b\n1,2\n";
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  EXPECT_EQ(text_of(packed), text);
  EXPECT_EQ(text_of(packed.substr(0, packed.size() - 3)), "t.csv: ends in the middle of its packed data");
}

}  // namespace
}  // namespace dnnc::runtime
