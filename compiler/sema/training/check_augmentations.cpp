#include "compiler/sema/training/check_augmentations.h"

#include <algorithm>
#include <cmath>

#include "runtime/program/augmentations.h"

namespace dnnc {
namespace {

using runtime::Augmented;

struct AugmentedField {
  const RawField* field;
  Augmented what;
};

std::string size_text(const RawField& field) {
  return std::to_string(field.shape[0]) + " x " + std::to_string(field.shape[1]);
}

void report_no_picture(const Run& run, Diagnostics& diagnostics) {
  const Augmentation& first = run.data->augment.front();
  Diagnostic misfit = error("E0508", first.span, "`" + first.call + "` changes pictures, and the net reads none",
                            "leave out `augment`");
  misfit.labels = {{run.net->tree->name.span, "this net takes no field of the shape [height, width, channels]"}};
  diagnostics.report(std::move(misfit));
}

/// What is wrong with the augmentation for the field, and what to do.
struct Misfit {
  std::string message, help;
};

/// One [height, width, channels] that lies beside the pictures and has another size: nothing tells how it would move.
std::optional<Misfit> misfit_of(const Augmentation& change, const AugmentedField& augmented, const RawField& picture) {
  const runtime::AugmentationRow& row = runtime::augmentation_row(change.kind);
  const RawField& field = *augmented.field;
  const std::string call = "`" + change.call + "`", name = "`" + field.name + "`";
  if (augmented.what == Augmented::Not) {
    if (!row.moves || field.shape.size() != 3) return std::nullopt;
    return Misfit{call + " moves `" + picture.name + "`, " + size_text(picture) + ", and cannot move " + name + ", " +
                      size_text(field) + ", along",
                  "give both the same height and width, or leave out `" + change.call + "`"};
  }
  if (augmented.what == Augmented::Alongside && !row.moves) return std::nullopt;
  if (!row.moves && !row.less_than_size && field.element.kind != Element::Kind::Real)
    return Misfit{call + " changes numbers, and " + name + " holds labels", "leave out `" + change.call + "`"};
  const int64_t least = std::min(field.shape[0], field.shape[1]);
  if (!row.less_than_size || change.amount < static_cast<double>(least)) return std::nullopt;
  const std::string given = "`" + change.call + "(" + std::to_string(std::llround(change.amount)) + ")`";
  return Misfit{given + " leaves nothing of " + name + ", " + size_text(field),
                least > 1 ? "give at most " + std::to_string(least - 1) : "leave out `" + change.call + "`"};
}

}  // namespace

void check_augmentations(const Run& run, Diagnostics& diagnostics) {
  if (run.data->augment.empty()) return;
  const std::vector<std::string> inputs = run.names->need_of(run.inputs).raw;
  std::vector<AugmentedField> fields;
  for (const RawField& field : run.raw) fields.push_back({&field, runtime::augmented(field, run.raw, inputs)});
  const auto picture = std::ranges::find(fields, Augmented::Picture, &AugmentedField::what);
  if (picture == fields.end()) return report_no_picture(run, diagnostics);
  for (const Augmentation& change : run.data->augment)
    for (const AugmentedField& field : fields)
      if (std::optional<Misfit> misfit = misfit_of(change, field, *picture->field)) {
        diagnostics.report(error("E0508", change.span, misfit->message, misfit->help));
        break;
      }
}

}  // namespace dnnc
