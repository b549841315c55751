#pragma once
#include <optional>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// The candidate nearest to `word` by edit distance, if one is near enough to have been meant; else the longest that is
/// a part of it: `batch` of `batch_size`.
std::optional<std::string> nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace dnnc::runtime
