#include "runtime/data/column_names.h"

#include <cctype>

namespace dnnc::runtime {

std::string header_word(std::string_view header) {
  std::string word;
  for (char c : header) {
    if (std::isalnum(static_cast<unsigned char>(c)))
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!word.empty() && word.back() != '_') word += '_';
  }
  while (word.ends_with('_')) word.pop_back();
  return word;
}

ColumnNames::ColumnNames(std::vector<std::string> names) : names_(std::move(names)) {
  for (size_t column = 0; column < names_.size(); ++column) {
    words_.push_back(header_word(names_[column]));
    by_name_[names_[column]].push_back(column);
    by_word_[words_.back()].push_back(column);
  }
}

const std::vector<size_t>& ColumnNames::called(const std::string& name) const {
  static const std::vector<size_t> none;
  if (const auto exact = by_name_.find(name); exact != by_name_.end()) return exact->second;
  const auto similar = by_word_.find(header_word(name));
  return similar == by_word_.end() ? none : similar->second;
}

}  // namespace dnnc::runtime
