#include "compiler/sema/unknown_word.h"

namespace dnnc {

Diagnostic unknown_word(std::string code, Span span, std::string message, const std::string& word,
                        const std::vector<std::string>& known, const std::string& otherwise) {
  Diagnostic diagnostic = error(std::move(code), span, std::move(message));
  if (std::optional<std::string> meant = nearest(word, known)) {
    diagnostic.help = "did you mean `" + *meant + "`?";
    diagnostic.replacement = *meant;
    return diagnostic;
  }
  for (const std::string& name : known) diagnostic.help += (diagnostic.help.empty() ? otherwise + " " : ", ") + name;
  return diagnostic;
}

}  // namespace dnnc
