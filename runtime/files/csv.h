#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::runtime {

/// How the names of files of tables end.
inline constexpr const char* csv_ending = ".csv";

/// Reads separated values as RFC 4180 has them: cells may stand in quotes, with `""` for a quote and with separators
/// and line ends inside; lines end with LF or CR LF. Empty lines are passed over. Rows are counted from 1, the header
/// too, as lines are in an editor.
class CsvReader {
 public:
  /// `text` must outlive the reader; `file` is for messages.
  CsvReader(std::string_view text, std::string file, char separator = ',');
  /// Reads a row into `cells`, which stay valid until the next call. False at the end. Throws Failure.
  bool next(std::vector<std::string_view>& cells);
  int64_t row() const { return row_; }
  /// How much of the text has been read.
  size_t at() const { return at_; }
  const std::string& file() const { return file_; }

 private:
  std::string_view read_quoted();
  bool at_line_end() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }
  void pass_line_end();

  std::string_view text_;
  std::string file_;
  char separator_;
  size_t at_ = 0;
  int64_t row_ = 0;
  int64_t line_ = 1;
  std::deque<std::string> unquoted_;  ///< cells of this row that had `""` in them
};

/// The number that a cell holds, spaces around it passed over; false if it holds something else. What is too small for a
/// double is 0, what is too large is infinite.
bool read_number(std::string_view cell, double& number, char decimal = '.');

/// The same number, of a cell of few digits without spaces and exponent, which most are; false for all others.
inline bool read_plain_number(std::string_view cell, double& number, char decimal) {
  constexpr size_t most_digits = 15;  // each of which counts in a double
  static constexpr double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char* at = cell.data();
  const char* const end = at + cell.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  uint64_t digits = 0;
  const auto take_digits = [&] {
    const char* const first = at;
    for (; at != end && static_cast<unsigned char>(*at - '0') < 10; ++at)
      digits = digits * 10 + static_cast<uint64_t>(*at - '0');
    return static_cast<size_t>(at - first);
  };
  size_t count = take_digits(), behind = 0;
  if (at != end && *at == decimal) ++at, behind = take_digits();
  count += behind;
  if (at != end || count == 0 || count > most_digits) return false;
  const double value = static_cast<double>(digits) / powers[behind];
  number = negative ? -value : value;
  return true;
}

/// So many lines a text has at most, whatever is in quotes.
int64_t lines_of(std::string_view text);

}  // namespace dnnc::runtime
