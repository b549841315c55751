#include <algorithm>

#include "compiler/sema/data/data_blocks.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/names/value.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

using Sizes = std::vector<std::optional<int64_t>>;

/// Whole numbers of at least 1. std::nullopt after an error.
std::optional<Sizes> sizes_of(const std::optional<std::vector<ast::Subscript>>& written, const std::vector<Span>& spans,
                              const CallReader& reader) {
  Sizes sizes;
  if (!written) return sizes;
  for (size_t place = 0; place < written->size(); ++place) {
    const auto* formula = std::get_if<ast::Ptr>(&(*written)[place]);
    const std::optional<Number> number = formula ? reader.constant(*formula) : std::nullopt;
    if (formula && !number) return std::nullopt;
    const std::optional<int64_t> size = number ? whole_value(*number) : std::nullopt;
    if (!size || *size < 1 || *size > INT32_MAX) {
      reader.report(error("E0515", spans[place], "a size is a whole number of at least 1"));
      return std::nullopt;
    }
    sizes.emplace_back(*size);
  }
  return sizes;
}

/// The type as it is written. std::nullopt after an error.
std::optional<KnownField> field_of_type(const ast::Setting& setting, const CallReader& reader) {
  const auto* type = std::get_if<ast::ArrayType>(&setting.type->kind);
  const std::optional<TypeWord> word = type ? runtime::value_named<TypeWord>(type->word.text) : std::nullopt;
  if (!word) {
    std::vector<std::string> words;
    for (const auto& [known, text] : runtime::words<TypeWord>) words.emplace_back(text);
    reader.report(unknown_word("E0515", type ? type->word.span : setting.type->span, "this is no type of a field",
                               type ? type->word.text : "", words, "a type is one of"));
    return std::nullopt;
  }
  const bool labels = word == TypeWord::Label;
  const std::optional<Sizes> first = sizes_of(type->shape, type->shape_spans, reader);
  const std::optional<Sizes> second = sizes_of(type->second, type->second_spans, reader);
  if (!first || !second) return std::nullopt;
  if (labels ? first->size() != 1 : type->second.has_value()) {
    reader.report(
        error("E0515", setting.type->span,
              labels ? "a class has one number of labels: `class[k]`" : "only a class has two pairs of brackets"));
    return std::nullopt;
  }
  KnownField field{
      .name = setting.key.text, .shape = labels ? *second : *first, .element = {}, .span = setting.type->span};
  if (labels) field.element = {Element::Kind::Class, *first->front()};
  if (word == TypeWord::Integer) field.element.kind = Element::Kind::Integer;
  field.probability = word == TypeWord::Probability;
  field.stated = setting.type->span;
  return field;
}

bool same_sizes(const KnownField& known, const KnownField& stated) {
  if (!known.shape) return true;
  if (known.shape->size() != stated.shape->size()) return false;
  for (size_t axis = 0; axis < known.shape->size(); ++axis)
    if ((*known.shape)[axis] && (*known.shape)[axis] != (*stated.shape)[axis]) return false;
  return true;
}

/// What the source says of the field itself: of labels that they are some, and perhaps how many.
bool agrees(const KnownField& known, const KnownField& stated, bool open) {
  if (!same_sizes(known, stated)) return false;
  if (known.element.kind != Element::Kind::Class)
    return open || known.open || stated.element.kind != Element::Kind::Class || !known.shape;
  if (stated.element.kind != Element::Kind::Class) return true;
  return known.element.classes == 0 || known.element.classes <= stated.element.classes;
}

}  // namespace

void read_stated_type(const ast::Setting& setting, const CallReader& reader, DataBlock& block) {
  std::optional<KnownField> stated = field_of_type(setting, reader);
  if (!stated) return;
  const std::string name = stated->name == target_word && !block.target.empty() ? block.target : stated->name;
  stated->name = name;
  const auto known = std::ranges::find(block.fields, name, &KnownField::name);
  if (known == block.fields.end() && !block.open) {
    std::vector<std::string> names;
    for (const KnownField& field : block.fields) names.push_back(field.name);
    reader.report(
        unknown_word("E0515", setting.key.span, "the source has no field `" + name + "`", name, names, "it has"));
    return;
  }
  const bool column = known == block.fields.end() && block.table;
  if (column ? !stated->shape->empty() : known != block.fields.end() && !agrees(*known, *stated, block.open)) {
    Diagnostic misfit = error("E0515", setting.type->span, "field `" + name + "` is of another type");
    misfit.label = "stated here";
    if (column) misfit.notes.push_back({{}, "a column of a table is one number or one label an example"});
    else misfit.labels = {{known->span, "here the source tells it"}};
    reader.report(std::move(misfit));
    return;
  }
  if (known == block.fields.end()) {
    block.fields.push_back(std::move(*stated));
    return;
  }
  if (known->stated) {
    Diagnostic twice = error("E0512", setting.key.span, "the type of `" + name + "` is stated twice");
    twice.labels = {{*known->stated, "first stated here"}};
    reader.report(std::move(twice));
    return;
  }
  stated->bytes = known->bytes;
  *known = std::move(*stated);
}

}  // namespace dnnc
