#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/id.h"

namespace dnnc {

/// A text may begin with it.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

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
  Sources() = default;
  /// Texts that many compilations read: their ids are beyond those of a compilation's own.
  static Sources shared() { return Sources(first_shared); }

  SourceId add(std::string name, std::string text);
  /// Makes shared texts readable here too, under the ids that they have. There is one collection of them.
  void include(std::shared_ptr<const Sources> shared) { shared_ = std::move(shared); }
  const std::string& name(SourceId id) const { return file(id).name; }
  const std::string& text(SourceId id) const { return file(id).text; }
  Position position(SourceId id, uint32_t offset) const;
  /// The text of line `line` without its newline.
  std::string_view line(SourceId id, int line) const;
  std::string_view text(Span span) const;
  /// The same on one line and without comments: how people are told of a formula.
  std::string line_of(Span span) const;
  /// `mnist.dnn:12:3`, or an empty string for an invalid span.
  std::string describe(Span span) const;
  /// The number of texts that were added here.
  size_t size() const { return files_.size(); }

 private:
  static constexpr uint32_t first_shared = 1u << 31;

  struct File {
    std::string name;
    std::string text;
    std::vector<uint32_t> line_starts;
  };

  explicit Sources(uint32_t first) : first_(first) {}
  const File& file(SourceId id) const;

  uint32_t first_ = 0;  ///< the id of the first text
  std::vector<File> files_;
  std::shared_ptr<const Sources> shared_;
};

}  // namespace dnnc
