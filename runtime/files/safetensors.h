#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The safetensors form: a 64-bit little-endian length, a JSON header of that length, the tensors' bytes.
namespace dnnc::runtime {

/// Texts that travel with the tensors, by name.
using Metadata = std::map<std::string, std::string>;

/// A tensor of float32 that is to be written.
struct FileTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::string_view bytes;
};

/// An array of float32 of that shape, as the language writes it: "f32[2, 3]".
std::string array_text(const std::vector<int64_t>& shape);

/// The largest header that is written and read.
constexpr size_t most_header_bytes = 16u << 20;

/// The header of a file with these tensors, whose bytes need not be there. Throws Failure, which names `path`, where it
/// would be longer than what is read again.
std::string safetensors_header(const std::vector<FileTensor>& tensors, const Metadata& metadata,
                               const std::string& path);

/// The bytes of a file with these tensors in their order. Its metadata gain `format` and `dnnc_checksum`: XXH64 of the whole
/// file, in which its own digits count as zeros. Throws as safetensors_header() does.
std::vector<char> safetensors_bytes(const std::vector<FileTensor>& tensors, const Metadata& metadata,
                                    const std::string& path);

/// A file of that form, read.
class SafetensorsFile {
 public:
  /// Throws Failure with the path if it is not whole, or not what its checksum says. Files of other programs have none.
  explicit SafetensorsFile(const std::string& path);
  SafetensorsFile(const SafetensorsFile&) = delete;
  SafetensorsFile& operator=(const SafetensorsFile&) = delete;

  const Metadata& metadata() const { return metadata_; }
  const std::vector<std::string>& names() const { return names_; }
  bool has(const std::string& name) const { return places_.contains(name); }
  /// The shape that the header states. Throws Failure where that is damaged.
  std::vector<int64_t> shape(const std::string& name) const;
  /// The numbers of a tensor that must have this shape. Those of half the length are the same as float32, doubles are
  /// rounded to the nearest. Throws Failure where one is not finite or is beyond every float32; `at` is said behind what
  /// needs the tensor in messages: " (f.dnn:3:4)".
  std::vector<float> floats(const std::string& name, const std::vector<int64_t>& shape, const std::string& at) const;

 private:
  struct Place;
  const Place& place(const std::string& name) const;
  std::string path_;
  std::vector<char> file_;
  std::string_view tensors_;  ///< the bytes of all
  Metadata metadata_;
  std::vector<std::string> names_;
  std::map<std::string, std::shared_ptr<const Place>> places_;  ///< as the header states them, damaged or not
};

}  // namespace dnnc::runtime
