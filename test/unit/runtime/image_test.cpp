#include "runtime/files/image.h"

#include <webp/encode.h>
#include <zlib.h>

#include "runtime/files/checksum.h"
#include "runtime/files/exif.h"
#include "test/unit/runtime/loading.h"
#include "test/unit/runtime/pictures.h"

namespace dnnc::runtime {
namespace {

Picture decoded(const std::string& file) { return decode_image(file.data(), file.size(), "p"); }

std::string fault_of_file(const std::string& file) {
  try {
    decoded(file);
    return "";
  } catch (const Failure& failure) {
    return failure.what();
  }
}

Pixels gradient(int height, int width) {
  Pixels pixels{height, width, {}};
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      for (int channel = 0; channel < 3; ++channel)
        pixels.rgb.push_back(static_cast<unsigned char>(row * 4 + column * 3 + channel * 40));
  return pixels;
}

TEST(Image, PngIsExact) {
  const Pixels pixels = gradient(13, 7);
  const Picture picture = decoded(png_file(pixels));
  EXPECT_EQ(picture.height, 13);
  EXPECT_EQ(picture.width, 7);
  EXPECT_EQ(picture.rgb, pixels.rgb);
}

using Bytes = std::vector<uint8_t>;

TEST(Image, TransparentPartsLieOnWhiteMixedAsLight) {
  const Pixels clear{1, 1, {10, 20, 30, 0}}, solid{1, 1, {10, 20, 30, 255}}, half{1, 2, {0, 128, 255, 128, 0, 0, 0, 1}};
  EXPECT_EQ(decoded(png_file(clear, PNG_FORMAT_RGBA)).rgb, (Bytes{255, 255, 255}));
  EXPECT_EQ(decoded(png_file(solid, PNG_FORMAT_RGBA)).rgb, (Bytes{10, 20, 30}));
  // 255 (127 / 255)^(1 / 2.2) is 185.75, 255 (128 / 255 (128 / 255)^2.2 + 127 / 255)^(1 / 2.2) is 203.42.
  EXPECT_EQ(decoded(png_file(half, PNG_FORMAT_RGBA)).rgb, (Bytes{186, 203, 255, 255, 255, 255}));
}

/// A gray PNG of one row, with these samples as the file has them.
std::string gray_row(const std::string& samples, uint32_t bits, const std::string& chunks = "") {
  const auto width = static_cast<uint32_t>(samples.size() * 8 / bits);
  std::string rows(compressBound(samples.size() + 1), '\0');
  const std::string filtered = '\0' + samples;
  uLongf length = rows.size();
  compress(reinterpret_cast<Bytef*>(rows.data()), &length, reinterpret_cast<const Bytef*>(filtered.data()),
           filtered.size());
  rows.resize(length);
  const std::string header = big_endian(width) + big_endian(1) + static_cast<char>(bits) + std::string(4, '\0');
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + chunks + png_chunk("IDAT", rows) + png_chunk("IEND", "");
}

TEST(Image, SixteenBitsAreRoundedToEight) {
  const std::string samples("\x80\x80\0\0\xff\xff\x01\x7f\x00\x80\x00\x81", 12);
  const int wanted[] = {128, 0, 255, 1, 0, 1};  // 383, 128 and 129 of 65535 are 1.49, 0.498 and 0.502 of 255
  const Picture picture = decoded(gray_row(samples, 16));
  ASSERT_EQ(picture.width, 6);
  for (size_t k = 0; k < 6; ++k) EXPECT_EQ(picture.rgb[3 * k], wanted[k]) << k;
}

/// What the file says of its numbers counts whatever their length: light itself is shown by its root.
TEST(Image, NumbersThatAreLightBecomeThoseOfAScreen) {
  const std::string light = png_chunk("gAMA", big_endian(100'000)), screen = png_chunk("gAMA", big_endian(45'455));
  EXPECT_EQ(decoded(gray_row("\x80", 8, light)).rgb[0], 186);
  EXPECT_EQ(decoded(gray_row("\x80\x80", 16, light)).rgb[0], 186);
  EXPECT_EQ(decoded(gray_row("\x80", 8, screen)).rgb[0], 128);
  EXPECT_EQ(decoded(gray_row("\x80\x80", 16, screen)).rgb[0], 128);
}

/// Each of these libpng warns of: a gamma of 0, two sRGB chunks, an unknown intent, a background that the palette does not have, a
/// profile of nothing.
TEST(Image, WhatAPngSaysBesideItsPixelsIsNoDamage) {
  const std::string srgb = png_chunk("sRGB", std::string(1, '\0'));
  for (const std::string& chunks :
       {png_chunk("gAMA", big_endian(0)), srgb + srgb, png_chunk("sRGB", "\x09"), png_chunk("bKGD", "\x01"),
        png_chunk("iCCP", "a"), png_chunk("cHRM", "abc"), png_chunk("tIME", "abc")})
    EXPECT_EQ(decoded(gray_row("\x21", 8, chunks)).rgb, (Bytes{0x21, 0x21, 0x21})) << chunks.substr(4, 4);
}

/// libpng leaves such a chunk out with a warning: then 0 would not be transparent, or light be shown as it is.
TEST(Image, AChunkThatMayBeLeftOutAndIsDamagedIsDamage) {
  for (const std::string& chunk :
       {png_chunk("tRNS", std::string(2, '\0')), png_chunk("gAMA", big_endian(100'000)), png_chunk("tEXt", "a\0b")}) {
    const std::string whole = gray_row("\1\0", 8, chunk);
    EXPECT_EQ(fault_of_file(whole), "");
    for (size_t at = whole.find(chunk) + 4; at < whole.find(chunk) + chunk.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_EQ(fault_of_file(changed).substr(0, 26), "p: is a damaged PNG file: ") << at;
    }
  }
}

/// Rows 0 and 1 of three pixels each, in all orientations, as row by row they are to be seen.
TEST(Image, IsTurnedAsItsExifDataSay) {
  const Pixels pixels{2, 3, {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6}};
  const std::vector<std::vector<int>> wanted = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1},
                                                {4, 5, 6, 1, 2, 3}, {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3},
                                                {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  for (uint32_t value = 1; value <= 8; ++value) {
    const std::string exif = exif_with({.value = value});
    std::string png = png_file(pixels);
    const Picture picture = decoded(png.insert(png.find("IDAT") - 4, png_chunk("eXIf", exif)));
    EXPECT_EQ(picture.height, value > 4 ? 3 : 2);
    EXPECT_EQ(picture.width, value > 4 ? 2 : 3);
    ASSERT_EQ(picture.rgb.size(), 18u);
    for (size_t k = 0; k < 6; ++k) EXPECT_EQ(picture.rgb[3 * k + 1], wanted[value - 1][k]) << value << " " << k;
  }
}

/// A picture whose pixels are made otherwise is one of other rules: else rows of before are taken for those of now.
TEST(Image, OtherPixelsAreOfOtherRules) {
  std::string png = png_file({2, 3, gradient(2, 3).rgb});
  png.insert(png.find("IDAT") - 4, png_chunk("eXIf", exif_with({.value = 5})) + png_chunk("gAMA", big_endian(60'000)));
  std::vector<char> pixels;
  for (const std::string& file :
       {png, gray_row("\x80\x80\x12\x34", 16), png_file({1, 2, {9, 200, 70, 100, 1, 2, 3, 0}}, PNG_FORMAT_RGBA),
        with_segment(jpeg_file(gradient(9, 9)), 0xe1, std::string(exif_begins) + exif_with({.value = 8}))})
    for (const auto& [height, width, channels] : {std::array{3, 2, 3}, {1, 1, 3}, {4, 7, 1}}) {
      std::vector<uint8_t> rows(static_cast<size_t>(height * width * channels));
      resize_picture(decoded(file), height, width, channels, rows.data());
      pixels.insert(pixels.end(), rows.begin(), rows.end());
    }
  EXPECT_EQ(picture_rules().substr(0, 7) + " give " + checksum_of({pixels.data(), pixels.size()}),
            "rules 2 give 73b8d55a6976d2d9")
      << "where pixels have changed, let the number in picture_rules() change with them";
}

TEST(Image, JpegIsNear) {
  const Pixels pixels = gradient(16, 16);
  const Picture picture = decoded(jpeg_file(pixels));
  ASSERT_EQ(picture.rgb.size(), pixels.rgb.size());
  for (size_t k = 0; k < pixels.rgb.size(); ++k) EXPECT_NEAR(picture.rgb[k], pixels.rgb[k], 8);
}

/// One colour of four inks, as what they leave: 90 % of red, 20 % of green, 50 % of blue, 60 % of all. libjpeg writes
/// Adobe's marker, without which the same numbers are the inks themselves.
TEST(Image, FourInksAreMixed) {
  Pixels pixels{8, 8, {}};
  for (int k = 0; k < 8 * 8; ++k) pixels.rgb.insert(pixels.rgb.end(), {230, 51, 128, 153});
  for (const J_COLOR_SPACE stored : {JCS_CMYK, JCS_YCCK}) {
    const std::string file = jpeg_file(pixels, {JCS_CMYK, stored});
    const Picture picture = decoded(file);
    ASSERT_EQ(picture.rgb.size(), 3u * 8 * 8);
    for (const auto& [colour, wanted] : {std::pair{0, 138}, {1, 31}, {2, 77}})
      EXPECT_NEAR(picture.rgb[static_cast<size_t>(30 + colour)], wanted, stored == JCS_YCCK ? 1 : 0);
  }
  std::string plain = jpeg_file(pixels, {JCS_CMYK, JCS_CMYK});
  plain.erase(plain.find("\xff\xee"), 16);
  EXPECT_EQ(decoded(plain).rgb[0], 10);  // 25 of 255 times 102 of 255
  EXPECT_EQ(decoded(plain).rgb[1], 82);
}

/// What libjpeg warns of and no pixel depends on: zeros behind the last pixel, another version of JFIF, a transform of Adobe's that
/// nobody knows.
TEST(Image, WhatAJpegSaysBesideItsPixelsIsNoDamage) {
  const std::string jpeg = jpeg_file(gradient(9, 9));
  std::string more = jpeg, version = jpeg, left = jpeg;
  more.insert(more.size() - 2, std::string(40, '\0'));
  left.insert(left.size() - 2, std::string(40, 'a'));
  EXPECT_TRUE(fault_of_file(left).ends_with("extraneous bytes before marker 0xd9")) << fault_of_file(left);
  version[version.find("JFIF") + 5] = 3;
  const std::string adobe = with_segment(jpeg, 0xee, std::string("Adobe\0\x64\0\0\0\0\x07", 12));
  for (const std::string& file : {more, version, adobe}) EXPECT_EQ(decoded(file).rgb, decoded(jpeg).rgb);
}

TEST(Image, DamageIsNamed) {
  const std::string png = png_file(gradient(9, 9)), jpeg = jpeg_file(gradient(64, 64));
  const std::string unknown = "p: is no picture of a kind that is read: PNG, JPEG, WebP, BMP";
  for (const char* bytes : {"", "GIF89a", "RIFF", "RIFF1234WAVE", "BM", "BMI,age\n21.5,40\n"})
    EXPECT_EQ(fault_of_file(bytes), unknown) << bytes;
  EXPECT_EQ(fault_of_file(png.substr(0, 40)).substr(0, 26), "p: is a damaged PNG file: ");
  EXPECT_EQ(fault_of_file(jpeg.substr(0, jpeg.size() / 2)), "p: is a damaged JPEG file: Premature end of JPEG file");
  EXPECT_EQ(fault_of_file(jpeg.substr(0, 20)).substr(0, 27), "p: is a damaged JPEG file: ");
}

/// A header of 12, 40 or more bytes behind the one of 14, then all that follows it.
std::string bmp_file(int32_t width, int32_t height, uint32_t bits, uint32_t packing, const std::string& follows,
                     uint32_t colours = 0) {
  const auto number = [](uint32_t value, size_t length) {
    const std::string bytes = big_endian(value);
    return std::string(bytes.rbegin(), bytes.rend()).substr(0, length);
  };
  const std::string header = number(40, 4) + number(static_cast<uint32_t>(width), 4) +
                             number(static_cast<uint32_t>(height), 4) + number(1, 2) + number(bits, 2) +
                             number(packing, 4) + std::string(12, '\0') + number(colours, 4) + number(0, 4);
  return "BM" + number(0, 4) + number(0, 4) + number(54 + 4 * colours, 4) + header + follows;
}

TEST(Image, DamageOfABmpIsNamed) {
  const std::string two = std::string(8, '\x10'), damaged = "p: is a damaged BMP file: ";
  EXPECT_EQ(decoded(bmp_file(1, 1, 8, 0, two + "\1\0\0", 2)).rgb, (Bytes{16, 16, 16}));
  EXPECT_EQ(fault_of_file(bmp_file(1, 1, 8, 0, two + "\2", 2)), damaged + "a pixel has a colour that is not there");
  EXPECT_EQ(fault_of_file(bmp_file(5, 1, 8, 0, two, 2)), damaged + "it is cut off");
  EXPECT_EQ(fault_of_file(bmp_file(1, 1, 8, 0, "", 2)), damaged + "it is cut off");
  EXPECT_EQ(fault_of_file(bmp_file(1, 2, 24, 0, "1234")), damaged + "it is cut off");
  EXPECT_EQ(decoded(bmp_file(1, 2, 24, 0, "1234567")).rgb, (Bytes{'7', '6', '5', '3', '2', '1'}));
  EXPECT_EQ(fault_of_file(bmp_file(0, 2, 24, 0, "1234567")), damaged + "it has no pixels");
  EXPECT_EQ(fault_of_file(bmp_file(1, 1, 12, 0, "1234")), damaged + "its header says what does not fit together");
  EXPECT_EQ(fault_of_file(bmp_file(1, -1, 8, 1, two, 2)), damaged + "its header says what does not fit together");
  EXPECT_EQ(fault_of_file(bmp_file(1, 1, 32, 3, std::string(12, '\0'))), damaged + "a colour has no bits");
  EXPECT_EQ(fault_of_file(bmp_file(2, 2, 8, 1, two + "\3\1", 2)), damaged + "a run is longer than its row");
  EXPECT_EQ(fault_of_file(bmp_file(2, 2, 8, 1, two + std::string("\0\2\0\7\1\1", 6), 2)),
            damaged + "a run is longer than its row");
  EXPECT_EQ(fault_of_file(bmp_file(2, 2, 8, 1, two + "\2\1", 2)), damaged + "it is cut off");
  EXPECT_EQ(fault_of_file(bmp_file(1, 1, 0, 5, "\x89PNG")),
            "p: is a BMP file around a JPEG or PNG picture; save it as such a file");
  std::string odd = bmp_file(1, 1, 24, 0, "123");
  odd[14] = 41;
  EXPECT_EQ(fault_of_file(odd), "");
  odd[14] = 39;
  EXPECT_EQ(fault_of_file(odd), damaged + "it has a header of 39 bytes");
}

std::string webp_file(const Pixels& pixels) {
  uint8_t* memory = nullptr;
  const size_t bytes = WebPEncodeLosslessRGB(pixels.rgb.data(), pixels.width, pixels.height, pixels.width * 3, &memory);
  std::string file(reinterpret_cast<char*>(memory), bytes);
  WebPFree(memory);
  return file;
}

TEST(Image, DamageOfAWebPIsNamed) {
  const Pixels pixels = gradient(9, 7);
  const std::string whole = webp_file(pixels), damaged = "p: is a damaged WebP file: ";
  EXPECT_EQ(decoded(whole).rgb, pixels.rgb);
  EXPECT_EQ(fault_of_file(whole.substr(0, whole.size() - 2)), damaged + "it is cut off");
  EXPECT_EQ(fault_of_file(whole.substr(0, 14)), damaged + "it is cut off");
  std::string changed = whole;
  changed[20] = '\0';  // how the data of pixels begin
  EXPECT_EQ(fault_of_file(changed), damaged + "its parts do not fit together");
  const std::string animation("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0", 30);
  EXPECT_EQ(fault_of_file(animation), "p: is an animation; save a picture of it as a file of its own");
}

TEST(Image, AFileThatIsCutOffIsDamagedWhereverItIs) {
  const Pixels pixels = gradient(5, 4);
  for (const std::string& whole : {png_file(pixels), jpeg_file(pixels), webp_file(pixels)}) {
    EXPECT_EQ(fault_of_file(whole), "");
    for (size_t length = 1; length < whole.size(); ++length)
      EXPECT_NE(fault_of_file(whole.substr(0, length)), "") << length;
  }
  std::string changed = png_file(pixels);
  for (size_t from_end = 1; from_end <= 12; ++from_end) {
    changed[changed.size() - from_end] ^= 1;
    EXPECT_NE(fault_of_file(changed), "") << from_end;
    changed[changed.size() - from_end] ^= 1;
  }
}

TEST(Image, NoCutAndNoChangedByteDoesHarm) {
  const std::string png = png_file(gradient(5, 5)), jpeg = jpeg_file(gradient(8, 8)), webp = webp_file(gradient(8, 8)),
                    bmp = bmp_file(3, 2, 4, 2, std::string(64, '\x10') + std::string("\3\x12\0\0\3\x12\0\1", 8), 16);
  for (const std::string& whole : {png, jpeg, webp, bmp})
    for (size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x55);
      EXPECT_NO_THROW(fault_of_file(changed));
      EXPECT_NO_THROW(fault_of_file(whole.substr(0, at)));
    }
}

TEST(Image, AHeaderThatSaysTooMuchAsksForNoMemory) {
  std::string png = png_file(gradient(2, 2));
  // IHDR: width and height as four bytes each, the checksum of the chunk behind 13 bytes.
  png.replace(16, 8, std::string("\0\xff\xff\xff\0\xff\xff\xff", 8));
  const uint32_t crc = static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(png.data()) + 12, 17));
  for (int k = 0; k < 4; ++k) png[static_cast<size_t>(29 + k)] = static_cast<char>(crc >> (24 - 8 * k));
  const std::string fault = fault_of_file(png);
  EXPECT_NE(fault, "");
}

std::vector<uint8_t> resized(const Pixels& pixels, int64_t height, int64_t width, int64_t channels) {
  std::vector<uint8_t> out(static_cast<size_t>(height * width * channels));
  resize_picture({pixels.height, pixels.width, pixels.rgb}, height, width, channels, out.data());
  return out;
}

TEST(Resize, TheSameSizeIsACopy) { EXPECT_EQ(resized(gradient(11, 7), 11, 7, 3), gradient(11, 7).rgb); }

TEST(Resize, ShrinkingIsTheMeanOverTheArea) {
  const Pixels pixels{2, 4, {0, 0, 0, 10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0, 50, 0, 0, 60, 0, 0, 70, 0, 0}};
  const std::vector<uint8_t> out = resized(pixels, 1, 2, 3);
  EXPECT_EQ(out[0], 25);
  EXPECT_EQ(out[3], 45);
  // 3 to 2: each new pixel is one and a half old ones.
  const Pixels three{1, 3, {30, 0, 0, 60, 0, 0, 90, 0, 0}};
  EXPECT_EQ(resized(three, 1, 2, 3)[0], 40);
  EXPECT_EQ(resized(three, 1, 2, 3)[3], 80);
}

TEST(Resize, GrowingIsLinearBetweenCentres) {
  const Pixels two{1, 2, {0, 0, 0, 100, 0, 0}};
  const std::vector<uint8_t> out = resized(two, 1, 4, 3);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[3], 25);
  EXPECT_EQ(out[6], 75);
  EXPECT_EQ(out[9], 100);
}

TEST(Resize, OneChannelIsBrightness) {
  EXPECT_EQ(resized(one_colour(3, 3, 200, 100, 50), 2, 5, 1), std::vector<uint8_t>(10, 124));  // 59.8 + 58.7 + 5.7
}

}  // namespace
}  // namespace dnnc::runtime
