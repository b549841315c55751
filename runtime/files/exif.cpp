#include "runtime/files/exif.h"

#include <cstdint>
#include <iterator>

namespace dnnc::runtime {
namespace {

/// Numbers in the order of bytes that the data have; 0 for those that lie outside.
struct Numbers {
  std::string_view bytes;
  bool little;
  uint32_t at(uint64_t place, uint64_t length) const {
    if (place > bytes.size() || length > bytes.size() - place) return 0;
    uint32_t number = 0;
    for (uint64_t k = 0; k < length; ++k)
      number = number << 8 | static_cast<unsigned char>(bytes[place + (little ? length - 1 - k : k)]);
    return number;
  }
};

// TIFF: a header of 8 bytes tells where the first directory is, a count and so many entries: tag, type, count, value.
constexpr uint32_t tiff_number = 42, orientation_tag = 0x0112, entry_bytes = 12;
constexpr uint32_t type_bytes[] = {0, 1, 0, 2, 4};  // of byte, short and long; other types hold no such number

}  // namespace

Orientation exif_orientation(std::string_view exif) {
  if (exif.starts_with(exif_begins)) exif.remove_prefix(exif_begins.size());
  if (!exif.starts_with("II") && !exif.starts_with("MM")) return Orientation::Upright;
  const Numbers numbers{exif, exif.front() == 'I'};
  if (numbers.at(2, 2) != tiff_number) return Orientation::Upright;
  const uint64_t directory = numbers.at(4, 4), entries = numbers.at(directory, 2);
  for (uint64_t entry = 0; entry < entries; ++entry) {
    const uint64_t place = directory + 2 + entry * entry_bytes;
    if (numbers.at(place, 2) != orientation_tag) continue;
    const uint32_t type = numbers.at(place + 2, 2);
    const uint32_t value = type < std::size(type_bytes) ? numbers.at(place + 8, type_bytes[type]) : 0;
    const bool known = value >= 1 && value <= 8 && numbers.at(place + 4, 4) == 1;
    return known ? static_cast<Orientation>(value) : Orientation::Upright;
  }
  return Orientation::Upright;
}

}  // namespace dnnc::runtime
