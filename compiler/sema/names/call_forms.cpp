#include "compiler/sema/names/call_forms.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "compiler/sema/names/number.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/syntax/parse.h"

namespace dnnc {
namespace {

void report(const CallReader& reader, Diagnostic diagnostic) { reader.diagnostics.report(std::move(diagnostic)); }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// How the argument is written, for messages.
std::string expected(const CallArgument& argument) {
  switch (argument.kind) {
    case ArgumentKind::File:
      return "a path in quotes: " + argument.name + ": \"path\"";
    case ArgumentKind::FilePair:
      return "two paths: " + argument.name + ": [\"images\", \"labels\"]";
    case ArgumentKind::Column:
      return "a name: " + argument.name + ": column";
    case ArgumentKind::Spread:
      return "a constant number of at least 0";
    case ArgumentKind::Whole:
      return "a whole number of at least 1";
    case ArgumentKind::Seed:
      return "a whole number from 0 to " + std::to_string(runtime::most_seed);
    case ArgumentKind::Share:
      return "a part of the whole, like 20%";
    case ArgumentKind::Sizes:
      return "two sizes, like 32x32";
    case ArgumentKind::Word:
      return "one of these words: " + joined(argument.words);
    case ArgumentKind::Letter:
      return "one sign in quotes: " + argument.name + ": \",\"";
    case ArgumentKind::Words:
      return "a list of texts: " + argument.name + ": [\"-99\", \"unknown\"]";
    case ArgumentKind::Columns:
      return "a list of names: " + argument.name + ": [a, b]";
    case ArgumentKind::Truth:
      return "true or false";
    case ArgumentKind::Quantity:
      return "a quantity, like validation.loss";
  }
  return "";
}

/// `weights(file)`: with the arguments that it needs.
std::string written(const CallForm& form) {
  std::vector<std::string> needed;
  for (const CallArgument& argument : form.arguments)
    if (argument.required) needed.push_back(argument.name);
  return form.name + "(" + joined(needed) + ")";
}

DataValue text_value(std::string text, Span span) {
  return {.kind = DataValue::Kind::Text, .text = std::move(text), .place = span};
}
DataValue number_value(double number, Span span) {
  return {.kind = DataValue::Kind::Number, .number = number, .place = span};
}

std::optional<DataValue> read_text(const ast::Expression& value) {
  const auto* text = std::get_if<ast::String>(&value.kind);
  return text ? std::optional(text_value(text->value, value.span)) : std::nullopt;
}

/// An empty text names no file.
std::optional<DataValue> read_path(const ast::Expression& value) {
  std::optional<DataValue> path = read_text(value);
  return path && !path->text.empty() ? path : std::nullopt;
}

std::optional<DataValue> read_name(const ast::Expression& value) {
  const auto* name = std::get_if<ast::Name>(&value.kind);
  return name ? std::optional(text_value(name->text, value.span)) : read_text(value);
}

std::optional<DataValue> read_file_pair(const ast::Expression& value) {
  const auto* list = std::get_if<ast::List>(&value.kind);
  if (!list || list->items.size() != 2) return std::nullopt;
  DataValue pair{.kind = DataValue::Kind::List, .place = value.span};
  for (const ast::Ptr& item : list->items) {
    std::optional<DataValue> text = read_path(*item);
    if (!text) return std::nullopt;
    pair.items.push_back(*text);
  }
  return pair;
}

/// A sign that no cell is written with.
std::optional<DataValue> read_letter(const ast::Expression& value) {
  std::optional<DataValue> text = read_text(value);
  const bool sign = text && text->text.size() == 1 && text->text.find_first_of("\"\r\n\\") == std::string::npos;
  const auto letter = sign ? static_cast<unsigned char>(text->text[0]) : 'a';
  return letter < 0x80 && !std::isalnum(letter) ? text : std::nullopt;
}

std::optional<DataValue> read_words(const ast::Expression& value,
                                    std::optional<DataValue> (*read)(const ast::Expression& value)) {
  const auto* list = std::get_if<ast::List>(&value.kind);
  if (!list) return std::nullopt;
  DataValue words{.kind = DataValue::Kind::List, .place = value.span};
  for (const ast::Ptr& item : list->items) {
    std::optional<DataValue> text = read(*item);
    if (!text) return std::nullopt;
    words.items.push_back(*text);
  }
  return words;
}

std::optional<DataValue> read_sizes(const ast::Expression& value) {
  const auto* sizes = std::get_if<ast::Sizes>(&value.kind);
  if (!sizes || sizes->sizes.size() != 2) return std::nullopt;
  DataValue list{.kind = DataValue::Kind::List, .place = value.span};
  for (int64_t size : sizes->sizes) {
    if (size < 1) return std::nullopt;
    list.items.push_back(number_value(static_cast<double>(size), value.span));
  }
  return list;
}

std::optional<DataValue> read_word(const ast::Expression& value, const std::vector<std::string>& words) {
  const auto* name = std::get_if<ast::Name>(&value.kind);
  bool known = name && std::find(words.begin(), words.end(), name->text) != words.end();
  return known ? read_name(value) : std::nullopt;
}

constexpr double most_whole = 2147483647;

/// The number as the argument takes it. A seed is what it is to the last digit.
std::optional<DataValue> read_number(const Number& number, const CallArgument& argument, Span span) {
  DataValue value = number_value(value_of(number), span);
  const std::optional<int64_t> whole = whole_value(number);
  const auto fits = [&] {
    if (argument.kind == ArgumentKind::Whole) return whole && *whole >= 1;
    if (argument.kind == ArgumentKind::Seed) return whole && *whole >= 0;
    if (argument.kind == ArgumentKind::Share) return value.number > 0 && value.number < 1;
    return value.number >= 0 && fits_f32(number);
  };
  if (!fits()) return std::nullopt;
  if (argument.kind == ArgumentKind::Seed) value.whole = static_cast<uint64_t>(*whole);
  return value;
}

bool takes_text(ArgumentKind kind) {
  using enum ArgumentKind;
  return kind == File || kind == FilePair || kind == Column || kind == Columns || kind == Letter || kind == Words;
}

/// One text where a list of such is meant.
void suggest_list(Diagnostic& diagnostic, const ast::Ptr& value, const CallReader& reader) {
  if (!std::holds_alternative<ast::String>(value->kind)) return;
  const std::string list = "[" + std::string(reader.diagnostics.sources().text(value->span)) + "]";
  diagnostic.help = "write a list: `" + list + "`";
  diagnostic.replacement = {value->span, list};
}

/// Whether a word or number may stand for the argument.
bool takes_word(const CallArgument& argument, const std::string& word) {
  if (argument.kind == ArgumentKind::Word) return std::ranges::count(argument.words, word) > 0;
  const auto in_quantity = [](unsigned char sign) { return std::isalnum(sign) || sign == '_' || sign == '.'; };
  if (argument.kind == ArgumentKind::Quantity) return std::ranges::all_of(word, in_quantity);
  return is_literal(word);
}

/// `csv("a.csv", separator = ";")`
void report_assignment(const ast::Argument& argument, const std::vector<std::string>& names, const CallForm& form,
                       const CallReader& reader) {
  const bool known = std::find(names.begin(), names.end(), argument.name->text) != names.end();
  const std::optional<std::string> other = known ? std::nullopt : meant_word(argument.name->text, names);
  const std::string meant = other.value_or(argument.name->text);
  std::string value(reader.diagnostics.sources().text(argument.value->span));
  const auto* text = std::get_if<ast::String>(&argument.value->kind);
  const auto taken = std::ranges::find(form.arguments, meant, &CallArgument::name);
  if (text && taken != form.arguments.end() && !takes_text(taken->kind) && takes_word(*taken, text->value))
    value = text->value;
  report(reader, assigned_argument(argument, meant, value));
}

/// The place in the form of each argument of the call, or std::nullopt after an error.
std::optional<size_t> place_of(const ast::Argument& argument, size_t position, const CallForm& form,
                               const CallReader& reader) {
  if (!argument.name) {
    if (position < form.arguments.size()) return position;
    const std::string most =
        form.arguments.size() == 1 ? "one argument" : std::to_string(form.arguments.size()) + " arguments";
    report(reader, error("E0502", argument.value->span, "`" + form.name + "` takes " + most));
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const CallArgument& row : form.arguments) names.push_back(row.name);
  if (argument.sign.valid()) report_assignment(argument, names, form, reader);
  auto found = std::find(names.begin(), names.end(), argument.name->text);
  if (found != names.end()) return found - names.begin();
  if (argument.sign.valid()) return std::nullopt;
  report(reader,
         unknown_word("E0502", argument.name->span, "`" + form.name + "` has no argument `" + argument.name->text + "`",
                      argument.name->text, names, "it takes"));
  return std::nullopt;
}

}  // namespace

const ast::Ptr& without_brackets(const ast::Ptr& value) {
  const auto* bracketed = std::get_if<ast::Bracketed>(&value->kind);
  return bracketed ? without_brackets(bracketed->inner) : value;
}

ast::Ptr with_texts(const ast::Ptr& value, const CallReader& reader) {
  const ast::Ptr& inner = without_brackets(value);
  if (const auto* name = std::get_if<ast::Name>(&inner->kind)) {
    const std::optional<std::string> text = reader.text(name->text);
    return text ? std::make_shared<ast::Expression>(ast::Expression{inner->span, ast::String{*text}}) : inner;
  }
  const auto* list = std::get_if<ast::List>(&inner->kind);
  if (!list) return inner;
  ast::List texts;
  for (const ast::Ptr& item : list->items) texts.items.push_back(with_texts(item, reader));
  return std::make_shared<ast::Expression>(ast::Expression{inner->span, std::move(texts)});
}

std::optional<WrittenCall> written_call(const ast::Ptr& value) {
  const ast::Ptr& inner = without_brackets(value);
  if (const auto* call = std::get_if<ast::Call>(&inner->kind); call && call->binders.empty())
    return WrittenCall{call->function, call->arguments};
  if (const auto* name = std::get_if<ast::Name>(&inner->kind)) return WrittenCall{{name->text, inner->span}, {}};
  return std::nullopt;
}

std::optional<std::string> dotted_name(const ast::Ptr& value) {
  if (const auto* name = std::get_if<ast::Name>(&value->kind)) return name->text;
  const auto* member = std::get_if<ast::Member>(&value->kind);
  if (!member) return std::nullopt;
  std::optional<std::string> object = dotted_name(member->object);
  return object ? std::optional(*object + "." + member->member.text) : std::nullopt;
}

const CallForm* find_form(const std::string& what, const ast::Word& word, const std::vector<CallForm>& forms,
                          Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const CallForm& form : forms) {
    if (form.name == word.text) return &form;
    names.push_back(form.name);
  }
  Diagnostic unknown =
      unknown_word("E0501", word.span, "there is no " + what + " `" + word.text + "`", word.text, names, "there are");
  if (forms.size() == 1 && !unknown.replacement) unknown.help = "there is " + written(forms.front());
  diagnostics.report(std::move(unknown));
  return nullptr;
}

std::optional<DataValue> read_call(const WrittenCall& call, const CallForm& form, const CallReader& reader) {
  std::vector<std::optional<DataValue>> values(form.arguments.size());
  std::vector<bool> given(form.arguments.size());
  bool whole = true;
  for (size_t position = 0; position < call.arguments.size(); ++position) {
    const ast::Argument& argument = call.arguments[position];
    std::optional<size_t> place = place_of(argument, position, form, reader);
    if (place && given[*place]) {
      report(reader, error("E0502", argument.value->span, "`" + form.arguments[*place].name + "` is given twice"));
      place.reset();
    }
    if (place) given[*place] = true;
    if (place) values[*place] = read_argument(argument.value, form.arguments[*place], reader);
    whole = whole && place && values[*place];
  }
  const bool faulty = !whole;  // then what is missing may be what a misspelt name means
  DataValue result{.kind = DataValue::Kind::Call, .text = form.name, .place = call.word.span};
  for (size_t place = 0; place < form.arguments.size(); ++place) {
    const CallArgument& argument = form.arguments[place];
    if (!given[place] && argument.required) {
      if (!faulty)
        report(reader, error("E0502", call.word.span, "`" + form.name + "` needs `" + argument.name + "`",
                             "`" + argument.name + "` takes " + expected(argument)));
      whole = false;
    }
    if (!given[place] && argument.standard)
      values[place] = read_number(inexact(*argument.standard), argument, call.word.span);
    if (!values[place]) continue;
    result.named.push_back(*values[place]);
    result.named.back().name = argument.name;
  }
  return whole ? std::optional(result) : std::nullopt;
}

std::optional<DataValue> read_argument(const ast::Ptr& written, const CallArgument& argument,
                                       const CallReader& reader) {
  const ast::Ptr inner = takes_text(argument.kind) ? with_texts(written, reader) : without_brackets(written);
  if (std::holds_alternative<ast::String>(inner->kind) && !takes_text(argument.kind)) {
    Diagnostic text = error("E0503", written->span, "`" + argument.name + "` takes " + expected(argument));
    suggest_without_quotes(text, inner, [&](const std::string& word) { return takes_word(argument, word); });
    report(reader, std::move(text));
    return std::nullopt;
  }
  std::optional<DataValue> value;
  switch (argument.kind) {
    case ArgumentKind::File:
      value = read_path(*inner);
      break;
    case ArgumentKind::FilePair:
      value = read_file_pair(*inner);
      break;
    case ArgumentKind::Column:
      value = read_name(*inner);
      break;
    case ArgumentKind::Sizes:
      value = read_sizes(*inner);
      break;
    case ArgumentKind::Word:
      value = read_word(*inner, argument.words);
      break;
    case ArgumentKind::Letter:
      value = read_letter(*inner);
      break;
    case ArgumentKind::Words:
      value = read_words(*inner, read_text);
      break;
    case ArgumentKind::Columns:
      value = read_words(*inner, read_name);
      break;
    case ArgumentKind::Truth:
      if (const auto* truth = std::get_if<ast::Boolean>(&inner->kind)) value = number_value(truth->value, inner->span);
      break;
    case ArgumentKind::Quantity:
      if (std::optional<std::string> name = dotted_name(inner)) value = text_value(*name, inner->span);
      break;
    case ArgumentKind::Spread:
    case ArgumentKind::Whole:
    case ArgumentKind::Seed:
    case ArgumentKind::Share: {
      std::optional<Number> number = reader.constant(written);
      if (!number) return std::nullopt;
      value = read_number(*number, argument, written->span);
      const double most = argument.most.value_or(argument.kind == ArgumentKind::Whole ? most_whole : HUGE_VAL);
      if (value_of(*number) <= most) break;
      report(reader,
             error("E0503", written->span, "`" + argument.name + "` is at most " + std::to_string(std::llround(most))));
      return std::nullopt;
    }
  }
  if (value) return value;
  Diagnostic other = error("E0503", written->span, "`" + argument.name + "` takes " + expected(argument));
  if (argument.kind == ArgumentKind::Words) suggest_list(other, inner, reader);
  report(reader, std::move(other));
  return std::nullopt;
}

std::optional<DataValue> read_numbers(const ast::Ptr& written, const CallReader& reader) {
  const auto* list = std::get_if<ast::List>(&without_brackets(written)->kind);
  if (!list) {
    std::optional<Number> number = reader.constant(written);
    if (!number) return std::nullopt;
    return number_value(value_of(*number), written->span);
  }
  DataValue value{.kind = DataValue::Kind::List, .place = written->span};
  for (const ast::Ptr& item : list->items) {
    std::optional<DataValue> number = read_numbers(item, reader);
    if (!number) return std::nullopt;
    value.items.push_back(std::move(*number));
  }
  return value;
}

}  // namespace dnnc
