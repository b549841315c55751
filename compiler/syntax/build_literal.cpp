#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "compiler/syntax/build_ast.h"
#include "compiler/syntax/units.h"
#include "runtime/program/nearest.h"

namespace dnnc {

std::string digits_of(Span number, const TreeSource& source) {
  std::string digits = source.text(number);
  std::erase(digits, '_');
  return digits;
}

namespace {

void check_number(const std::string& digits, Span span, const TreeSource& source) {
  if (std::isfinite(std::strtod(digits.c_str(), nullptr))) return;
  source.report(error("E0117", span, "this number is too large", "numbers go up to 1.8e308"));
}

void check_unit(const std::string& digits, const ast::Word& unit, const TreeSource& source) {
  if (unit_factor(unit.text)) return;
  std::vector<std::string> known;
  for (const Unit& row : units()) known.push_back(row.name);
  Diagnostic diagnostic = error("E0119", unit.span, fmt::format("`{}` is not a unit", unit.text));
  const auto near = runtime::nearest(unit.text, known);
  if (near) {
    diagnostic.help = fmt::format("did you mean `{} {}`?", digits, *near);
    diagnostic.replacement = {unit.span, *near};
  } else if (unit.text == "x") {
    diagnostic.help = "a size is written without blanks: `3x3`";
  } else {
    diagnostic.help = fmt::format("a product is written `{0} * {1}`, two arguments `{0}, {1}`", digits, unit.text);
  }
  source.report(std::move(diagnostic));
}

ast::Number build_number(DnnParser::LiteralContext* rule, const TreeSource& source) {
  const Span span = source.span(rule->NUMBER());
  ast::Number number{digits_of(span, source), ""};
  check_number(number.text, span, source);
  if (rule->word() == nullptr) return number;
  const ast::Word unit = source.word(rule->word());
  check_unit(number.text, unit, source);
  number.unit = unit.text;
  return number;
}

/// `3x3`: the lexer has seen to it that digits stand between the `x`.
ast::Sizes build_sizes(Span span, const TreeSource& source) {
  const std::string text = digits_of(span, source);
  ast::Sizes result;
  for (const char* at = text.c_str(); at < text.c_str() + text.size();) {
    int64_t size = 0;
    const auto [end, fault] = std::from_chars(at, text.c_str() + text.size(), size);
    if (fault != std::errc{}) {
      source.report(error("E0117", span, "this size is too large"));
      return result;
    }
    result.sizes.push_back(size);
    at = end + 1;
  }
  return result;
}

/// Nothing that a string is used for, paths above all, can hold what no editor shows. Tabs it may.
void report_control_characters(const std::string& raw, Span string, const TreeSource& source) {
  for (size_t at = 0; at < raw.size(); ++at) {
    const auto byte = static_cast<unsigned char>(raw[at]);
    if ((byte >= ' ' && byte != 0x7F) || byte == '\t') continue;
    const uint32_t place = string.begin + uint32_t(at);
    source.report(
        error("E0105", {string.source, place, place + 1}, fmt::format("U+{:04X} has no meaning in a string", byte)));
  }
}

}  // namespace

std::string unescape(Span string, const TreeSource& source) {
  const std::string raw = source.text(string);
  report_control_characters(raw, string, source);
  const size_t closing = raw.size() > 1 && raw.back() == '"' ? 1 : 0;
  std::string value;
  for (size_t i = 1; i + closing < raw.size(); ++i) {
    if (raw[i] != '\\' || i + closing + 1 >= raw.size()) {
      value += raw[i];
      continue;
    }
    const char escaped = raw[++i];
    if (escaped == 'n') value += '\n';
    else if (escaped == 't') value += '\t';
    else if (escaped == '"' || escaped == '\\') value += escaped;
    else {
      const auto at = string.begin + uint32_t(i);
      source.report(error("E0109", {string.source, at - 1, at + 1}, "an unknown escape in a string",
                          R"(these exist: \" \\ \n \t)"));
    }
  }
  return value;
}

ast::Ptr build_literal(DnnParser::LiteralContext* rule, const TreeSource& source) {
  const auto make = [&](auto kind) {
    return std::make_shared<const ast::Expression>(ast::Expression{source.span(rule), std::move(kind)});
  };
  if (rule->NUMBER() != nullptr) return make(build_number(rule, source));
  if (auto* sizes = rule->SIZES()) return make(build_sizes(source.span(sizes), source));
  if (auto* string = rule->STRING()) return make(ast::String{unescape(source.span(string), source)});
  if (auto* percent = rule->PERCENT()) {
    std::string text = digits_of(source.span(percent), source);
    text.pop_back();
    check_number(text, source.span(percent), source);
    return make(ast::Percent{std::move(text)});
  }
  return make(ast::Boolean{rule->TRUE() != nullptr});
}

}  // namespace dnnc
