#pragma once
#include <string>
#include <vector>

#include "compiler/support/diagnostics.h"

namespace dnnc {

/// An error about a word that is none of `known`: suggests the nearest, or else lists them after `otherwise`.
Diagnostic unknown_word(std::string code, Span span, std::string message, const std::string& word,
                        const std::vector<std::string>& known, const std::string& otherwise);

}  // namespace dnnc
