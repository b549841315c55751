#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// An array in NumPy's .npy form.
struct NpyArray {
  enum class Kind { Unsigned, Signed, Float } kind = Kind::Float;
  int item_bytes = 4;
  bool swapped = false;  ///< the highest byte first
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;  ///< in elements: row-major, or the other way round for Fortran order
  const char* values = nullptr;
  std::shared_ptr<const std::vector<char>> owner;
};

/// Reads the bytes of a .npy file of numbers. Throws Failure that names `file`.
NpyArray read_npy(std::shared_ptr<const std::vector<char>> bytes, const std::string& file);

/// The element at a place counted in elements of the memory.
double npy_value(const NpyArray& array, int64_t place);

}  // namespace dnnc::runtime
