#include "compiler/sema/data/data_blocks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "compiler/sema/data/augmentations.h"
#include "compiler/sema/data/cell_readings.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

constexpr const char* share_argument = "share";

const std::vector<CallForm>& split_forms() {
  const CallArgument share = {share_argument, ArgumentKind::Share, true},
                     seed = {runtime::source_words::seed, ArgumentKind::Seed, false, 0},
                     by = {by_word, ArgumentKind::Column, true}, order = {by_word, ArgumentKind::Column, false};
  const auto form_of = [](SplitMethod method, std::vector<CallArgument> arguments) {
    return CallForm{runtime::word_of(method), std::move(arguments)};
  };
  static const std::vector<CallForm> forms = {
      form_of(SplitMethod::Tail, {share, order}),
      form_of(SplitMethod::Random, {share, seed}),
      form_of(SplitMethod::Stratified, {share, seed}),
      form_of(SplitMethod::Groups, {share, by, seed}),
  };
  return forms;
}

using Size = std::optional<int64_t>;

/// The sizes that one word of SourceField's notation stands for.
std::vector<Size> sizes_of(const std::string& word, const DataValue& call) {
  if (word == "named") return {static_cast<int64_t>(source_row_of(call).class_names.size())};
  if (word == "?") return {std::nullopt};
  int64_t number = 0;
  if (std::from_chars(word.data(), word.data() + word.size(), number).ec == std::errc()) return {number};
  const DataValue* argument = call.argument(word);
  if (!argument) return {std::nullopt};
  if (argument->kind == DataValue::Kind::Number) return {static_cast<int64_t>(argument->number)};
  std::vector<Size> sizes;
  for (const DataValue& item : argument->items) sizes.push_back(static_cast<int64_t>(item.number));
  return sizes;
}

KnownField known_field(const runtime::SourceField& row, const DataValue& call) {
  KnownField field{.name = row.name, .shape = std::nullopt, .element = {}, .bytes = row.bytes, .span = call.place};
  if (row.label) field.element = {Element::Kind::Class, sizes_of(row.classes, call).front().value_or(0)};
  if (std::string(row.shape) == "*") return field;
  std::vector<Size> shape;
  std::istringstream words(row.shape);
  for (std::string word; words >> word;)
    for (Size size : sizes_of(word, call)) shape.push_back(size);
  field.shape = shape;
  return field;
}

void add_fields(DataBlock& block) {
  const runtime::SourceRow& row = source_row_of(block.source);
  for (const runtime::SourceField& field : row.fields) block.fields.push_back(known_field(field, block.source));
  block.open = row.open;
  block.table = row.table;
  block.target = row.target;
  if (!row.target_named) return;
  const DataValue* column = block.source.argument(row.target);
  block.target = column ? column->text : "";
  if (!column) return;
  KnownField target{.name = column->text, .shape = std::nullopt, .element = {}, .span = column->place};
  if (row.table || !row.open) target.shape = std::vector<Size>{};
  block.fields.push_back(std::move(target));
}

bool read_builtin(const WrittenCall& call, const CallReader& reader, DataBlock& block) {
  const ast::Name* name = nullptr;
  if (call.arguments.size() == 1) name = std::get_if<ast::Name>(&without_brackets(call.arguments[0].value)->kind);
  if (!name) {
    Diagnostic unnamed =
        error("E0502", call.word.span, "`builtin` takes the name of a data set", "write builtin(mnist)");
    if (call.arguments.size() == 1)
      suggest_without_quotes(unnamed, without_brackets(call.arguments[0].value), [](const std::string& word) {
        return std::ranges::count(builtin_forms(), word, &CallForm::name) > 0;
      });
    reader.report(std::move(unnamed));
    return false;
  }
  ast::Word word{name->text, call.arguments[0].value->span};
  if (!find_form("built-in data set", word, builtin_forms(), reader.diagnostics)) return false;
  const DataValue set{
      .kind = DataValue::Kind::Text, .text = word.text, .name = runtime::source_words::set, .place = word.span};
  block.source = {.kind = DataValue::Kind::Call, .text = call.word.text, .named = {set}, .place = call.word.span};
  add_fields(block);
  return true;
}

/// Reports a sign that would part cells and digits.
bool tells_cells_from_digits(const DataValue& source, const CallReader& reader) {
  const DataValue *decimal = source.argument(runtime::source_words::decimal),
                  *separator = source.argument(runtime::source_words::separator);
  if (!decimal || decimal->text != (separator ? separator->text : ",")) return true;
  reader.report(error("E0503", decimal->place, "`" + decimal->text + "` parts the cells already",
                      "say what does: separator: \";\""));
  return false;
}

bool read_source(const ast::Ptr& value, const CallReader& reader, DataBlock& block) {
  std::optional<WrittenCall> call = written_call(value);
  if (!call) {
    Diagnostic other = error("E0501", value->span, "a source is a call like `csv(\"a.csv\", target: price)`");
    suggest_without_quotes(other, without_brackets(value), [](const std::string& word) {
      return std::ranges::any_of(source_forms(), [&](const CallForm& form) {
        return form.name == word && !form.arguments.empty() &&
               std::ranges::none_of(form.arguments, &CallArgument::required);
      });
    });
    reader.report(std::move(other));
    return false;
  }
  const CallForm* form = find_form(keyword::source, call->word, source_forms(), reader.diagnostics);
  if (!form) return false;
  if (form->name == "rows") return read_rows({call->word, call->arguments, {}}, reader, block);
  if (form->name == runtime::builtin_word) return read_builtin(*call, reader, block);
  std::optional<DataValue> source = read_call(*call, *form, reader);
  if (!source || !tells_cells_from_digits(*source, reader)) return false;
  block.source = std::move(*source);
  add_fields(block);
  return true;
}

void read_split(const ast::Setting& setting, DataPart part, const CallReader& reader, DataBlock& block) {
  std::optional<WrittenCall> call = written_call(setting.value);
  if (!call) {
    reader.report(error("E0501", setting.value->span, "`" + setting.key.text + "` takes a way of choosing examples",
                        "write " + setting.key.text + " = tail(20%)"));
    return;
  }
  const CallForm* form = find_form("way of choosing examples", call->word, split_forms(), reader.diagnostics);
  std::optional<DataValue> value = form ? read_call(*call, *form, reader) : std::nullopt;
  if (!value) return;
  const DataValue* seed = value->argument(runtime::source_words::seed);
  block.splits.push_back({{.part = part,
                           .method = *runtime::value_named<SplitMethod>(form->name),
                           .share = value->argument(share_argument)->number,
                           .seed = seed ? *seed->whole : 0,
                           .by = value->word(by_word)},
                          call->word.span,
                          value->argument(by_word) ? value->argument(by_word)->place : Span{}});
}

/// The parts that a data block may split off the examples: all but what is left for training.
std::optional<DataPart> part_split_off(const std::string& word) {
  const std::optional<DataPart> part = runtime::value_named<DataPart>(word);
  return part == DataPart::Train ? std::nullopt : part;
}
std::vector<std::string> parts_split_off() {
  std::vector<std::string> all;
  for (const auto& [part, word] : runtime::words<DataPart>)
    if (part_split_off(word)) all.push_back(word);
  return all;
}

/// `validaiton = random(20%)`: a way of choosing examples, but for no part.
bool chooses_for_no_part(const ast::Setting& setting, const CallReader& reader) {
  const std::optional<WrittenCall> call = written_call(setting.value);
  const auto is_called = [&](const CallForm& form) { return call && form.name == call->word.text; };
  const std::vector<std::string> parts = parts_split_off();
  if (std::ranges::none_of(split_forms(), is_called) || !meant_word(setting.key.text, parts)) return false;
  Diagnostic diagnostic = error("E0501", setting.key.span, "there is no part `" + setting.key.text + "`");
  suggest(diagnostic, setting.key.text, parts);
  reader.report(std::move(diagnostic));
  return true;
}

/// Reports settings that may not be given twice, and paths, which no setting of data has.
bool well_formed(const ast::Setting& setting, const std::vector<ast::Setting>& all, const CallReader& reader) {
  if (!setting.paths.empty()) {
    reader.report(error("E0512", setting.paths.front().span, "`" + setting.key.text + "` of data takes no `for`"));
    return false;
  }
  const std::string& key = setting.key.text;
  if (key != keyword::source && key != keyword::augment && !part_split_off(key)) return true;
  const ast::Setting& first = *std::find_if(
      all.begin(), all.end(), [&](const ast::Setting& other) { return other.key.text == setting.key.text; });
  if (&first == &setting) return true;
  Diagnostic diagnostic = error("E0512", setting.key.span, "`" + setting.key.text + "` is given twice");
  diagnostic.labels = {{first.key.span, "first given here"}};
  reader.report(std::move(diagnostic));
  return false;
}

/// Points at a step whose name is nearly `source`, if there is one.
void report_missing_source(const ast::Data& data, const CallReader& reader) {
  const std::string message = "data `" + data.name.text + "` has no source";
  for (const ast::Setting& setting : data.settings) {
    Diagnostic diagnostic = error("E0505", setting.key.span, message);
    if (suggest(diagnostic, setting.key.text, {keyword::source})) return reader.report(std::move(diagnostic));
  }
  reader.report(error("E0505", data.name.span, message, "write source = csv(\"file.csv\", target: column)"));
}

/// How many examples the source has for training before any are taken away, if the text says it.
std::optional<int64_t> examples_of(const DataBlock& block) {
  if (block.examples) return block.examples;
  if (const int64_t examples = source_row_of(block.source).examples) return examples;
  const DataValue* count = block.source.argument("n");
  return count ? std::optional(static_cast<int64_t>(count->number)) : std::nullopt;
}

/// Reports parts that loading the data would refuse: of what the source has already, and of none or all that is there.
void check_parts(const DataBlock& block, const CallReader& reader) {
  std::optional<int64_t> left = examples_of(block);
  for (const Split& split : block.splits) {
    if (split.part == DataPart::Test && has_test_part(block.source)) {
      Diagnostic twice = error("E0507", split.span, "the source has test examples of its own", "leave out `test`");
      twice.labels = {{block.source.place, "the source"}};
      reader.report(std::move(twice));
    }
    if (source_row_of(block.source).in_time && (split.method != SplitMethod::Tail || !split.by.empty()))
      reader.report(error("E0507", split.span,
                          "windows of `" + block.source.text + "` overlap: both parts would hold the same rows",
                          "take the last: tail(20%)"));
    if (!left) continue;
    const auto taken = static_cast<int64_t>(std::llround(split.share * static_cast<double>(*left)));
    if (taken == 0 || taken == *left) {
      const std::string all = std::to_string(*left) + (*left == 1 ? " example" : " examples");
      reader.report(error(
          "E0507", split.span,
          "`" + std::string(runtime::word_of(split.part)) + "` would be " + std::to_string(taken) + " of " + all));
      return;
    }
    *left -= taken;
  }
}

/// How many rows are left for training, where all are in the text.
void count_training_rows(DataBlock& block) {
  if (!block.examples) return;
  double share = 0;
  for (const Split& split : block.splits) share += split.share;
  double kept = static_cast<double>(*block.examples) * (1 - share);
  block.examples = std::max<int64_t>(1, static_cast<int64_t>(kept + 1));
  if (share == 0) *block.examples = static_cast<int64_t>(block.source.items.size());
}

}  // namespace

std::optional<DataBlock> read_data(const ast::Data& data, const CallReader& reader, const OwnName& own) {
  DataBlock block;
  block.name = data.name;
  bool source_given = false, source_read = false;
  std::vector<const ast::Setting*> types;
  for (const ast::Setting& setting : data.settings) {
    if (setting.type) types.push_back(&setting);
    if (setting.type || !well_formed(setting, data.settings, reader)) continue;
    const std::string& key = setting.key.text;
    if (key == keyword::source) {
      source_given = true;
      source_read = read_source(setting.value, reader, block);
    } else if (const std::optional<DataPart> part = part_split_off(key)) {
      read_split(setting, *part, reader, block);
    } else if (key == keyword::augment) {
      read_augment(setting, reader, block);
    } else if (!chooses_for_no_part(setting, reader)) {
      read_step(setting, reader, block);
    }
  }
  if (!source_given) report_missing_source(data, reader);
  if (!source_read) return std::nullopt;
  for (const ast::Setting* type : types) read_stated_type(*type, reader, block);
  read_cells(block, reader, own);
  read_splits(block, reader);
  find_shifts(block);
  check_parts(block, reader);
  count_training_rows(block);
  return block;
}

const KnownField* find_field(const DataBlock& block, const std::string& name) {
  const std::string& wanted = name == target_word ? block.target : name;
  for (const std::vector<KnownField>* fields : {&block.fields, &block.readings})
    for (const KnownField& field : *fields)
      if (field.name == wanted) return &field;
  return nullptr;
}

}  // namespace dnnc
