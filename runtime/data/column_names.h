#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dnnc::runtime {

/// A header as a word of the language: "Sepal Length (cm)" is sepal_length_cm.
std::string header_word(std::string_view header);

/// The names of a table's columns, each made a word once: tables have tens of thousands of columns, and all are looked up.
class ColumnNames {
 public:
  ColumnNames() = default;
  explicit ColumnNames(std::vector<std::string> names);

  const std::vector<std::string>& names() const { return names_; }
  const std::string& operator[](size_t column) const { return names_[column]; }
  const std::string& word(size_t column) const { return words_[column]; }
  size_t size() const { return names_.size(); }
  /// The columns of this name, or else those whose names differ in capitals and signs only.
  const std::vector<size_t>& called(const std::string& name) const;
  bool holds(const std::string& name) const { return by_name_.contains(name); }

 private:
  using Places = std::unordered_map<std::string, std::vector<size_t>>;

  std::vector<std::string> names_, words_;
  Places by_name_, by_word_;
};

}  // namespace dnnc::runtime
