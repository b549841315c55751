#include "runtime/data/augment.h"

#include <cstring>

#include "runtime/data/dataset.h"

namespace dnnc::runtime {

void augment(const Canvas& canvas, Augmented what, const std::vector<Augmentation>& changes,
             const AugmentedExample& example, char* scratch) {
  using enum Augmentation::Kind;
  for (uint32_t number = 0; number < changes.size(); ++number) {
    const auto [kind, amount] = changes[number];
    if (what == Augmented::Alongside && !augmentation_row(kind).moves) continue;
    const AugmentDraws draws{example.seed, example.epoch, example.row, number};
    switch (kind) {
      case FlipHorizontal:
      case FlipVertical:
        flip(canvas, kind, draws, scratch);
        break;
      case Shift:
        shift(canvas, amount, draws, scratch);
        break;
      case Rotate:
        rotate(canvas, amount, draws, scratch);
        break;
      case Zoom:
        zoom(canvas, amount, draws, scratch);
        break;
      case Crop:
        crop(canvas, amount, draws, scratch);
        break;
      case Brightness:
        brighten(canvas, amount, draws);
        break;
      case Contrast:
        change_contrast(canvas, amount, draws);
        break;
      case Noise:
        add_noise(canvas, amount, draws);
        break;
      case Cutout:
        cut_out(canvas, amount, draws);
        break;
    }
  }
}

void augment_rows(const std::vector<Augmentation>& augmentations, const std::vector<int64_t>& shape, Storage storage,
                  char* images, const uint32_t* rows, int64_t count, uint64_t seed, uint64_t epoch) {
  if (shape.size() < 2) return;
  Canvas canvas{images, storage, shape[0], shape[1], 1};
  for (size_t axis = 2; axis < shape.size(); ++axis) canvas.channels *= shape[axis];
  std::vector<char> scratch(static_cast<size_t>(canvas.size()));
  for (int64_t k = 0; k < count; ++k, canvas.bytes += canvas.size())
    augment(canvas, Augmented::Picture, augmentations, {seed, epoch, rows[k]}, scratch.data());
}

}  // namespace dnnc::runtime
