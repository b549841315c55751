#pragma once
#include <array>
#include <string>
#include <vector>

#include "runtime/data/cell_column.h"
#include "runtime/data/column_names.h"
#include "runtime/data/table.h"

namespace dnnc::runtime {

using Places = std::vector<size_t>;

/// A table whose header has been read.
struct Table {
  TableText text;
  CellRules rules;
  ColumnNames names;
  int64_t most_rows = 0;    ///< it has no more, whatever is in quotes
  bool of_training = true;  ///< not of new examples
};

/// A field of the program and the columns of its elements.
struct Column {
  CellColumn cells;
  Places places;
};

/// Takes the cells of tables with these columns, in one pass.
class Filler {
 public:
  Filler(const Table& table, std::vector<Column>& columns, const std::string& target, const LoadOptions& options);

  /// Takes all rows as the examples from `first` on. Gives how many there are.
  int64_t fill(const TableText& text, int64_t first) const;

 private:
  /// The cells of a row that one element is taken from.
  struct Taker {
    Column* column;
    size_t place;
    int64_t element;
    char* plain;               ///< of the first example, where plain numbers are stored at once
    int64_t row_bytes, bytes;  ///< of an example, of the element
    bool precise;
    bool marks;  ///< where cells are missing: plain numbers are not
  };
  /// A cell that has been taken, and what is stored for it: words and dates come again and again.
  struct Seen {
    std::string cell;
    std::array<char, sizeof(double)> value;
  };
  void take(const Taker& taker, const TableText& text, std::string_view cell, int64_t example, int64_t row) const;
  void take_again(const Taker& taker, const TableText& text, std::string_view cell, int64_t example, int64_t row,
                  std::vector<Seen>& seen) const;

  const Table& table_;
  const std::string& target_;
  const LoadOptions& options_;
  std::vector<Taker> takers_;
};

}  // namespace dnnc::runtime
