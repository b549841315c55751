#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::runtime {

/// Reads comma-separated values as RFC 4180 has them: cells may stand in quotes, with `""` for a quote and with commas
/// and line ends inside; lines end with LF or CR LF. Empty lines are passed over. Rows are counted from 1, the header
/// too, as lines are in an editor.
class CsvReader {
 public:
  /// `text` must outlive the reader; `file` is for messages.
  CsvReader(std::string_view text, std::string file);
  /// Reads a row into `cells`, which stay valid until the next call. False at the end. Throws Failure.
  bool next(std::vector<std::string_view>& cells);
  int64_t row() const { return row_; }
  const std::string& file() const { return file_; }

 private:
  std::string_view read_cell();
  std::string_view read_quoted();
  bool at_line_end() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }
  void pass_line_end();

  std::string_view text_;
  std::string file_;
  size_t at_ = 0;
  int64_t row_ = 0;
  int64_t line_ = 1;
  std::deque<std::string> unquoted_;  ///< cells of this row that had `""` in them
};

/// The number that a cell holds, spaces around it passed over; false if it holds something else.
bool read_number(std::string_view cell, double& number);

}  // namespace dnnc::runtime
