#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/cells.h"
#include "runtime/data/table.h"

/// Looks at the cells of a table before or after they are taken: which columns are words, and what is to be advised where one
/// does not fit.
namespace dnnc::runtime {

/// What the cells of a column, or the elements of an array, have shown.
struct ColumnLook {
  int64_t numbers = 0, words = 0;
  int64_t word_row = 0;                ///< of the first word
  std::string word;                    ///< the first
  std::set<std::string> different;     ///< words, as far as they are counted
  std::set<double> different_numbers;  ///< likewise, as far as it matters
  bool whole = true;                   ///< its numbers are whole
  double least = 0, most = 0;

  void add_number(double number);
  void add_cell(std::string_view cell, int64_t row, const CellRules& rules);

  /// A column of words; one word in ten numbers or more is taken for a number that is misspelt.
  bool holds_words() const { return words > 0 && words * 10 >= numbers; }
  /// Words that begin like 2024-03-31.
  bool holds_dates() const;
};

constexpr int64_t most_different = 1000;  ///< words of a column that are counted
constexpr int64_t rows_of_a_look = 1000;  ///< that tell numbers from words, where nothing contradicts

/// The first `rows` rows below the header; `all` says whether there are no others.
struct TableLook {
  std::vector<ColumnLook> columns;
  bool all = true;
};
TableLook look_at(const TableText& table, const CellRules& rules, size_t columns, int64_t rows);

/// A cell or element that cannot be taken for a field.
struct RefusedCell {
  const RawField& field;
  const std::string& column;  ///< as the file calls it
  CellKind kind;
  std::string text;
  bool of_training = true;  ///< what new examples hold tells nothing of what the program should say
};
/// Whether a column is called as the index of a table is: by nothing, or as pandas calls what had no name.
bool is_index_name(const std::string& header);

/// What people are told of cells. A symbol of its own, so that a trainer holds it only where its data have cells:
/// needed_symbols().
struct CellAdviser {
  /// What to write for it; empty, or a line that begins with a line end.
  std::string (*advice_for)(const RefusedCell& cell, const std::string& target, const ColumnLook& look,
                            const CellRules& rules);
  /// A line, where no cell of the column is the word that the field compares it with; else empty.
  std::string (*note_of_no_match)(const RawField& field, const std::string& column, const ColumnLook& look);
  /// That labels count from 1 where the program, which counts from 0, has a class more, so that they fit; else empty.
  std::string (*note_of_labels)(const RawField& field, const FieldData& labels, int64_t examples);
  /// "city, 3 words: write city: class[3] and give the net one_hot(city)": a column that is not among the numbers.
  std::string (*left_out)(const std::string& header, const ColumnLook& look, bool all, const CellRules& rules);
};
/// Null where there is none.
const CellAdviser* cell_adviser();

}  // namespace dnnc::runtime
