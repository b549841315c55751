#include "compiler/sema/data/cell_readings.h"

#include <algorithm>
#include <optional>

#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_word.h"
#include "runtime/program/nearest.h"

namespace dnnc {
namespace {

using runtime::Reading;

constexpr Reading called_readings[] = {Reading::Missing, Reading::Days, Reading::Weekday, Reading::Hour};

std::string field_text(const std::string& function, const std::string& column) { return function + "(" + column + ")"; }

std::vector<std::string> names_of_fields(const DataBlock& block) {
  std::vector<std::string> names;
  for (const KnownField& field : block.fields) names.push_back(field.name);
  return names;
}

/// The labels that a reading gives; numbers for all others.
Element element_of(Reading reading) {
  if (reading == Reading::Weekday) return {Element::Kind::Class, 7};
  if (reading == Reading::Hour) return {Element::Kind::Class, 24};
  return {};
}

class CellSteps {
 public:
  CellSteps(DataBlock& block, const CallReader& reader, const OwnName& own)
      : block_(block), reader_(reader), own_(own) {}

  void read() {
    // What `missing` asks about may have its name by another step: that is read first.
    for (const bool missing : {false, true})
      for (at_ = 0; at_ < block_.steps.size(); ++at_)
        block_.steps[at_].formula = replace_expressions(
            block_.steps[at_].formula, [&](const ast::Ptr& part) { return replacement(part, missing); });
  }

 private:
  /// What stands for a part of a formula; null if it stays.
  ast::Ptr replacement(const ast::Ptr& part, bool missing) {
    if (const auto* binary = std::get_if<ast::Binary>(&part->kind)) return missing ? nullptr : compared(part, *binary);
    const auto* call = std::get_if<ast::Call>(&part->kind);
    if (!call || !call->binders.empty() || own_(call->function.text)) return nullptr;
    const std::string& word = call->function.text;
    if (!missing && word == runtime::source_words::column) {
      const std::optional<std::string> column = column_of(part);
      if (column) return field(part->span, word + "(\"", *column, "\")", Reading::Value);
      return refused(
          error("E0514", part->span, "`column` takes the name of a column in quotes", "write column(\"2nd flr\")"));
    }
    for (const Reading reading : called_readings) {
      if (word != runtime::word_of(reading) || (reading == Reading::Missing) != missing) continue;
      std::optional<std::string> column;
      if (call->arguments.size() == 1 && !call->arguments[0].name) column = column_of(call->arguments[0].value);
      if (!column) {
        Diagnostic none = error("E0514", part->span, "`" + word + "` takes one column",
                                "write " + word + "(name), or " + word + "(column(\"...\"))");
        if (call->arguments.size() == 1 && !call->arguments[0].name) name_column(none, call->arguments[0].value);
        return refused(std::move(none));
      }
      return field(part->span, word + "(", *column, ")", reading);
    }
    return nullptr;
  }

  /// `churn == "yes"`, or the other way round.
  ast::Ptr compared(const ast::Ptr& part, const ast::Binary& binary) {
    const ast::Ptr sides[] = {with_texts(binary.left, reader_), with_texts(binary.right, reader_)};
    const auto *left = std::get_if<ast::String>(&sides[0]->kind), *right = std::get_if<ast::String>(&sides[1]->kind);
    if (left && right) {
      Diagnostic texts = error("E0514", binary.left->span, "two texts are compared, a column and a word are wanted");
      name_column(texts, binary.left);
      return refused(std::move(texts));
    }
    if (!left && !right) return nullptr;
    const ast::Ptr& other = left ? binary.right : binary.left;
    const std::string& word = (left ? left : right)->value;
    const bool differs = binary.op == ast::BinaryOperator::Unequal;
    if (!differs && binary.op != ast::BinaryOperator::Equal) return nullptr;
    const std::optional<std::string> column = column_of(other);
    if (!column)
      return refused(error("E0514", other->span, "only a column is compared with a word",
                           "write the name of a column, or column(\"...\")"));
    const ast::Ptr equal = field(part->span, "", *column, " == \"" + word + "\"", Reading::Equals, word);
    if (!differs) return equal;
    return std::make_shared<ast::Expression>(ast::Expression{part->span, ast::Unary{ast::UnaryOperator::Not, equal}});
  }

  /// `"age"` where a column is wanted: a word is its name as it stands, else `column` takes it.
  static void name_column(Diagnostic& diagnostic, const ast::Ptr& written) {
    const auto in_word = [](unsigned char sign) { return std::isalnum(sign) || sign == '_'; };
    const auto is_name = [&](const std::string& text) {
      return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) && std::ranges::all_of(text, in_word);
    };
    const ast::Ptr& inner = without_brackets(written);
    if (suggest_without_quotes(diagnostic, inner, is_name)) return;
    const auto* text = std::get_if<ast::String>(&inner->kind);
    if (!text) return;
    const std::string column = std::string(runtime::source_words::column) + "(\"" + text->value + "\")";
    diagnostic.help = "write `" + column + "`";
    diagnostic.replacement = {inner->span, column};
  }

  /// The column that is named so, or by column("2nd flr").
  std::optional<std::string> column_of(const ast::Ptr& written) const {
    const ast::Ptr& inner = without_brackets(written);
    if (const auto* name = std::get_if<ast::Name>(&inner->kind)) {
      const KnownField* known = find_field(block_, name->text);
      return known && !known->column.empty() ? known->column : name->text;
    }
    const auto* call = std::get_if<ast::Call>(&inner->kind);
    if (!call || call->function.text != runtime::source_words::column || call->arguments.size() != 1)
      return std::nullopt;
    const ast::Ptr argument = with_texts(call->arguments[0].value, reader_);
    const auto* text = std::get_if<ast::String>(&argument->kind);
    if (text && !text->value.empty() && !call->arguments[0].name) return text->value;
    return std::nullopt;
  }

  /// The column of which the steps have made the field called so: what a name means before them, whatever they make of it
  /// later, so that the order of lines does not matter. With a step that makes the field by a formula of others, so that it is
  /// no column.
  std::pair<std::string, const FieldStep*> column_behind(const std::string& name) const {
    const std::string first = name == target_word && !block_.target.empty() ? block_.target : name;
    const auto behind = column_behind_steps(first);
    const auto made = std::ranges::find(block_.steps, first, &FieldStep::field);
    // A field that a formula makes only after this step is the column before.
    const bool later = made - block_.steps.begin() >= static_cast<std::ptrdiff_t>(at_);
    return behind.second && later ? std::pair(first, static_cast<const FieldStep*>(nullptr)) : behind;
  }
  std::pair<std::string, const FieldStep*> column_behind_steps(std::string column) const {
    auto end = block_.steps.end();
    while (true) {
      const auto made =
          std::find_if(block_.steps.begin(), end, [&](const FieldStep& step) { return step.field == column; });
      if (made == end || names_in(made->formula).contains(column)) return {column, nullptr};
      if (!std::holds_alternative<ast::Name>(without_brackets(made->formula)->kind)) return {column, &*made};
      const std::string other = *column_of(made->formula);
      if (other == column) return {column, nullptr};
      column = other;
      end = made;
    }
  }

  /// After an error: what stands there says nothing more.
  ast::Ptr refused(Diagnostic diagnostic) const {
    const Span span = diagnostic.span;
    reader_.report(std::move(diagnostic));
    return std::make_shared<ast::Expression>(ast::Expression{span, ast::Number{"0", ""}});
  }

  /// The name that stands for what is read of the cells of a column: it is `before`, the column, and `behind`.
  ast::Ptr field(Span span, const std::string& before, const std::string& written, const std::string& behind,
                 Reading reading, const std::string& word = "") {
    const auto [column, made_by] =
        reading == Reading::Value ? std::pair(written, static_cast<const FieldStep*>(nullptr)) : column_behind(written);
    if (made_by) {
      Diagnostic none = error("E0514", span, "`" + written + "` is no column: a formula makes it");
      none.labels = {{made_by->span, "here"}};
      return refused(std::move(none));
    }
    const std::string name = before + column + behind;
    const runtime::SourceRow& row = source_row_of(block_.source);
    const KnownField* known = find_field(block_, column);
    if (!row.cells)
      return refused(error("E0514", span, "`" + block_.source.text + "` has no cells that could be read so",
                           "csv and npz have some"));
    if (!known && !block_.open) {
      Diagnostic none = error("E0514", span, "the source has no column `" + column + "`");
      if (const std::optional<std::string> meant = runtime::nearest(column, names_of_fields(block_)))
        none.notes.push_back({{}, "did you mean `" + *meant + "`?"});
      return refused(std::move(none));
    }
    if (std::ranges::find(block_.readings, name, &KnownField::name) == block_.readings.end()) {
      KnownField made{.name = name, .shape = std::nullopt, .element = element_of(reading), .span = span};
      if (known) made.shape = known->shape;
      else if (block_.table) made.shape = std::vector<std::optional<int64_t>>{};
      made.bytes = reading == Reading::Missing || reading == Reading::Equals;
      made.column = column;
      made.reading = reading;
      made.word = word;
      block_.readings.push_back(std::move(made));
    }
    return std::make_shared<ast::Expression>(ast::Expression{span, ast::Name{name}});
  }

  DataBlock& block_;
  const CallReader& reader_;
  const OwnName& own_;
  size_t at_ = 0;  ///< the step that is read
};

/// `group(patient)` or `order(date)`, where these are read of cells; else the field as the source has it.
void read_by(DataBlock& block, Split& split, const CallReader& reader) {
  const KnownField* known = find_field(block, split.by);
  if (!known && !block.open) {
    reader.report(unknown_word("E0502", split.by_span, "the source has no field `" + split.by + "`", split.by,
                               names_of_fields(block), "it has"));
    return;
  }
  const std::string column = known ? known->name : split.by;
  split.by = column;
  if (!source_row_of(block.source).cells) return;
  const bool groups = split.method == SplitMethod::Groups;
  const Reading reading = groups ? Reading::Group : Reading::Order;
  KnownField by{.name = field_text(runtime::word_of(reading), column),
                .shape = std::vector<std::optional<int64_t>>{},
                .element = {groups ? Element::Kind::Integer : Element::Kind::Real, 0},
                .span = split.by_span,
                .column = column,
                .reading = reading};
  split.by = by.name;
  if (!find_field(block, by.name)) block.readings.push_back(std::move(by));
}

}  // namespace

void read_splits(DataBlock& block, const CallReader& reader) {
  for (Split& split : block.splits)
    if (!split.by.empty()) read_by(block, split, reader);
}

std::string missing_field(const std::string& column) { return field_text(runtime::word_of(Reading::Missing), column); }

std::vector<std::string> cell_functions() {
  std::vector<std::string> words = {runtime::source_words::column};
  for (const Reading reading : called_readings) words.emplace_back(runtime::word_of(reading));
  return words;
}

void read_cells(DataBlock& block, const CallReader& reader, const OwnName& own) {
  CellSteps(block, reader, own).read();
}

}  // namespace dnnc
