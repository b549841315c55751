#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/sema/elaborate/evaluate.h"

namespace dnnc {
namespace {

/// A place where an index stands alone in a subscript, and the size there.
struct Place {
  std::string index;
  int64_t extent;
  Span span;
};

struct Found {
  std::vector<Place> places;
  std::optional<std::vector<int64_t>> ellipsis;
  bool uncertain = false;  ///< an array whose shape is not known occurs, after an error or in a recurrence
};

/// The shape of an array that is read by elements, without making anything but what will be read. Unknown where it
/// depends on an index; `uncertain` says that an error or a later definition is the reason.
std::optional<std::vector<int64_t>> array_shape(Context& context, const ast::Ptr& array, bool silent, bool& uncertain) {
  if (const auto* name = std::get_if<ast::Name>(&array->kind)) {
    auto binding = context.scope->names.find(name->text);
    bool known = binding != context.scope->names.end();
    const Definition* definition = context.scope->definition;
    uncertain = !known && definition && definition->locals.contains(name->text) &&
                (silent || context.scope->awaited.contains(name->text));
    if (uncertain) return std::nullopt;
    if (known && binding->second.record && !std::holds_alternative<Tensor>(binding->second.value))
      return context.elaboration.parameters[*binding->second.record].shape;
  } else if (mentions_index(context, array)) {
    return std::nullopt;
  }
  Value value = array_read(context, array);
  uncertain = is_poison(value);
  if (const auto* tensor = std::get_if<Tensor>(&value)) return shape_of(context.elaboration, *tensor);
  if (!std::holds_alternative<std::shared_ptr<const List>>(value)) return std::nullopt;
  std::optional<Tensor> tensor = to_tensor(context.elaboration, value, array->span);
  return tensor ? std::optional(shape_of(context.elaboration, *tensor)) : std::nullopt;
}

void look_at_element(Context& context, const ast::Element& element, Span span, Found& found, bool silent) {
  bool uncertain = false;
  std::optional<std::vector<int64_t>> shape = array_shape(context, element.array, silent, uncertain);
  found.uncertain = found.uncertain || uncertain;
  if (!shape) return;
  size_t count = element.subscripts.size();
  auto dots = std::ranges::find_if(element.subscripts, [](const ast::Subscript& subscript) {
    return std::holds_alternative<ast::Ellipsis>(subscript);
  });
  bool has_dots = dots != element.subscripts.end();
  size_t before = static_cast<size_t>(dots - element.subscripts.begin());
  if (has_dots ? shape->size() + 1 < count : shape->size() != count) {
    found.uncertain = true;
    if (!silent) report_subscript_count(context, element, span, *shape, has_dots ? count - 1 : count);
    return;
  }
  size_t dropped = has_dots ? shape->size() + 1 - count : 0;
  if (has_dots && !found.ellipsis)
    found.ellipsis.emplace(shape->begin() + long(before), shape->begin() + long(before + dropped));
  if (element.otherwise) return;
  for (size_t place = 0; place < count; ++place) {
    const auto* at = std::get_if<ast::Ptr>(&element.subscripts[place]);
    const std::string* name = at ? index_name(context, *at) : nullptr;
    size_t axis = has_dots && place > before ? place + dropped - 1 : place;
    if (name) found.places.push_back({*name, (*shape)[axis], (*at)->span});
  }
}

Found look_at(Context& context, const ast::Ptr& formula, bool silent) {
  Found found;
  for_each_live(context, formula, [&](const ast::Expression& part) {
    if (const auto* element = std::get_if<ast::Element>(&part.kind))
      look_at_element(context, *element, part.span, found, silent);
    return true;
  });
  return found;
}

void report_disagreement(Context& context, const std::string& name, const Place& first, const Place& second) {
  Diagnostic diagnostic = error("E0302", second.span, "the places of the index `" + name + "` have different sizes");
  diagnostic.label = std::to_string(second.extent);
  diagnostic.labels.push_back({first.span, std::to_string(first.extent)});
  diagnostic.help =
      "say which it is: `for " + name + " in " + std::to_string(std::min(first.extent, second.extent)) + "`";
  fault(context.elaboration, std::move(diagnostic));
}

/// The one size of all places of an index; reports where they disagree.
std::optional<int64_t> agreed_size(Context& context, const std::string& name, const Found& found, bool& disagreed) {
  const Place* first = nullptr;
  for (const Place& place : found.places) {
    if (place.index != name) continue;
    if (!first) first = &place;
    else if (place.extent != first->extent) {
      report_disagreement(context, name, *first, place);
      disagreed = true;
      return std::nullopt;
    }
  }
  return first ? std::optional(first->extent) : std::nullopt;
}

bool find_ellipsis(Context& context, const ast::Word& word, const Found& found, Ranges& ranges, bool silent) {
  if (ranges.ellipsis) return true;
  if (context.scope->ellipsis) ranges.ellipsis = context.scope->ellipsis;
  else if (found.ellipsis) ranges.ellipsis = context.scope->ellipsis = found.ellipsis;
  else if (!silent && !found.uncertain)
    fault(context.elaboration, "E0315", word.span, "`...` stands for no sizes here",
          "give it some in the type of a parameter: `x: f32[...]`");
  return ranges.ellipsis.has_value();
}

}  // namespace

bool mentions_index(Context& context, const ast::Ptr& formula) {
  bool found = false;
  for_each_live(context, formula, [&](const ast::Expression& part) {
    const auto* name = std::get_if<ast::Name>(&part.kind);
    const auto* element = std::get_if<ast::Element>(&part.kind);
    found = found || (name && context.scope->indices.contains(name->text));
    for (size_t place = 0; element && place < element->subscripts.size(); ++place)
      found = found || std::holds_alternative<ast::Ellipsis>(element->subscripts[place]);
    return !found;
  });
  return found;
}

std::vector<ast::Word> indices_of(const std::vector<ast::Binder>& binders) {
  std::vector<ast::Word> indices;
  for (const ast::Binder& binder : binders) indices.push_back(binder.index);
  return indices;
}

bool stand_once(Context& context, const std::vector<ast::Word>& indices) {
  std::set<std::string> seen;
  for (const ast::Word& index : indices)
    if (!seen.insert(index.text).second) {
      fault(context.elaboration, "E0310", index.span, "the index `" + index.text + "` stands here twice");
      return false;
    }
  return true;
}

bool find_ranges(Context& context, const std::vector<ast::Word>& indices, const std::vector<ast::Binder>& binders,
                 const ast::Ptr& formula, Ranges& ranges, bool silent, const char* reduction) {
  bool complete = true;
  for (const ast::Binder& binder : binders) {
    if (!binder.range || ranges.extents.contains(binder.index.text)) continue;
    if (auto size = evaluate_whole(context, binder.range, "the range of `" + binder.index.text + "`"))
      ranges.extents[binder.index.text] = *size;
    else return false;
  }
  auto known = [&](const ast::Word& word) { return word.text != "..." && ranges.extents.contains(word.text); };
  if (std::ranges::all_of(indices, known)) return true;
  Found found = look_at(context, formula, silent);
  for (const ast::Word& word : indices) {
    if (known(word)) continue;
    if (word.text == "...") {
      complete = find_ellipsis(context, word, found, ranges, silent) && complete;
      continue;
    }
    bool disagreed = false;
    if (std::optional<int64_t> size = agreed_size(context, word.text, found, disagreed)) {
      ranges.extents[word.text] = *size;
      continue;
    }
    complete = false;
    if (!silent && !disagreed && !found.uncertain)
      fault(context.elaboration, "E0301", word.span, "give a range for `" + word.text + "`",
            reduction ? fmt::format("in its brackets: `{}(… for {} in 5)`", reduction, word.text)
                      : fmt::format("behind the formula: `for {} in 5`", word.text));
  }
  return complete;
}

}  // namespace dnnc
