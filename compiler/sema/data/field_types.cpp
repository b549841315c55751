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

/// The field is given to the use as the source has it.
void find_direct(const std::string& name, const KnownField* known, const FieldUse& use, Diagnostics& diagnostics) {
  if (!known) return;
  if (known->shape && !fits(*known->shape, use.shape)) {
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

/// Columns of a table are numbers; arrays of other files are what they are.
std::optional<KnownField> column(const DataBlock& block, const std::string& name) {
  if (!block.table) return std::nullopt;
  return KnownField{.name = name, .shape = Sizes{}, .element = {}, .span = block.source.place};
}

class Findings {
 public:
  Findings(const FieldNames& names, Diagnostics& diagnostics) : names_(names), diagnostics_(diagnostics) {}

  void add(const FieldUse& use) {
    FieldNames::Need need = names_.need_of({use.field});
    bool direct = use.typed && std::count(need.steps.begin(), need.steps.end(), true) == 0;
    for (const std::string& name : need.raw) add_raw(name, use, direct);
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
    for (const auto& [name, use] : untold_)
      if (!found_.contains(name)) report_unknown(name, *use);
    std::vector<RawField> result;
    for (const std::string& name : order)
      if (auto found = found_.find(name); found != found_.end()) result.push_back(found->second.field);
    return result;
  }

 private:
  void add_raw(const std::string& name, const FieldUse& use, bool direct) {
    std::optional<KnownField> known = column(names_.block(), name);
    if (const KnownField* listed = find_field(names_.block(), name)) known = *listed;
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
    }
    settle(name, std::move(finding));
  }

  /// How a formula reads a field: labels of unknown number are whole numbers.
  static Element read_as(const KnownField* source) {
    if (!source) return {};
    bool uncounted = source->element.kind == Element::Kind::Class && source->element.classes == 0;
    return uncounted ? Element{Element::Kind::Integer, 0} : source->element;
  }

  void report_unknown(const std::string& name, const FieldUse& use) const {
    diagnostics_.report(
        error("E0510", use.span, "nothing tells the shape of field `" + name + "`",
              "give it to an input of the net, to a parameter with a type, or to a loss beside an output"));
  }

  /// A use that takes the field as it is says more than a formula that reads it; two such uses must agree.
  void settle(const std::string& name, Finding finding) {
    auto [place, added] = found_.emplace(name, finding);
    if (added) return;
    Finding& old = place->second;
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
  return findings.fields(names.need_of(fields).raw);
}

void check_rows(const DataBlock& block, const std::vector<RawField>& fields, Diagnostics& diagnostics) {
  for (const RawField& field : fields)
    for (const DataValue& row : block.source.items)
      check_values(row.items[field.name == "y" ? 1 : 0], field, diagnostics);
}

}  // namespace dnnc
