#include "runtime/program/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace dnnc::runtime {
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

/// The word in lower case, cut where it is joined: `batch size` of batch_size and batch-size, `max pool 2d` of MaxPool2d.
std::vector<std::string> parts_of(const std::string& word) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < word.size(); ++i) {
    const auto is = [&](size_t at, int (*kind)(int)) { return kind(static_cast<unsigned char>(word[at])) != 0; };
    const bool cut = i > 0 && ((is(i, std::isupper) && !is(i - 1, std::isupper)) ||
                               (is(i, std::isdigit) && !is(i - 1, std::isdigit)));
    const bool joins = word[i] == '_' || word[i] == '-';
    if ((cut || joins) && !parts.back().empty()) parts.emplace_back();
    if (!joins) parts.back() += lower_case(std::string(1, word[i]));
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::string());
}

/// Whether neighbouring parts make the word.
bool has_run(const std::vector<std::string>& parts, const std::string& word) {
  for (size_t first = 0; first < parts.size(); ++first) {
    std::string run;
    for (size_t last = first; last < parts.size() && run.size() < word.size(); ++last) run += parts[last];
    if (run == word) return true;
  }
  return false;
}

/// Other libraries' words hold ours: batch_size, learning_rate, MaxPool2d, BatchNormalization. Gives the longest word
/// that is some of the parts, at least a third of the whole, or with which it begins, at least half of it.
std::optional<std::string> held_word(const std::string& word, const std::vector<std::string>& candidates) {
  constexpr size_t shortest = 4;  // `log` in `log_loss` was not meant
  const std::vector<std::string> parts = parts_of(word);
  const std::string whole = joined(parts);
  std::optional<std::string> best;
  for (const std::string& candidate : candidates) {
    const std::string held = joined(parts_of(candidate));
    if (candidate == word || held.size() < shortest || (best && candidate.size() <= best->size())) continue;
    // A smaller part was not meant either: `mean` in `mean_squared_error`.
    const bool part = has_run(parts, held) && 3 * held.size() >= whole.size();
    if (part || (whole.starts_with(held) && 2 * held.size() >= whole.size())) best = candidate;
  }
  return best;
}

}  // namespace

std::optional<std::string> nearest(const std::string& word, const std::vector<std::string>& candidates) {
  constexpr size_t longest = 80;            // a longer word was not a slip of the keyboard
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
  return best ? best : held_word(word, candidates);
}

}  // namespace dnnc::runtime
