#include "runtime/files/npy.h"

#include <algorithm>
#include <cmath>

#include "runtime/program/failure.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

using Bytes = std::vector<char>;

Bytes npy(const std::string& header, const std::string& values) {
  std::string text = "\x93NUMPY";
  text += {1, 0, static_cast<char>(header.size()), 0};
  text += header + values;
  return Bytes(text.begin(), text.end());
}
std::string header(const std::string& type, const std::string& shape, const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

/// The bytes of numbers in the memory's order, or each the other way round.
template <class T>
std::string bytes_of(std::initializer_list<T> numbers, bool swapped = false) {
  std::string bytes;
  for (T number : numbers) {
    std::string own(reinterpret_cast<const char*>(&number), sizeof number);
    if (swapped) std::reverse(own.begin(), own.end());
    bytes += own;
  }
  return bytes;
}

NpyArray read(const Bytes& bytes) { return read_npy(std::make_shared<const Bytes>(bytes), "f"); }

template <class T>
void expect_read(const std::string& kind, T small, T large) {
  for (const bool swapped : {false, true}) {
    const std::string type = (swapped ? ">" : "<") + kind + std::to_string(sizeof(T));
    const NpyArray array = read(npy(header(type, "(2,)"), bytes_of<T>({small, large}, swapped)));
    EXPECT_EQ(npy_value(array, 0), static_cast<double>(small)) << type;
    EXPECT_EQ(npy_value(array, 1), static_cast<double>(large)) << type;
  }
}

TEST(Npy, NumbersOfEverySizeAndByteOrderAreRead) {
  expect_read<int8_t>("i", -128, 127);
  expect_read<int16_t>("i", -32768, 32767);
  expect_read<int32_t>("i", INT32_MIN, INT32_MAX);
  expect_read<int64_t>("i", -(int64_t{1} << 40), int64_t{1} << 50);
  expect_read<uint8_t>("u", 1, 255);
  expect_read<uint16_t>("u", 258, 65535);
  expect_read<uint32_t>("u", 1, UINT32_MAX);
  expect_read<uint64_t>("u", 1, uint64_t{1} << 63);
  expect_read<float>("f", -0.5f, 1e30f);
  expect_read<double>("f", -0.1, 1e300);
  EXPECT_EQ(npy_value(read(npy(header("|b1", "(2,)"), bytes_of<uint8_t>({0, 1}))), 1), 1);
}

TEST(Npy, HalfFloatsAreRead) {
  // 1, -2, the largest, the smallest, the smallest normal one, a third, infinite, none, -0
  const uint16_t halves[] = {0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x3555, 0xfc00, 0x7e00, 0x8000};
  const double values[] = {1, -2, 65504, 0x1p-24, 0x1p-14, 0.333251953125, -INFINITY, NAN, -0.0};
  for (const bool swapped : {false, true}) {
    std::string bytes;
    for (const uint16_t half : halves) bytes += bytes_of<uint16_t>({half}, swapped);
    const NpyArray array = read(npy(header(swapped ? ">f2" : "<f2", "(9,)"), bytes));
    for (int64_t place = 0; place < 9; ++place) {
      const double value = npy_value(array, place), right = values[place];
      EXPECT_EQ(std::isnan(value), std::isnan(right)) << place;
      if (std::isnan(right)) continue;
      EXPECT_EQ(value, right) << place;
      EXPECT_EQ(std::signbit(value), std::signbit(right)) << place;
    }
  }
}

TEST(Npy, TextsAreRead) {
  const NpyArray bytes = read(npy(header("|S3", "(2,)"), std::string("ab\0xyz", 6)));
  EXPECT_TRUE(bytes.is_text());
  EXPECT_EQ(npy_text(bytes, 0), "ab");
  EXPECT_EQ(npy_text(bytes, 1), "xyz");
  for (const bool swapped : {false, true}) {
    const std::string letters = bytes_of<uint32_t>({'a', 0xe9, 0x20ac, 0x1f600, 0, 0}, swapped);
    const NpyArray array = read(npy(header(swapped ? ">U3" : "<U3", "(2,)"), letters));
    EXPECT_EQ(npy_text(array, 0), "a\xc3\xa9\xe2\x82\xac");
    EXPECT_EQ(npy_text(array, 1), "\xf0\x9f\x98\x80");
  }
}

TEST(Npy, AxesStandInEitherOrder) {
  const std::string values = bytes_of<uint8_t>({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(read(npy(header("|u1", "(2, 3)"), values)).strides, (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(read(npy(header("|u1", "(2, 3)", "True"), values)).strides, (std::vector<int64_t>{1, 2}));
  EXPECT_TRUE(read(npy(header("|u1", "()"), "\1")).shape.empty());
}

std::string refusal(const Bytes& bytes) {
  try {
    read(bytes);
    return "";
  } catch (const Failure& failure) {
    return failure.what();
  }
}

TEST(Npy, WhatIsWrongIsNamed) {
  const auto of_header = [](const std::string& text) { return refusal(npy(text, std::string(6, '\0'))); };
  EXPECT_EQ(refusal({}), "f: is no NumPy array");
  EXPECT_EQ(refusal(Bytes(20, 'x')), "f: is no NumPy array");
  EXPECT_EQ(refusal({'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, 7}), "f: is cut off in its header");
  EXPECT_EQ(refusal({'\x93', 'N', 'U', 'M', 'P', 'Y', 2, 0, 7, 0, 0, 0, '{'}), "f: is cut off in its header");
  EXPECT_EQ(of_header("{}"), "f: has no `descr` in its header");
  EXPECT_EQ(of_header("{'descr':  "), "f: has no `descr` in its header");
  EXPECT_EQ(of_header("{'descr': [('a', '<f4')], 'shape': (6,)}"), "f: holds no plain numbers");
  EXPECT_EQ(of_header(header("|O", "(6,)")),
            "f: holds objects of Python (dtype=object): save it as a.astype(str), or as numbers");
  for (const char* type : {"<c8", "<i3", "<f44", "<f1", "|b2", "<f0", "<fx", "<U0", "<U-1", "<M8"})
    EXPECT_EQ(of_header(header(type, "(6,)")),
              "f: holds values of NumPy's type '" + std::string(type) + "', which are not read");
  for (const char* shape : {"6", "(6", "(-6,)", "(x,)", "(9999999999999999999,)", "(4294967296, 4294967296)"})
    EXPECT_EQ(of_header(header("<f8", shape)), "f: has a damaged shape") << shape;
  EXPECT_EQ(of_header(header("|u1", "(6, 0)")), "f: has no values: an axis of its shape is 0");
  EXPECT_EQ(of_header(header("|u1", "(7,)")), "f: has 6 bytes of values where its header says 7");
  EXPECT_EQ(of_header(header("|u1", "(5,)")), "f: has 6 bytes of values where its header says 5");
  EXPECT_EQ(of_header(header("|u1", "(6,)", "Maybe")), "f: has a damaged order of axes in its header");
}

}  // namespace
}  // namespace dnnc::runtime
