#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::runtime {

/// How the names of files of an array and of several end.
inline constexpr const char *npy_ending = ".npy", *npz_ending = ".npz";
/// Their first bytes.
inline constexpr std::string_view npy_begins = "\x93NUMPY";

/// An array in NumPy's .npy form.
struct NpyArray {
  enum class Kind {
    Unsigned,
    Signed,
    Float,
    Bytes,   ///< texts of bytes
    Letters  ///< texts of letters of four bytes
  } kind = Kind::Float;
  bool is_text() const { return kind == Kind::Bytes || kind == Kind::Letters; }
  int item_bytes = 4;
  bool swapped = false;  ///< the highest byte first
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;  ///< in elements: row-major, or the other way round for Fortran order
  const char* values = nullptr;
  std::shared_ptr<const std::vector<char>> owner;
};

/// Whether these are the bytes of a .npy file.
bool is_npy(const std::vector<char>& bytes);

/// Reads the bytes of a .npy file of numbers or texts. Throws Failure that names `file`.
NpyArray read_npy(std::shared_ptr<const std::vector<char>> bytes, const std::string& file);

/// The element at a place counted in elements of the memory; of an array of numbers.
double npy_value(const NpyArray& array, int64_t place);

/// The same in UTF-8; of an array of texts.
std::string npy_text(const NpyArray& array, int64_t place);

}  // namespace dnnc::runtime
