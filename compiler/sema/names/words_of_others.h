#pragma once
#include <optional>
#include <string>
#include <vector>

namespace dnnc {

/// The one of `known` that another library calls so, by compiler/library/words_of_others.txt; nothing where there are several.
std::optional<std::string> word_for_theirs(const std::string& theirs, const std::vector<std::string>& known);

}  // namespace dnnc
