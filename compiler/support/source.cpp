#include "compiler/support/source.h"

#include <algorithm>

#include "compiler/support/unicode.h"

namespace dnnc {
namespace {

/// A line ends with `\n`, `\r\n`, or a `\r` alone.
std::vector<uint32_t> find_line_starts(std::string_view text) {
  std::vector<uint32_t> starts{text.starts_with(byte_order_mark) ? uint32_t(byte_order_mark.size()) : 0};
  for (uint32_t i = 0; i < text.size(); ++i) {
    const bool carriage_return_alone = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (text[i] == '\n' || carriage_return_alone) starts.push_back(i + 1);
  }
  return starts;
}

}  // namespace

SourceId Sources::add(std::string name, std::string text) {
  auto line_starts = find_line_starts(text);
  files_.push_back({std::move(name), std::move(text), std::move(line_starts)});
  return SourceId{first_ + uint32_t(files_.size() - 1)};
}

const Sources::File& Sources::file(SourceId id) const {
  if (shared_ && id.value >= first_shared) return shared_->file(id);
  return files_.at(id.value - first_);
}

Position Sources::position(SourceId id, uint32_t offset) const {
  const File& of = file(id);
  const auto after = std::upper_bound(of.line_starts.begin(), of.line_starts.end(), offset);
  const size_t line = after == of.line_starts.begin() ? 0 : size_t(after - of.line_starts.begin()) - 1;
  const uint32_t start = std::min(of.line_starts[line], offset);
  const std::string_view before = std::string_view(of.text).substr(start, offset - start);
  return {int(line) + 1, int(count_characters(before)) + 1};
}

std::string_view Sources::line(SourceId id, int line) const {
  const File& of = file(id);
  const size_t index = size_t(line) - 1;
  if (index >= of.line_starts.size()) return {};
  const size_t start = of.line_starts[index];
  const size_t end = index + 1 < of.line_starts.size() ? of.line_starts[index + 1] : of.text.size();
  std::string_view text = std::string_view(of.text).substr(start, end - start);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string_view Sources::text(Span span) const {
  if (!span.valid()) return {};
  const std::string& text = file(span.source).text;
  const size_t begin = std::min<size_t>(span.begin, text.size());
  const size_t end = std::clamp<size_t>(span.end, begin, text.size());
  return std::string_view(text).substr(begin, end - begin);
}

std::string Sources::line_of(Span span) const {
  std::string line;
  bool comment = false, quoted = false;
  for (const char c : text(span)) {
    const bool ends = c == '\n' || c == '\r', blank = ends || c == ' ' || c == '\t';
    quoted = quoted != (c == '"' && !comment);
    comment = !ends && (comment || (c == '#' && !quoted));
    if (comment || (blank && !quoted && (line.empty() || line.back() == ' '))) continue;
    line += blank ? ' ' : c;
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string Sources::describe(Span span) const {
  if (!span.valid()) return {};
  const Position at = position(span.source, span.begin);
  return name(span.source) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace dnnc
