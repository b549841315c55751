#include "compiler/sema/names/unknown_word.h"

#include "compiler/sema/names/words_of_others.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/nearest.h"

namespace dnnc {

std::optional<std::string> meant_word(const std::string& word, const std::vector<std::string>& known) {
  const std::set<std::string> ours = words_for_theirs(word, known);
  if (ours.empty()) return runtime::nearest(word, known);
  return ours.size() == 1 ? std::optional(*ours.begin()) : std::nullopt;
}

bool suggest(Diagnostic& diagnostic, const std::string& word, const std::vector<std::string>& known) {
  const std::optional<std::string> meant = meant_word(word, known);
  if (!meant) {
    std::string several;
    for (const std::string& ours : words_for_theirs(word, known))
      several += (several.empty() ? "`" : " or `") + ours + "`";
    if (!several.empty()) diagnostic.notes.push_back({{}, "did you mean " + several + "?"});
    return !several.empty();
  }
  diagnostic.help = "did you mean `" + *meant + "`?";
  diagnostic.replacement = {diagnostic.span, *meant};
  return true;
}

Diagnostic undefined_name(const std::string& name, Span span, const Diagnostics& diagnostics,
                          const std::function<std::vector<std::string>()>& known) {
  Diagnostic diagnostic = error("E0201", span, "`" + name + "` is not defined");
  diagnostic.once = true;
  if (diagnostics.error_count() >= Diagnostics::most_errors) return diagnostic;
  std::vector<std::string> words = known();
  words.insert(words.end(), {keyword::yes, keyword::no});
  if (!suggest(diagnostic, name, words) && name == "range") diagnostic.help = "an index runs from 0: `for i in n`";
  return diagnostic;
}

Diagnostic unknown_word(std::string code, Span span, std::string message, const std::string& word,
                        const std::vector<std::string>& known, const std::string& otherwise) {
  Diagnostic diagnostic = error(std::move(code), span, std::move(message));
  if (suggest(diagnostic, word, known)) return diagnostic;
  for (const std::string& name : known) diagnostic.help += (diagnostic.help.empty() ? otherwise + " " : ", ") + name;
  return diagnostic;
}

bool suggest_without_quotes(Diagnostic& diagnostic, const ast::Ptr& value, const TakesWord& takes) {
  const auto* text = value ? std::get_if<ast::String>(&value->kind) : nullptr;
  if (!text || !takes(text->value)) return false;
  diagnostic.help = "write it without quotes: `" + text->value + "`";
  diagnostic.replacement = {value->span, text->value};
  return true;
}

std::string with_article(const std::string& noun) {
  return (std::string("aeiou").find(noun.front()) == std::string::npos ? "a " : "an ") + noun;
}

}  // namespace dnnc
