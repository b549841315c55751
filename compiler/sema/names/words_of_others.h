#pragma once
#include <set>
#include <string>
#include <vector>

namespace dnnc {

/// Those of `known` that other libraries call so, by compiler/library/words_of_others.txt.
std::set<std::string> words_for_theirs(const std::string& theirs, const std::vector<std::string>& known);

}  // namespace dnnc
