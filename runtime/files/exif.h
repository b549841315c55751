#pragma once
#include <string_view>

namespace dnnc::runtime {

/// How a picture is to be turned before it is looked at, as the tag Orientation of EXIF tells it: where row 0 and column 0 of the
/// file belong. 1 is upright; also where there is no tag, or none that can be read.
enum class Orientation : unsigned char {
  Upright = 1,         ///< top, left
  Mirrored,            ///< top, right
  UpsideDown,          ///< bottom, right
  Flipped,             ///< bottom, left
  Transposed,          ///< left, top
  TurnedRight,         ///< right, top: to be turned clockwise
  TransposedBackward,  ///< right, bottom
  TurnedLeft,          ///< left, bottom: to be turned anticlockwise
};

/// How EXIF data begin in a JPEG file.
inline constexpr std::string_view exif_begins{"Exif\0\0", 6};

/// The orientation in these EXIF data, with or without how they begin. Any bytes may be given.
Orientation exif_orientation(std::string_view exif);

}  // namespace dnnc::runtime
