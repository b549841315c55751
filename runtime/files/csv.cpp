#include "runtime/files/csv.h"

#include <charconv>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

std::string_view without_spaces(std::string_view cell) {
  const size_t first = cell.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(" \t") - first + 1);
}

}  // namespace

CsvReader::CsvReader(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
}

void CsvReader::pass_line_end() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
}

bool CsvReader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  unquoted_.clear();
  while (at_ < text_.size() && at_line_end()) pass_line_end();
  if (at_ >= text_.size()) return false;
  row_ = line_;
  while (true) {
    cells.push_back(read_cell());
    if (at_line_end()) break;
    ++at_;  // the comma
  }
  pass_line_end();
  return true;
}

std::string_view CsvReader::read_cell() {
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
  const size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
  const std::string_view cell = text_.substr(at_, end - at_);
  at_ = end;
  return cell;
}

std::string_view CsvReader::read_quoted() {
  const std::string where = file_ + ", row " + std::to_string(row_) + ": ";
  const size_t first = ++at_;
  bool doubled = false;
  while (true) {
    const size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) throw Failure(exit_wrong, where + "a quoted cell is not closed");
    for (size_t k = at_; k < quote; ++k) line_ += text_[k] == '\n';
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    doubled = true;
    ++at_;
  }
  if (!at_line_end() && text_[at_] != ',') throw Failure(exit_wrong, where + "something stands behind a closing quote");
  const std::string_view cell = text_.substr(first, at_ - 1 - first);
  if (!doubled) return cell;
  std::string& text = unquoted_.emplace_back();
  for (size_t k = 0; k < cell.size(); ++k) {
    text += cell[k];
    if (cell[k] == '"') ++k;
  }
  return text;
}

bool read_number(std::string_view cell, double& number) {
  cell = without_spaces(cell);
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  return error == std::errc() && end == cell.data() + cell.size() && !cell.empty();
}

}  // namespace dnnc::runtime
