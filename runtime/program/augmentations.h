#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "runtime/program/call_arguments.h"
#include "runtime/program/data_description.h"

/// What `augment` may be given: the compiler reads programs by this table, the runtime changes examples by it.
namespace dnnc::runtime {

struct AugmentationRow {
  Augmentation::Kind kind;
  const char* call;           ///< as it is written
  const char* axis = "";      ///< the word that a flip is given
  ArgumentRow argument = {};  ///< Augmentation::amount; without a name: there is none
  bool moves = false;  ///< what a picture shows lies elsewhere afterwards, and so must what is said of its places
  bool less_than_size = false;  ///< of that many pixels or more nothing would be left
  int cost = 0;                 ///< of one number of a picture, about in nanoseconds
};

namespace augmentation_rows {
using enum ArgumentKind;
inline constexpr AugmentationRow all[] = {
#define DNNC_AUGMENTATION(name, word, ...) {.kind = Augmentation::Kind::name, __VA_ARGS__},
#include "runtime/program/augmentations.def"
#undef DNNC_AUGMENTATION
};
}  // namespace augmentation_rows

/// The table, in the order of the kinds.
inline constexpr const auto& augmentation_table = augmentation_rows::all;
constexpr const AugmentationRow& augmentation_row(Augmentation::Kind kind) {
  return augmentation_table[static_cast<size_t>(kind)];
}

/// What a field is for augmentations.
enum class Augmented : uint8_t {
  Not,
  Picture,   ///< everything changes it
  Alongside  ///< it says something of the places of a picture: what moves the picture moves it too
};

/// A picture is an input [height, width, channels], or [height, width] that the source knows for a picture. Any other field with
/// the height and width of one goes along with it, be it with channels or without. `inputs` are the raw fields that the
/// net's inputs are made from.
inline Augmented augmented(const RawField& field, const std::vector<RawField>& all,
                           const std::vector<std::string>& inputs) {
  const auto is_picture = [&](const RawField& candidate) {
    return (candidate.shape.size() == 3 || (candidate.shape.size() == 2 && candidate.bytes)) &&
           std::ranges::count(inputs, candidate.name) > 0;
  };
  if (is_picture(field)) return Augmented::Picture;
  if (field.shape.size() != 2 && field.shape.size() != 3) return Augmented::Not;
  const bool along = std::ranges::any_of(all, [&](const RawField& other) {
    return is_picture(other) && std::equal(other.shape.begin(), other.shape.begin() + 2, field.shape.begin());
  });
  return along ? Augmented::Alongside : Augmented::Not;
}

}  // namespace dnnc::runtime
