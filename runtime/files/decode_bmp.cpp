#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "runtime/files/decode_image.h"
#include "runtime/program/failure.h"

/// Our own reader: no library that decodes BMP is fit for a trainer (compiler/docs/pictures.md).
namespace dnnc::runtime {
namespace {

using Colour = std::array<uint8_t, 4>;  // red, green, blue, opacity
constexpr uint8_t opaque = 255;

enum Packing : uint32_t { Plain = 0, Runs8 = 1, Runs4 = 2, Masks = 3, MasksWithOpacity = 6 };

class BmpFile {
 public:
  BmpFile(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {
    read_header();
    read_palette();
  }

  Picture decode() {
    const bool has_runs = packing_ == Runs8 || packing_ == Runs4;
    // A row of one colour is runs of 255 pixels in two bytes each; a pixel without runs has a bit.
    check_pixels({height_, width_, 4}, bytes_.size() * (has_runs ? 128 : 8), file_);
    picture_ = {height_, width_, {}};
    picture_.rgb.resize(static_cast<size_t>(height_ * width_ * 4));
    if (has_runs) read_runs();
    else read_rows();
    forget_opacity_of_nothing();
    lay_on_white(picture_.rgb);
    return std::move(picture_);
  }

 private:
  [[noreturn]] void damaged(const std::string& why) const {
    throw Failure(exit_wrong, file_ + ": is a damaged BMP file: " + why);
  }

  /// The lowest byte is the first.
  uint32_t number(uint64_t at, uint64_t length) const {
    if (at + length > bytes_.size()) damaged("it is cut off");
    uint32_t number = 0;
    for (uint64_t k = 0; k < length; ++k) number |= uint32_t{static_cast<uint8_t>(bytes_[at + k])} << 8 * k;
    return number;
  }
  uint8_t byte(uint64_t at) const { return static_cast<uint8_t>(number(at, 1)); }

  /// A header of 12 bytes is that of OS/2; all others begin like that of 40.
  void read_header() {
    pixels_at_ = number(10, 4);
    header_ = number(14, 4);
    if (header_ == 12) {
      width_ = number(18, 2);
      height_ = number(20, 2);
      bits_ = number(24, 2);
    } else if (header_ >= 40 && header_ <= 124) {
      width_ = static_cast<int32_t>(number(18, 4));
      height_ = static_cast<int32_t>(number(22, 4));
      bits_ = number(28, 2);
      packing_ = number(30, 4);
    } else {
      damaged("it has a header of " + std::to_string(header_) + " bytes");
    }
    from_top_ = height_ < 0;
    height_ = std::abs(height_);
    if (width_ < 1 || height_ < 1) damaged("it has no pixels");
    if (packing_ == 4 || packing_ == 5)
      throw Failure(exit_wrong, file_ + ": is a BMP file around a JPEG or PNG picture; save it as such a file");
    const bool fits = packing_ == Plain   ? std::ranges::count(std::array{1, 2, 4, 8, 16, 24, 32}, bits_) > 0
                      : packing_ == Runs8 ? bits_ == 8 && !from_top_
                      : packing_ == Runs4 ? bits_ == 4 && !from_top_
                                          : has_masks() && (bits_ == 16 || bits_ == 32);
    if (!fits) damaged("its header says what does not fit together");
    read_masks();
  }

  bool has_masks() const { return packing_ == Masks || packing_ == MasksWithOpacity; }

  /// Masks stand in a header that is long enough, or behind it.
  void read_masks() {
    if (bits_ == 16) masks_ = {0x7c00, 0x03e0, 0x001f, 0};
    if (bits_ == 32) masks_ = {0xff0000, 0xff00, 0xff, 0};
    if (!has_masks()) return;
    const bool with_opacity = packing_ == MasksWithOpacity || header_ >= 56;
    for (size_t colour = 0; colour < (with_opacity ? 4 : 3); ++colour) masks_[colour] = number(54 + 4 * colour, 4);
    if (!masks_[0] || !masks_[1] || !masks_[2]) damaged("a colour has no bits");
  }

  void read_palette() {
    if (bits_ > 8) return;
    const uint64_t first = 14 + header_, entry = header_ == 12 ? 3 : 4;
    const uint64_t used = header_ == 12 ? 0 : number(46, 4),
                   room = pixels_at_ < first ? 0 : (pixels_at_ - first) / entry;
    const uint64_t count = std::min({uint64_t{1} << bits_, used ? used : uint64_t{256}, room});
    for (uint64_t k = 0; k < count; ++k) {
      const uint64_t at = first + k * entry;
      palette_.push_back({byte(at + 2), byte(at + 1), byte(at), opaque});
    }
  }

  Colour colour_of(uint32_t index) const {
    if (index >= palette_.size()) damaged("a pixel has a colour that is not there");
    return palette_[index];
  }

  /// `value` is what the masks take apart. Each part is scaled to 0 ... 255.
  Colour taken_apart(uint32_t value) const {
    Colour colour = {0, 0, 0, opaque};
    for (size_t part = 0; part < 4; ++part) {
      const uint64_t mask = masks_[part];
      if (mask == 0) continue;
      const uint64_t lowest = mask & (~mask + 1), most = mask / lowest, found = (value & mask) / lowest;
      colour[part] = static_cast<uint8_t>((found * 255 + most / 2) / most);
    }
    return colour;
  }

  /// Rows stand from the bottom unless the height is negative.
  void put(int64_t row, int64_t column, const Colour& colour) {
    if (row >= height_ || column >= width_) damaged("a run is longer than its row");
    const int64_t line = from_top_ ? row : height_ - 1 - row;
    std::ranges::copy(colour, picture_.rgb.begin() + (line * width_ + column) * 4);
  }

  void read_rows() {
    const uint64_t row_bits = static_cast<uint64_t>(width_) * bits_, row_bytes = (row_bits + 31) / 32 * 4;
    for (int64_t row = 0; row < height_; ++row) {
      const uint64_t at = pixels_at_ + static_cast<uint64_t>(row) * row_bytes;
      if (at + (row_bits + 7) / 8 > bytes_.size()) damaged("it is cut off");
      for (int64_t column = 0; column < width_; ++column) put(row, column, pixel(at, static_cast<uint64_t>(column)));
    }
  }

  Colour pixel(uint64_t row, uint64_t column) const {
    if (bits_ <= 8) {
      const uint64_t bit = column * bits_;
      return colour_of(byte(row + bit / 8) >> (8 - bits_ - bit % 8) & ((1u << bits_) - 1));
    }
    const uint64_t at = row + column * bits_ / 8;
    if (bits_ == 24) return {byte(at + 2), byte(at + 1), byte(at), opaque};
    return taken_apart(number(at, bits_ / 8));
  }

  /// Two bytes are a count and an index, or two indices of four bits that take turns; or 0 and a command: the row ends (0),
  /// the picture ends (1), a jump (2), or that many indices follow, filled up to an even number of bytes. What is jumped
  /// over has the first colour.
  void read_runs() {
    const bool halves = packing_ == Runs4;
    for (int64_t row = 0; row < height_; ++row)
      for (int64_t column = 0; column < width_; ++column) put(row, column, colour_of(0));
    int64_t row = 0, column = 0;
    for (uint64_t at = pixels_at_;;) {
      if (row + 1 == height_ && column == width_ && at + 2 > bytes_.size()) return;
      const uint8_t count = byte(at), value = byte(at + 1);
      at += 2;
      const auto half = [&](uint8_t pair, int k) { return halves ? (k % 2 ? pair & 15 : pair >> 4) : pair; };
      if (count > 0) {
        for (int k = 0; k < count; ++k) put(row, column++, colour_of(half(value, k)));
      } else if (value == 0) {
        column = 0;
        ++row;
      } else if (value == 1) {
        return;
      } else if (value == 2) {
        column += byte(at);
        row += byte(at + 1);
        at += 2;
      } else {
        for (int k = 0; k < value; ++k) put(row, column++, colour_of(half(byte(at + (halves ? k / 2 : k)), k)));
        const uint64_t length = halves ? (value + 1u) / 2 : value;
        at += length + length % 2;
      }
    }
  }

  /// Programs that know no opacity leave it 0 everywhere.
  void forget_opacity_of_nothing() {
    std::vector<uint8_t>& rgba = picture_.rgb;
    for (size_t k = 3; k < rgba.size(); k += 4)
      if (rgba[k] != 0) return;
    for (size_t k = 3; k < rgba.size(); k += 4) rgba[k] = opaque;
  }

  std::string_view bytes_;
  const std::string& file_;
  uint64_t pixels_at_ = 0, header_ = 0;
  int64_t width_ = 0, height_ = 0;
  uint32_t bits_ = 0, packing_ = Plain;
  bool from_top_ = false;
  std::array<uint32_t, 4> masks_ = {};
  std::vector<Colour> palette_;
  Picture picture_;
};

}  // namespace

Picture decode_bmp(const char* data, size_t bytes, const std::string& file) {
  return BmpFile({data, bytes}, file).decode();
}

}  // namespace dnnc::runtime
