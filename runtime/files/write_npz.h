#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// An array that is written in NumPy's form.
struct NpzArray {
  std::string name;
  std::string type;  ///< as NumPy writes it: "<f4"
  std::vector<int64_t> shape = {};
  std::string bytes = {};
  bool whole = false;  ///< the shape is that of all of it, not of one example
};

/// Texts in UTF-8 as an array of NumPy's letters. What is no UTF-8 becomes U+FFFD.
NpzArray text_array(const std::string& name, const std::vector<std::string>& texts);

/// The bytes of a file .npz, nothing packed. Throws Failure that names `path` where there are more than such a file can tell.
std::string npz_bytes(const std::vector<NpzArray>& arrays, const std::string& path);

}  // namespace dnnc::runtime
