#include "runtime/files/npy.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "runtime/files/utf8.h"
#include "runtime/program/failure.h"

// The form is that of NumPy's "NEP 1: A simple file format for NumPy arrays".
namespace dnnc::runtime {
namespace {

constexpr size_t magic_bytes = 8;
constexpr size_t most_axes = 32;

[[noreturn]] void refuse_npy(const std::string& file, const std::string& what) {
  throw Failure(exit_wrong, file + ": " + what);
}

/// The text of the header, a Python dictionary, and where the values start.
struct Header {
  std::string text;
  size_t bytes = 0;
};

Header read_header(const std::vector<char>& bytes, const std::string& file) {
  if (!is_npy(bytes)) refuse_npy(file, "is no NumPy array");
  const size_t length_bytes = bytes[6] == 1 ? 2 : 4;
  if (bytes.size() < magic_bytes + length_bytes) refuse_npy(file, "is cut off in its header");
  size_t length = 0;
  for (size_t k = length_bytes; k-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes[magic_bytes + k]);
  const size_t start = magic_bytes + length_bytes;
  if (length > bytes.size() - start) refuse_npy(file, "is cut off in its header");
  return {std::string(bytes.data() + start, length), start + length};
}

/// What stands behind a key of the header's dictionary.
std::string_view value_of(const Header& header, const std::string& key, const std::string& file) {
  const size_t at = header.text.find("'" + key + "':");
  if (at == std::string::npos) refuse_npy(file, "has no `" + key + "` in its header");
  const size_t value = header.text.find_first_not_of(' ', at + key.size() + 3);
  if (value == std::string::npos) refuse_npy(file, "has no `" + key + "` in its header");
  return std::string_view(header.text).substr(value);
}

/// What the type `'<f4'` says.
void read_type(NpyArray& array, std::string_view type, const std::string& file) {
  const std::string_view text = type.substr(0, type.find('\'', 1) + 1);
  const auto refuse_type = [&] {
    refuse_npy(file, "holds values of NumPy's type " + std::string(text) + ", which are not read");
  };
  if (text == "'|O'")
    refuse_npy(file, "holds objects of Python (dtype=object): save it as a.astype(str), or as numbers");
  if (text.size() < 5 || text[0] != '\'') refuse_npy(file, "holds no plain numbers");
  const char kind = text[2];
  const char* const end = text.data() + text.size() - 1;
  const auto [behind, error] = std::from_chars(text.data() + 3, end, array.item_bytes);
  constexpr int most_letters = 1 << 20;
  if (error != std::errc() || behind != end || array.item_bytes < 1 || array.item_bytes > most_letters) refuse_type();
  array.swapped = text[1] == '>';
  const int bytes = array.item_bytes;
  const bool whole = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
  if (kind == 'f' && whole && bytes > 1) array.kind = NpyArray::Kind::Float;
  else if (kind == 'i' && whole) array.kind = NpyArray::Kind::Signed;
  else if ((kind == 'u' && whole) || (kind == 'b' && bytes == 1)) array.kind = NpyArray::Kind::Unsigned;
  else if (kind == 'S') array.kind = NpyArray::Kind::Bytes;
  else if (kind == 'U') array.kind = NpyArray::Kind::Letters, array.item_bytes *= 4;
  else refuse_type();
}

std::vector<int64_t> read_shape(std::string_view text, const std::string& file) {
  std::vector<int64_t> shape;
  if (!text.starts_with('(')) refuse_npy(file, "has a damaged shape");
  size_t at = 1;
  while (at < text.size() && text[at] != ')') {
    int64_t extent = -1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), extent);
    const bool fits = error == std::errc() && extent >= 0 && shape.size() < most_axes;
    if (!fits) refuse_npy(file, "has a damaged shape");
    if (extent == 0) refuse_npy(file, "has no values: an axis of its shape is 0");
    shape.push_back(extent);
    at = static_cast<size_t>(end - text.data());
    while (at < text.size() && (text[at] == ',' || text[at] == ' ')) ++at;
  }
  if (at == text.size()) refuse_npy(file, "has a damaged shape");
  return shape;
}

bool read_order(std::string_view text, const std::string& file) {
  if (text.starts_with("True")) return true;
  if (!text.starts_with("False")) refuse_npy(file, "has a damaged order of axes in its header");
  return false;
}

std::vector<int64_t> strides_of(const std::vector<int64_t>& shape, bool fortran) {
  std::vector<int64_t> strides(shape.size());
  int64_t step = 1;
  for (size_t k = 0; k < shape.size(); ++k) {
    const size_t axis = fortran ? k : shape.size() - 1 - k;
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

template <class T>
double load(const NpyArray& array, int64_t place) {
  char bytes[sizeof(T)];
  const char* at = array.values + place * static_cast<int64_t>(sizeof(T));
  for (size_t k = 0; k < sizeof(T); ++k) bytes[k] = at[array.swapped ? sizeof(T) - 1 - k : k];
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return static_cast<double>(value);
}

/// IEEE 754's binary16.
double half_value(const NpyArray& array, int64_t place) {
  const auto low = static_cast<unsigned char>(array.values[place * 2 + array.swapped]);
  const auto high = static_cast<unsigned char>(array.values[place * 2 + !array.swapped]);
  const int bits = high << 8 | low, exponent = bits >> 10 & 31, fraction = bits & 1023;
  double value = std::ldexp(exponent ? fraction + 1024 : fraction, (exponent ? exponent : 1) - 25);
  if (exponent == 31) value = fraction ? NAN : INFINITY;
  return bits >> 15 ? -value : value;
}

}  // namespace

bool is_npy(const std::vector<char>& bytes) {
  return bytes.size() >= magic_bytes && std::string_view(bytes.data(), bytes.size()).starts_with(npy_begins);
}

NpyArray read_npy(std::shared_ptr<const std::vector<char>> bytes, const std::string& file) {
  const Header header = read_header(*bytes, file);
  NpyArray array;
  read_type(array, value_of(header, "descr", file), file);
  array.shape = read_shape(value_of(header, "shape", file), file);
  size_t wanted = static_cast<size_t>(array.item_bytes);
  for (int64_t extent : array.shape)
    if (__builtin_mul_overflow(wanted, static_cast<size_t>(extent), &wanted)) refuse_npy(file, "has a damaged shape");
  if (bytes->size() - header.bytes != wanted)
    refuse_npy(file, "has " + std::to_string(bytes->size() - header.bytes) + " bytes of values where its header says " +
                         std::to_string(wanted));
  array.strides = strides_of(array.shape, read_order(value_of(header, "fortran_order", file), file));
  array.values = bytes->data() + header.bytes;
  array.owner = std::move(bytes);
  return array;
}

double npy_value(const NpyArray& array, int64_t place) {
  switch (array.kind) {
    case NpyArray::Kind::Float:
      if (array.item_bytes == 2) return half_value(array, place);
      return array.item_bytes == 4 ? load<float>(array, place) : load<double>(array, place);
    case NpyArray::Kind::Signed:
      if (array.item_bytes == 1) return load<int8_t>(array, place);
      if (array.item_bytes == 2) return load<int16_t>(array, place);
      return array.item_bytes == 4 ? load<int32_t>(array, place) : load<int64_t>(array, place);
    case NpyArray::Kind::Unsigned:
      if (array.item_bytes == 1) return load<uint8_t>(array, place);
      if (array.item_bytes == 2) return load<uint16_t>(array, place);
      return array.item_bytes == 4 ? load<uint32_t>(array, place) : load<uint64_t>(array, place);
    case NpyArray::Kind::Bytes:
    case NpyArray::Kind::Letters:
      break;
  }
  return 0;
}

std::string npy_text(const NpyArray& array, int64_t place) {
  const char* at = array.values + place * array.item_bytes;
  std::string text;
  if (array.kind == NpyArray::Kind::Bytes) text.assign(at, static_cast<size_t>(array.item_bytes));
  else
    for (int64_t letter = 0; letter < array.item_bytes / 4; ++letter)
      add_utf8(text, static_cast<uint32_t>(load<int32_t>(array, place * (array.item_bytes / 4) + letter)));
  return text.substr(0, text.find_last_not_of('\0') + 1);
}

}  // namespace dnnc::runtime
