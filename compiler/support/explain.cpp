#include "compiler/support/explain.h"

#include <cctype>

namespace dnnc {

std::optional<std::string> explanation(const std::string& code) {
  std::string name = code + ".md";
  if (!name.empty()) name[0] = char(std::toupper(static_cast<unsigned char>(name[0])));
  for (const EmbeddedText& page : explanation_pages()) {
    if (page.name == name) return page.text;
  }
  return std::nullopt;
}

}  // namespace dnnc
