#include "compiler/sema/names/words_of_others.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

#include "compiler/library/library.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Our words by each of theirs.
using Translations = std::map<std::string, std::set<std::string>>;

/// `weight_decay`, `weightDecay` and `WeightDecay` are one word.
std::string plain(const std::string& word) {
  std::string letters;
  for (const char c : word)
    if (c != '_') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

Translations read_translations() {
  Translations translations;
  std::istringstream lines(words_of_others().front().text);
  std::string line;
  while (std::getline(lines, line) && !line.empty()) continue;  // what the file says of itself
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string ours, theirs;
    words >> ours;
    if (ours.empty()) continue;
    check(ours.ends_with(':'), "library: words_of_others.txt: no `:` behind " + ours);
    ours.pop_back();
    while (words >> theirs) translations[plain(theirs)].insert(ours);
  }
  return translations;
}

}  // namespace

std::set<std::string> words_for_theirs(const std::string& theirs, const std::vector<std::string>& known) {
  static const Translations translations = read_translations();
  const auto found = translations.find(plain(theirs));
  std::set<std::string> meant;
  if (found == translations.end()) return meant;
  for (const std::string& word : known)
    if (found->second.contains(word)) meant.insert(word);
  return meant;
}

}  // namespace dnnc
