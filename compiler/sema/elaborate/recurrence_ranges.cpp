#include <algorithm>

#include "compiler/sema/elaborate/recurrence_group.h"

namespace dnnc {
namespace {

/// Gives the name its shape, so that it can be read while it is being made.
void bind_placeholder(Context& context, const RecurrenceGroup& group, size_t place, bool batched) {
  Elaboration& elaboration = context.elaboration;
  const ast::IndexedStatement& statement = *group.statements[place];
  Tensor tensor;
  tensor.array = true;
  std::vector<Subscript> at;
  if (batched) at.push_back(affine(0));
  for (const ast::Word& word : statement.indices) {
    std::vector<int64_t> extents;
    if (word.text == "...") extents = *group.ranges[place].ellipsis;
    else extents.push_back(group.ranges[place].extents.at(word.text));
    for (int64_t extent : extents) {
      tensor.axes.push_back(new_index(elaboration, word.text, extent));
      at.push_back(affine(tensor.axes.back()));
    }
  }
  tensor.body = load(placeholder(place), std::move(at));
  context.scope->names[statement.name.text] = Binding{tensor, statement.name.span, std::nullopt, false, true, {}};
}

/// Nothing tells how far some index of the group runs. One is told, as what it gives may tell the others: that of the
/// recurrence if it is among them.
void report_endless(Context& context, const RecurrenceGroup& group, const std::vector<bool>& known) {
  const ast::Word* endless = nullptr;
  for (size_t place = group.statements.size(); place-- > 0;) {
    if (known[place]) continue;
    for (const ast::Word& index : group.statements[place]->indices) {
      if (index.text == "..." || group.ranges[place].extents.contains(index.text)) continue;
      if (!endless || index.text == group.index || endless->text != group.index) endless = &index;
    }
  }
  if (!endless) return;
  const std::string runs = endless->text == group.index ? "how far this runs along" : "the range of";
  fault(context.elaboration, "E0301", endless->span, "nothing tells " + runs + " `" + endless->text + "`",
        "say it behind the formula: `for " + endless->text + " in 5`");
}

/// All run equally far: where one tells it, it is told for those that do not.
void share_extent(RecurrenceGroup& group) {
  const auto tells = [&](const Ranges& ranges) { return ranges.extents.contains(group.index); };
  const auto told = std::ranges::find_if(group.ranges, tells);
  if (told == group.ranges.end()) return;
  const int64_t extent = told->extents.at(group.index);
  for (Ranges& ranges : group.ranges) ranges.extents.try_emplace(group.index, extent);
}

}  // namespace

// A range may follow from the shape of a later definition: as often as there are definitions, the rest is tried, then once more
// with the extent of the recurrence.
bool find_all_ranges(Context& context, RecurrenceGroup& group, bool batched) {
  std::vector<bool> known(group.statements.size(), false);
  for (const ast::IndexedStatement* statement : group.statements) context.scope->awaited.insert(statement->name.text);
  const size_t errors = context.elaboration.diagnostics->error_count();
  const size_t rounds = group.statements.size();
  for (size_t round = 0; round <= 2 * rounds; ++round) {
    bool last = round == 2 * rounds;
    if (round == rounds) share_extent(group);
    for (size_t place = 0; place < group.statements.size(); ++place) {
      if (known[place]) continue;
      known[place] = left_ranges(context, *group.statements[place], group.ranges[place], !last);
      if (known[place]) bind_placeholder(context, group, place, batched);
    }
  }
  context.scope->awaited.clear();
  if (std::ranges::all_of(known, [](bool k) { return k; })) return true;
  if (context.elaboration.diagnostics->error_count() == errors &&
      std::ranges::none_of(group.statements, [&](const auto* one) { return reads_poison(context, one->value); }))
    report_endless(context, group, known);
  return false;
}

bool check_extents(Context& context, const RecurrenceGroup& group) {
  int64_t extent = group.ranges[0].extents.at(group.index);
  for (size_t place = 1; place < group.statements.size(); ++place) {
    if (group.ranges[place].extents.at(group.index) == extent) continue;
    fault(context.elaboration, "E0302", group.statements[place]->name.span,
          "the index `" + group.index + "` runs over " + std::to_string(group.ranges[place].extents.at(group.index)) +
              " here and over " + std::to_string(extent) + " above");
    return false;
  }
  return true;
}

}  // namespace dnnc
