#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/cells.h"
#include "runtime/data/source.h"

namespace dnnc::runtime {

/// The words of a column of labels or groups, each with its number.
class Vocabulary {
 public:
  /// Numbers begin at `first`: 1 where 0 is the number of what is unknown.
  explicit Vocabulary(int32_t first = 0) : first_(first) {}
  /// Of words that have their numbers already; no others may come. An empty one has the number of what is unknown.
  explicit Vocabulary(const std::vector<std::string>& words);

  /// -1 if it has none, and may get none.
  int32_t number_of(std::string_view word);
  /// From now on no word is new.
  void close() { closed_ = true; }
  bool open() const { return !closed_; }
  bool empty() const { return numbers_.empty(); }
  int64_t size() const { return first_ + static_cast<int64_t>(numbers_.size()); }
  /// Gives the words numbers in alphabetical order; what the number k has become stands at place k of the result.
  std::vector<int32_t> sort();
  /// By their numbers; an empty one for what is unknown.
  std::vector<std::string> words() const;

 private:
  std::map<std::string, int32_t, std::less<>> numbers_;
  int32_t first_ = 0;
  bool closed_ = false;
};

/// What `impute` is advised to fill the field by.
const char* filling_for(const RawField& field);

/// The cells that make a field of the program, in a table or an array of texts.
class CellColumn {
 public:
  /// `words` are those of the training data, for new examples; null where the cells themselves tell them.
  CellColumn(const RawField& field, const CellRules& rules, int64_t examples, const std::vector<std::string>* words);

  const RawField& field() const { return field_; }
  /// Takes the cell of an element. Gives what is wrong with it, or an empty text. `row` is for messages about later rows.
  std::string put(int64_t example, int64_t element, std::string_view cell, int64_t row);
  /// The same of a number that is there already, where NaN is missing.
  std::string put_number(int64_t example, int64_t element, double number);
  /// Where the element of an example lies.
  char* at(int64_t example, int64_t element) { return writer_.row(example) + element * bytes_of(storage_of(field_)); }
  /// The same of the first example, if plain numbers may be stored there without put(); else null.
  char* plain(int64_t element);
  /// The cells of so many examples have told the words; those of further examples have no others. Gives what is wrong with them.
  std::string end_words(int64_t examples);
  /// The words by their numbers; none of a column of numbers.
  std::vector<std::string> words() const {
    return vocabulary_.empty() ? std::vector<std::string>() : vocabulary_.words();
  }
  /// False for a field that compares cells with a word which none of them was.
  bool matches() const { return matches_ || field_.reading != Reading::Equals; }
  FieldData finish() { return writer_.finish(); }

 private:
  std::string put_label(int64_t example, int64_t element, std::string_view cell, CellKind kind, double number,
                        int64_t row);
  bool has_labels() const { return field_.reading == Reading::Value && field_.element.kind == Element::Kind::Class; }

  RawField field_;
  CellRules rules_;
  FieldWriter writer_;
  Vocabulary vocabulary_;
  bool matches_ = false;
  int64_t word_row_ = 0, number_row_ = 0;  ///< the first of them; 0: none
};

/// What the date of a cell comes to, for Reading::Days, Weekday and Hour. A symbol of its own, so that a trainer holds it only
/// where its data have dates: needed_symbols().
struct DateReader {
  bool (*read)(std::string_view cell, Reading reading, double& number);
};

}  // namespace dnnc::runtime
