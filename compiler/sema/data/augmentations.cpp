#include "compiler/sema/data/augmentations.h"

#include <algorithm>

#include "runtime/program/augmentations.h"

namespace dnnc {
namespace {

using runtime::AugmentationRow;

constexpr const char* axis_argument = "axis";

/// Rows of one call follow each other, and differ in the word that they are given.
const std::vector<CallForm>& augment_forms() {
  static const std::vector<CallForm> forms = [] {
    std::vector<CallForm> all;
    for (const AugmentationRow& row : runtime::augmentation_table) {
      if (all.empty() || all.back().name != row.call) all.push_back({row.call, {}});
      std::vector<CallArgument>& arguments = all.back().arguments;
      const runtime::ArgumentRow& number = row.argument;
      if (number.name)
        arguments.push_back({number.name, number.kind, number.required, number.standard, {}, number.most});
      else if (arguments.empty())
        arguments.push_back({axis_argument, ArgumentKind::Word, true, std::nullopt, {row.axis}});
      else arguments.front().words.emplace_back(row.axis);
    }
    return all;
  }();
  return forms;
}

runtime::Augmentation augmentation_of(const DataValue& call) {
  const AugmentationRow& row = *std::ranges::find_if(runtime::augmentation_table, [&](const AugmentationRow& known) {
    return call.text == known.call && call.word(axis_argument) == known.axis;
  });
  return {row.kind, row.argument.name ? call.value(row.argument.name, 0) : 0};
}

}  // namespace

void read_augment(const ast::Setting& setting, const CallReader& reader, DataBlock& block) {
  const auto* list = std::get_if<ast::List>(&without_brackets(setting.value)->kind);
  std::vector<ast::Ptr> items = list ? list->items : std::vector<ast::Ptr>{setting.value};
  for (const ast::Ptr& item : items) {
    std::optional<WrittenCall> call = written_call(item);
    if (!call) {
      reader.report(error("E0501", item->span, "`augment` takes a list of changes",
                          "write augment = [flip(horizontal), shift(4)]"));
      continue;
    }
    const CallForm* form = find_form("augmentation", call->word, augment_forms(), reader.diagnostics);
    std::optional<DataValue> value = form ? read_call(*call, *form, reader) : std::nullopt;
    if (value) block.augment.push_back({augmentation_of(*value), value->text, value->place});
  }
}

}  // namespace dnnc
