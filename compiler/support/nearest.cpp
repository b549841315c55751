#include <algorithm>
#include <cctype>
#include <utility>

#include "compiler/support/diagnostics.h"

namespace dnnc {
namespace {

std::string lower_case(std::string word) {
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return word;
}

/// Insertions, deletions, replacements and swaps of neighbours that make one word of the other (optimal string
/// alignment). Stops early with `limit + 1`.
size_t edit_distance(const std::string& a, const std::string& b, size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<size_t> two_above, above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
    two_above = std::exchange(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::optional<std::string> nearest(const std::string& word, const std::vector<std::string>& candidates) {
  constexpr size_t longest = 80;  // a longer word was not a slip of the keyboard
  constexpr size_t most_letters = 1 << 16;  // so many names no person has written
  size_t letters = 0;
  for (const std::string& candidate : candidates) letters += candidate.size();
  if (word.empty() || word.size() > longest || letters > most_letters) return std::nullopt;
  const std::string lower = lower_case(word);
  size_t best_distance = std::max<size_t>(word.size(), 3) / 3;
  std::optional<std::string> best;
  for (const std::string& candidate : candidates) {
    if (candidate == word) continue;
    const size_t distance = edit_distance(lower, lower_case(candidate), best_distance);
    const bool meant = distance < std::min(word.size(), candidate.size());
    // Of two equally near words the one that begins alike was meant.
    const bool begins_alike = best && lower[0] == lower_case(candidate)[0] && lower[0] != lower_case(*best)[0];
    const bool nearer = distance < best_distance || (distance == best_distance && (!best || begins_alike));
    if (!meant || !nearer) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace dnnc
