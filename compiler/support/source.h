#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/id.h"

namespace dnnc {

struct SourceTag;
using SourceId = Id<SourceTag>;

/// Bytes [begin, end) of one source text. An invalid source means: made by the compiler, no place in any text.
struct Span {
  SourceId source;
  uint32_t begin = 0;
  uint32_t end = 0;
  bool valid() const { return source.valid(); }
  bool operator==(const Span&) const = default;
};

/// Line and column, both from 1; a column counts Unicode characters, a tab is one.
struct Position {
  int line = 1;
  int column = 1;
};

/// All texts of one compilation. Texts are kept unchanged, so spans stay valid.
class Sources {
 public:
  SourceId add(std::string name, std::string text);
  const std::string& name(SourceId id) const { return files_[id].name; }
  const std::string& text(SourceId id) const { return files_[id].text; }
  Position position(SourceId id, uint32_t offset) const;
  /// The text of line `line` without its newline.
  std::string_view line(SourceId id, int line) const;
  std::string_view text(Span span) const;
  /// `mnist.dnn:12:3`, or an empty string for an invalid span.
  std::string describe(Span span) const;
  size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string name;
    std::string text;
    std::vector<uint32_t> line_starts;
  };
  IdVector<SourceTag, File> files_;
};

}  // namespace dnnc
