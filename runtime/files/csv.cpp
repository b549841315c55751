#include "runtime/files/csv.h"

#include <charconv>
#include <cstdlib>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

std::string_view without_spaces(std::string_view cell) {
  const size_t first = cell.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(" \t") - first + 1);
}

}  // namespace

CsvReader::CsvReader(std::string_view text, std::string file, char separator)
    : text_(text), file_(std::move(file)), separator_(separator) {
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
  const char* const begin = text_.data();
  const char* const end = begin + text_.size();
  const char* at = begin + at_;
  while (true) {
    if (at != end && *at == '"') {
      at_ = static_cast<size_t>(at - begin);
      cells.push_back(read_quoted());
      at = begin + at_;
    } else {
      const char* const first = at;
      while (at != end && *at != separator_ && *at != '\n' && *at != '\r') ++at;
      cells.emplace_back(first, static_cast<size_t>(at - first));
    }
    if (at == end || *at != separator_) break;
    ++at;
  }
  at_ = static_cast<size_t>(at - begin);
  pass_line_end();
  return true;
}

std::string_view CsvReader::read_quoted() {
  const auto refuse = [&](const char* what) {
    throw Failure(exit_wrong, file_ + ", row " + std::to_string(row_) + ": " + what);
  };
  const size_t first = ++at_;
  bool doubled = false;
  while (true) {
    const size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) refuse("a quoted cell is not closed");
    for (size_t k = at_; k < quote; ++k) line_ += text_[k] == '\n';
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    doubled = true;
    ++at_;
  }
  if (!at_line_end() && text_[at_] != separator_) refuse("something stands behind a closing quote");
  const std::string_view cell = text_.substr(first, at_ - 1 - first);
  if (!doubled) return cell;
  std::string& text = unquoted_.emplace_back();
  for (size_t k = 0; k < cell.size(); ++k) {
    text += cell[k];
    if (cell[k] == '"') ++k;
  }
  return text;
}

bool read_number(std::string_view cell, double& number, char decimal) {
  cell = without_spaces(cell);
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
  std::string pointed;
  if (decimal != '.') {
    if (cell.find('.') != std::string_view::npos) return false;
    pointed = cell;
    if (const size_t place = pointed.find(decimal); place != std::string::npos) pointed[place] = '.';
    cell = pointed;
  }
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (end != cell.data() + cell.size() || cell.empty()) return false;
  if (error == std::errc::result_out_of_range) number = std::strtod(std::string(cell).c_str(), nullptr);
  return error == std::errc() || error == std::errc::result_out_of_range;
}

int64_t lines_of(std::string_view text) {
  // With memchr, as a table may have gigabytes.
  const auto count_of = [&](char letter) {
    int64_t count = 0;
    for (size_t at = text.find(letter); at != std::string_view::npos; at = text.find(letter, at + 1)) ++count;
    return count;
  };
  int64_t lines = count_of('\n');
  for (size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1))
    lines += at + 1 == text.size() || text[at + 1] != '\n';
  const bool ended = text.empty() || text.back() == '\n' || text.back() == '\r';
  return lines + !ended;
}

}  // namespace dnnc::runtime
