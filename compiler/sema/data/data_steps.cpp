#include <algorithm>
#include <charconv>
#include <utility>

#include "compiler/sema/data/data_blocks.h"
#include "compiler/sema/names/number.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_word.h"

namespace dnnc {
namespace {

using runtime::FitMethod;

constexpr const char* fitted_words[] = {standardize_word, impute_word};
constexpr FitMethod fillings[] = {FitMethod::Median, FitMethod::Mean, FitMethod::MostFrequent};

/// The names of the statistics of a field: a second time they get a number.
std::string fitted_name(const DataBlock& block, const FieldStep& step) {
  auto count = std::count_if(block.steps.begin(), block.steps.end(), [&](const FieldStep& other) {
    return other.field == step.field && other.fills == step.fills && !other.fitted.empty();
  });
  return count == 0 ? step.field : step.field + std::to_string(count + 1);
}

bool is_one_field(const std::vector<ast::Argument>& arguments) { return arguments.size() == 1 && !arguments[0].name; }

/// `field`: that of the step, which is meant where no other is named.
void report_form(const WrittenCall& call, const std::string& field, const CallReader& reader) {
  const std::string& word = call.word.text;
  const bool fills = word == impute_word;
  const ast::Name* named = nullptr;
  if (!call.arguments.empty() && !call.arguments[0].name)
    named = std::get_if<ast::Name>(&without_brackets(call.arguments[0].value)->kind);
  reader.report(
      error("E0509", call.word.span, "`" + word + "` takes one field" + (fills ? " and how to fill it" : ""),
            "write " + field + " = " + word + "(" + (named ? named->text : field) + (fills ? ", by: median)" : ")")));
}

/// What others call the fillings.
constexpr std::pair<const char*, FitMethod> other_names[] = {{"mode", FitMethod::MostFrequent},
                                                             {"avg", FitMethod::Mean}};

std::string meant_filling(const std::string& word) {
  for (const auto& [other, method] : other_names)
    if (word == other) return runtime::word_of(method);
  return word;
}

/// `by: median`, or a number. False after an error.
bool read_filling(const ast::Ptr& by, const CallReader& reader, FieldStep& step) {
  if (const auto* text = std::get_if<ast::String>(&without_brackets(by)->kind)) {
    Diagnostic quoted = error("E0509", by->span, "nothing is filled by a text");
    const std::string meant = meant_filling(text->value);
    if (std::ranges::any_of(fillings, [&](FitMethod method) { return runtime::word_of(method) == meant; })) {
      quoted.help = "write by: " + meant;
      quoted.replacement = {by->span, meant};
    } else if (!suggest_without_quotes(quoted, without_brackets(by), is_literal)) {
      quoted.notes.push_back({{}, "write by: most_frequent, or by: 0, the place of a word in the alphabet"});
    }
    reader.report(std::move(quoted));
    return false;
  }
  if (const auto* name = std::get_if<ast::Name>(&without_brackets(by)->kind)) {
    std::vector<std::string> known;
    for (const FitMethod method : fillings) {
      known.emplace_back(runtime::word_of(method));
      if (known.back() != name->text) continue;
      step.method = method;
      return true;
    }
    Diagnostic unknown = error("E0509", by->span, "there is no filling `" + name->text + "`");
    const std::string meant = meant_filling(name->text);
    if (meant != name->text) {
      unknown.help = "did you mean `" + meant + "`?";
      unknown.replacement = {by->span, meant};
    }
    if (meant != name->text || suggest(unknown, name->text, known)) {
      reader.report(std::move(unknown));
      return false;
    }
  }
  const std::optional<Number> number = reader.constant(by);
  if (!number) return false;
  step.fill = value_of(*number);
  if (fits_f32(*number)) return true;
  reader.report(error("E0215", by->span, "this number is too large for f32", "numbers of f32 go up to 3.4e38"));
  return false;
}

/// `impute(age, by: median)`. False after an error.
bool read_impute(const WrittenCall& call, const CallReader& reader, FieldStep& step) {
  step.fills = true;
  ast::Ptr by;
  std::vector<ast::Argument> others;
  for (const ast::Argument& argument : call.arguments)
    if (argument.name && argument.name->text == by_word && !by) by = argument.value;
    else others.push_back(argument);
  if (!by || !is_one_field(others)) {
    report_form(call, step.field, reader);
    return false;
  }
  step.formula = others[0].value;
  return read_filling(by, reader, step);
}

/// `label - 1`, `label + 2`, `label`.
std::optional<int64_t> shift_of(const ast::Ptr& formula) {
  const ast::Ptr& inner = without_brackets(formula);
  if (std::holds_alternative<ast::Name>(inner->kind)) return 0;
  const auto* binary = std::get_if<ast::Binary>(&inner->kind);
  const auto* number = binary ? std::get_if<ast::Number>(&without_brackets(binary->right)->kind) : nullptr;
  const bool named = binary && std::holds_alternative<ast::Name>(without_brackets(binary->left)->kind);
  int64_t whole = 0;
  if (!named || !number || !number->unit.empty()) return std::nullopt;
  const char* const end = number->text.data() + number->text.size();
  const auto [behind, error] = std::from_chars(number->text.data(), end, whole);
  if (error != std::errc() || behind != end || whole > INT32_MAX) return std::nullopt;
  if (binary->op == ast::BinaryOperator::Add) return whole;
  return binary->op == ast::BinaryOperator::Subtract ? std::optional(-whole) : std::nullopt;
}

/// False after an error.
bool add_step(const ast::Setting& setting, const CallReader& reader, DataBlock& block) {
  FieldStep step{.field = setting.key.text, .formula = setting.value, .span = setting.span};
  const std::optional<WrittenCall> call = written_call(setting.value);
  bool fitted = false;
  if (call && call->word.text == impute_word) {
    if (!read_impute(*call, reader, step)) return false;
    fitted = !step.fill;
  } else if (call && call->word.text == standardize_word) {
    if (!is_one_field(call->arguments)) {
      report_form(*call, step.field, reader);
      return false;
    }
    step.formula = call->arguments[0].value;
    fitted = true;
    // What is filled first is a step before it.
    const std::optional<WrittenCall> inner = written_call(step.formula);
    if (inner && inner->word.text == impute_word && !inner->arguments.empty()) {
      if (!add_step({setting.key, {}, step.formula, setting.span}, reader, block)) return false;
      step.formula = std::make_shared<ast::Expression>(ast::Expression{step.formula->span, ast::Name{step.field}});
    }
  }
  if (fitted) step.fitted = fitted_name(block, step);
  for (const char* word : fitted_words) {
    if (!names_in(step.formula).contains(word)) continue;
    reader.report(error("E0509", setting.value->span,
                        std::string("`") + word + "` must stand alone on the right of `=`",
                        "write " + step.field + " = " + word + "(...) in a line of its own"));
    return false;
  }
  block.steps.push_back(std::move(step));
  return true;
}

}  // namespace

void find_shifts(DataBlock& block) {
  for (FieldStep& step : block.steps)
    if (step.fitted.empty() || step.fills) step.shift = shift_of(step.formula);
}

void read_step(const ast::Setting& setting, const CallReader& reader, DataBlock& block) {
  if (add_step(setting, reader, block)) return;
  // The field is there all the same, so that only the step itself is wrong.
  const ast::Expression itself{setting.value->span, ast::Name{setting.key.text}};
  block.steps.push_back(
      {.field = setting.key.text, .formula = std::make_shared<ast::Expression>(itself), .span = setting.span});
}

}  // namespace dnnc
