#include "compiler/sema/data/field_types.h"

#include <algorithm>
#include <map>

#include "compiler/sema/names/value.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/field_values.h"

namespace dnnc {
namespace {

using Sizes = std::vector<std::optional<int64_t>>;

/// What has been found out about a field of the source so far, and from which use.
struct Finding {
  RawField field;
  const FieldUse* from = nullptr;
};

std::string sizes_text(const Sizes& sizes) {
  std::string text;
  for (const std::optional<int64_t>& size : sizes)
    text += (text.empty() ? "" : ", ") + (size ? std::to_string(*size) : std::string("?"));
  const std::string word = word_of(TypeWord::Number);
  return sizes.empty() ? word : word + "[" + text + "]";
}

bool fits(const Sizes& known, const std::vector<int64_t>& shape) {
  if (known.size() != shape.size()) return false;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (known[axis] && *known[axis] != shape[axis]) return false;
  return true;
}

void report_misfit(const KnownField& known, const std::string& name, const FieldUse& use, std::string seen,
                   Diagnostics& diagnostics) {
  std::string taken = use.probability ? word_of(TypeWord::Probability) : type_text(use.element, use.shape);
  Diagnostic misfit = error("E0511", use.span, "field `" + name + "` does not fit " + use.taker);
  misfit.label = "takes " + taken;
  misfit.labels = {{known.span, "`" + name + "` is " + std::move(seen)}};
  diagnostics.report(std::move(misfit));
}

/// Whether labels of the source can be given to the use: enough classes, or 0 and 1 for a probability.
bool labels_fit(const KnownField& known, const FieldUse& use) {
  if (known.element.kind != Element::Kind::Class || known.element.classes == 0) return true;
  if (use.probability) return known.element.classes <= 2;
  return use.element.kind != Element::Kind::Class || use.element.classes >= known.element.classes;
}

std::string stated_text(const KnownField& known) {
  std::vector<int64_t> shape;
  for (const std::optional<int64_t>& size : *known.shape) shape.push_back(size.value_or(0));
  const std::string text = type_text(known.element, shape), number = word_of(TypeWord::Number);
  return known.probability ? word_of(TypeWord::Probability) + text.substr(number.size()) : text;
}

/// Whether the use takes a field of the type that the data block states.
bool stated_fits(const KnownField& known, const FieldUse& use) {
  if (!fits(*known.shape, use.shape)) return false;
  if (known.element.kind == Element::Kind::Class)
    return use.element.kind == Element::Kind::Class ? use.element.classes >= known.element.classes
                                                    : use.probability && known.element.classes <= 2;
  if (known.element.kind == Element::Kind::Integer) return use.element.kind != Element::Kind::Class;
  return use.element.kind == Element::Kind::Real;
}

/// The field is given to the use as the source has it.
void find_direct(const std::string& name, const KnownField* known, const FieldUse& use, Diagnostics& diagnostics) {
  if (!known) return;
  if (known->stated && !stated_fits(*known, use)) {
    report_misfit(*known, name, use, stated_text(*known), diagnostics);
  } else if (known->shape && !fits(*known->shape, use.shape)) {
    report_misfit(*known, name, use, sizes_text(*known->shape), diagnostics);
  } else if (!labels_fit(*known, use)) {
    report_misfit(*known, name, use, type_text(known->element, {}), diagnostics);
  }
}

/// The shape of a field whose numbers a formula reads; std::nullopt if neither source nor use tells it.
std::optional<std::vector<int64_t>> shape_behind_formula(const KnownField* known, const FieldUse& use) {
  if (!known || !known->shape) return use.typed ? std::optional(use.shape) : std::nullopt;
  std::vector<int64_t> shape;
  for (size_t axis = 0; axis < known->shape->size(); ++axis) {
    bool told = (*known->shape)[axis] || (use.typed && known->shape->size() == use.shape.size());
    if (!told) return std::nullopt;
    shape.push_back((*known->shape)[axis] ? *(*known->shape)[axis] : use.shape[axis]);
  }
  return shape;
}

class Findings {
 public:
  Findings(const FieldNames& names, Diagnostics& diagnostics) : names_(names), diagnostics_(diagnostics) {}

  void add(const FieldUse& use) {
    FieldNames::Need need = names_.need_of({use.field});
    const bool direct = use.typed && (std::ranges::count(need.steps, true) == 0 || keeps_type(need, use));
    const std::optional<int64_t> shift = direct ? std::nullopt : shift_of(need, use);
    for (const std::string& name : need.raw)
      add_raw(name, use, is_renamed(need), direct && !is_gap(name), is_gap(name) ? std::nullopt : shift);
  }

  /// A use that counts where no other tells the shape of a field.
  void add_given(const FieldUse& use) {
    const FieldNames::Need need = names_.need_of({use.field});
    const bool untold = std::ranges::any_of(
        need.raw, [&](const std::string& name) { return untold_.contains(name) && !found_.contains(name); });
    if (untold) add(use);
  }

  /// All that were found; reports those of which no use told the shape.
  std::vector<RawField> fields(const std::vector<std::string>& order) const {
    // Whether a value is missing has the shape of the value, of which something is said already.
    std::vector<std::pair<std::string, const FieldUse*>> untold;
    for (const auto& [name, use] : untold_)
      if (!found_.contains(name) && !is_gap(name)) untold.emplace_back(name, use);
    std::ranges::sort(untold, {}, [](const auto& each) { return each.second->span.begin; });
    std::vector<Span> calls;  // of a misspelt result what stands beside it is not to be blamed
    for (const auto& [name, use] : untold) {
      if (use->lone_call.valid() && std::ranges::count(calls, use->lone_call) > 0) continue;
      calls.push_back(use->lone_call);
      report_unknown(name, *use);
    }
    std::vector<RawField> result;
    for (const std::string& name : order)
      if (auto found = found_.find(name); found != found_.end()) result.push_back(found->second.field);
    return result;
  }

 private:
  bool is_gap(const std::string& name) const {
    const std::optional<KnownField> known = names_.find(name);
    return known && known->reading == runtime::Reading::Missing;
  }

  /// Whether the field comes to the use as the source has it, but for another name and what is missing.
  bool is_renamed(const FieldNames::Need& need) const {
    for (size_t number = 0; number < need.steps.size(); ++number)
      if (need.steps[number] && names_.block().steps[number].shift != 0) return false;
    return true;
  }

  /// Whether it has then the type of the use: that its gaps are filled tells it, or that the use takes labels.
  bool keeps_type(const FieldNames::Need& need, const FieldUse& use) const {
    bool fills = false;
    for (size_t number = 0; number < need.steps.size(); ++number)
      fills = fills || (need.steps[number] && names_.block().steps[number].fills);
    return is_renamed(need) && (fills || use.element.kind == Element::Kind::Class);
  }

  /// By how much labels become others on their way to a use that takes labels; std::nullopt if another formula makes them.
  std::optional<int64_t> shift_of(const FieldNames::Need& need, const FieldUse& use) const {
    if (use.element.kind != Element::Kind::Class || !use.typed) return std::nullopt;
    int64_t shift = 0;
    for (size_t number = 0; number < need.steps.size(); ++number) {
      if (!need.steps[number]) continue;
      const std::optional<int64_t>& own = names_.block().steps[number].shift;
      if (!own) return std::nullopt;
      shift += *own;
    }
    return shift;
  }

  void add_raw(const std::string& name, const FieldUse& use, bool renamed, bool direct, std::optional<int64_t> shift) {
    const std::optional<KnownField> known = names_.find(name);
    const KnownField* source = known ? &*known : nullptr;
    Finding finding{{name, use.shape, use.element, source && source->bytes, direct && use.probability},
                    direct ? &use : nullptr};
    if (direct) {
      find_direct(name, source, use, diagnostics_);
    } else {
      std::optional<std::vector<int64_t>> shape = shape_behind_formula(source, use);
      if (!shape) {
        untold_.emplace(name, &use);
        return;
      }
      finding.field.shape = *shape;
      finding.field.element = read_as(source);
      finding.field.probability = source && source->probability;
      if (shift && (!source || source->element.kind != Element::Kind::Class)) {
        finding.field.element = {Element::Kind::Integer, 0};
        finding.field.least = -*shift;
        finding.field.most = use.element.classes - 1 - *shift;
      }
    }
    if (source) read_cells_as(*source, finding.field);
    finding.field.positive = use.positive && renamed && !is_gap(name);
    settle(name, std::move(finding));
  }

  static void read_cells_as(const KnownField& source, RawField& field) {
    field.column = source.column;
    field.reading = source.reading;
    field.word = source.word;
  }

  /// How a formula reads a field: labels of unknown number are whole numbers.
  static Element read_as(const KnownField* source) {
    if (!source) return {};
    bool uncounted = source->element.kind == Element::Kind::Class && source->element.classes == 0;
    return uncounted ? Element{Element::Kind::Integer, 0} : source->element;
  }

  void report_unknown(const std::string& name, const FieldUse& use) const {
    Diagnostic untold = error("E0510", use.span, "nothing tells the shape of field `" + name + "`",
                              "give it to an input of the net, to a parameter with a type, to a loss beside an output, "
                              "or state it in the data: " +
                                  name + ": f32[8]");
    if (!use.results.empty()) untold.notes.push_back({{}, "the net gives " + use.results + ", and no `" + name + "`"});
    diagnostics_.report(std::move(untold));
  }

  /// Of two formulas one may need whole numbers, of certain bounds.
  static void keep_narrower(RawField& one, RawField& other) {
    const bool whole = one.element.kind == Element::Kind::Integer || other.element.kind == Element::Kind::Integer;
    const bool labels = one.element.kind == Element::Kind::Class;
    for (RawField* field : {&one, &other}) {
      if (whole && !labels) field->element = {Element::Kind::Integer, 0};
      field->least = std::max(one.least, other.least);
      field->most = std::min(one.most, other.most);
    }
  }

  /// A use that takes the field as it is says more than a formula that reads it; two such uses must agree.
  void settle(const std::string& name, Finding finding) {
    auto [place, added] = found_.emplace(name, finding);
    if (added) return;
    Finding& old = place->second;
    old.field.positive = finding.field.positive = old.field.positive || finding.field.positive;
    if (!old.from && !finding.from) keep_narrower(old.field, finding.field);
    if (!old.from) std::swap(old, finding);
    if (!finding.from) return;
    bool agree = old.field.shape == finding.field.shape && old.field.element == finding.field.element;
    if (agree) return;
    Diagnostic conflict = error("E0511", finding.from->span, "field `" + name + "` is given to two different types");
    conflict.label = type_text(finding.field.element, finding.field.shape);
    conflict.labels = {{old.from->span, type_text(old.field.element, old.field.shape)}};
    diagnostics_.report(std::move(conflict));
  }

  const FieldNames& names_;
  Diagnostics& diagnostics_;
  std::map<std::string, Finding> found_;
  std::map<std::string, const FieldUse*> untold_;  ///< by formulas that read them; another use may tell more
};

void check_values(const DataValue& value, const RawField& field, Diagnostics& diagnostics) {
  for (const DataValue& item : value.items) check_values(item, field, diagnostics);
  if (value.kind != DataValue::Kind::Number) return;
  std::string why = runtime::fault_of(field, value.number);
  if (!why.empty()) diagnostics.report(error("E0513", value.place, why));
}

}  // namespace

std::vector<RawField> raw_fields(const FieldNames& names, const std::vector<FieldUse>& uses,
                                 const std::vector<FieldUse>& given, Diagnostics& diagnostics) {
  Findings findings(names, diagnostics);
  std::vector<std::string> fields;
  for (const FieldUse& use : uses) {
    findings.add(use);
    fields.push_back(use.field);
  }
  for (const FieldUse& use : given) findings.add_given(use);
  const FieldNames::Need need = names.need_of(fields);
  std::vector<RawField> raw = findings.fields(need.raw);
  for (RawField& field : raw)
    field.optional = !need.whole.contains(field.name) && field.reading != runtime::Reading::Missing;
  return raw;
}

void check_rows(const DataBlock& block, const std::vector<RawField>& fields, Diagnostics& diagnostics) {
  for (const RawField& field : fields)
    for (const DataValue& row : block.source.items)
      check_values(row.items[field.name == "y" ? 1 : 0], field, diagnostics);
}

}  // namespace dnnc
