#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/support/embedded_text.h"

namespace dnnc {

/// The pages of explain/: what each code means, with a wrong and a right example. Named `E0101.md`.
const std::vector<EmbeddedText>& explanation_pages();

/// The page of a code, `E0101` or `e0101`, as Markdown.
std::optional<std::string> explanation(const std::string& code);

}  // namespace dnnc
