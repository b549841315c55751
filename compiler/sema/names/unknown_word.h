#pragma once
#include <functional>
#include <string>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "compiler/syntax/ast.h"

namespace dnnc {

/// The one of `known` that was meant by a word that is none of them: what another library calls so, else the
/// nearest; none where others call several so.
std::optional<std::string> meant_word(const std::string& word, const std::vector<std::string>& known);

/// Makes the one of `known` that was meant the help of an error about a word, and the replacement of the place it points at. False,
/// and no change, where none is near.
bool suggest(Diagnostic& diagnostic, const std::string& word, const std::vector<std::string>& known);

/// The error about a name that means nothing where it stands. `known` gives the names among which the one that was meant is
/// looked for. That is done only while `diagnostics` keeps errors: a text may have very many.
Diagnostic undefined_name(const std::string& name, Span span, const Diagnostics& diagnostics,
                          const std::function<std::vector<std::string>()>& known);

/// An error about a word that is none of `known`: suggests the nearest, or else lists them after `otherwise`.
Diagnostic unknown_word(std::string code, Span span, std::string message, const std::string& word,
                        const std::vector<std::string>& known, const std::string& otherwise);

/// `"relu"` where no text is wanted: if `takes` what stands in the quotes, the help is to write that without them. False, and
/// no change, if it does not, or if `value` is no text.
using TakesWord = std::function<bool(const std::string&)>;
bool suggest_without_quotes(Diagnostic& diagnostic, const ast::Ptr& value, const TakesWord& takes);

/// `a loss`, `an optimizer`
std::string with_article(const std::string& noun);

}  // namespace dnnc
