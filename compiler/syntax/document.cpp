#include "compiler/syntax/document.h"

#include <algorithm>

#include "compiler/support/unicode.h"

namespace dnnc {

enum class DocumentKind { Text, Comment, Line, HardLine, Sequence, Group, Fill, Align, Indent };

struct Document {
  DocumentKind kind;
  std::string words;  ///< of a text, of a comment, of a line that is not broken
  std::vector<Doc> parts;
  int columns = 0;      ///< of an indentation
  bool broken = false;  ///< a hard line is in it
  size_t width = 0;     ///< columns on one line
};

namespace {

Doc make(DocumentKind kind, std::string words, std::vector<Doc> parts, int columns = 0) {
  Document document{kind, std::move(words), std::move(parts), columns, kind == DocumentKind::HardLine, 0};
  if (kind == DocumentKind::Text || kind == DocumentKind::Line) document.width = count_characters(document.words);
  for (const Doc& part : document.parts) {
    document.broken = document.broken || part->broken;
    document.width += part->width;
  }
  return std::make_shared<const Document>(std::move(document));
}

}  // namespace

Doc text(std::string words) { return make(DocumentKind::Text, std::move(words), {}); }
Doc comment(std::string words) { return make(DocumentKind::Comment, std::move(words), {}); }
Doc line(std::string flat) { return make(DocumentKind::Line, std::move(flat), {}); }
Doc hard_line() { return make(DocumentKind::HardLine, "", {}); }
Doc sequence(std::vector<Doc> parts) { return make(DocumentKind::Sequence, "", std::move(parts)); }
Doc group(std::vector<Doc> parts) { return make(DocumentKind::Group, "", std::move(parts)); }
Doc align(Doc inner) { return make(DocumentKind::Align, "", {std::move(inner)}); }
Doc indent(int columns, Doc inner) { return make(DocumentKind::Indent, "", {std::move(inner)}, columns); }

Doc fill(std::vector<Doc> items) {
  std::vector<Doc> parts;
  for (Doc& item : items) {
    if (!parts.empty()) parts.push_back(line());
    parts.push_back(std::move(item));
  }
  return make(DocumentKind::Fill, "", std::move(parts));
}

size_t flat_width(const Doc& document) { return document->width; }
bool breaks(const Doc& document) { return document->broken; }

namespace {

/// A document that is still to be written: from part `next` on, where it has parts.
struct Pending {
  const Document* document;
  size_t indentation;
  bool flat;
  size_t next = 0;
};

class Layout {
 public:
  explicit Layout(size_t width) : width_(width) {}

  std::string run(const Document& document) {
    pending_.push_back({&document, 0, false});
    while (!pending_.empty()) {
      const Pending item = pending_.back();
      pending_.pop_back();
      write(item);
    }
    align_comments();
    return std::move(text_);
  }

 private:
  /// A comment behind code: where it begins in the text, and at which line and column.
  struct Trailing {
    size_t offset, line, column;
  };

  /// Moves comments of neighbouring lines below each other, unless their code differs too much in length.
  void align_comments() {
    constexpr size_t most_blanks = 40;
    std::string aligned;
    size_t copied = 0;
    for (size_t i = 0; i < trailing_.size();) {
      size_t end = i + 1;
      while (end < trailing_.size() && trailing_[end].line == trailing_[end - 1].line + 1) ++end;
      const auto [least, most] = std::ranges::minmax(
          std::ranges::subrange(trailing_.begin() + long(i), trailing_.begin() + long(end)), {}, &Trailing::column);
      for (; i < end; ++i) {
        const Trailing& comment = trailing_[i];
        aligned += text_.substr(copied, comment.offset - copied);
        if (most.column - least.column <= most_blanks) aligned += std::string(most.column - comment.column, ' ');
        copied = comment.offset;
      }
    }
    text_ = aligned + text_.substr(copied);
  }

  void put_comment(const std::string& words) {
    if (words.starts_with(' ')) trailing_.push_back({text_.size(), line_, column_});
    put(words);
  }

  void write(const Pending& item) {
    const Document& document = *item.document;
    switch (document.kind) {
      case DocumentKind::Text:
        return put(document.words);
      case DocumentKind::Comment:
        return put_comment(document.words);
      case DocumentKind::HardLine:
        return new_line(item.indentation);
      case DocumentKind::Line:
        return item.flat ? put(document.words) : new_line(item.indentation);
      case DocumentKind::Group:
        return write_group(item);
      case DocumentKind::Fill:
        return write_fill(item);
      case DocumentKind::Sequence:
        return push_parts(item, item.indentation, item.flat);
      case DocumentKind::Align:
        return push_parts(item, column_, item.flat);
      case DocumentKind::Indent:
        return push_parts(item, item.indentation + size_t(document.columns), item.flat);
    }
  }

  void write_group(const Pending& item) {
    const bool flat = item.flat || (!item.document->broken && fits(item.document->width));
    push_parts(item, item.indentation, flat);
  }

  /// Parts of a fill are items with lines between them. Each call writes one and comes back for the rest.
  void write_fill(const Pending& item) {
    const std::vector<Doc>& parts = item.document->parts;
    if (item.next >= parts.size()) return;
    const Document& part = *parts[item.next];
    if (part.kind != DocumentKind::Line) {
      pending_.push_back({item.document, item.indentation, item.flat, item.next + 1});
      pending_.push_back({&part, item.indentation, item.flat});
      return;
    }
    const Document& content = *parts[item.next + 1];
    pending_.push_back({item.document, item.indentation, item.flat, item.next + 2});
    if (item.flat || (!content.broken && fits(part.width + content.width))) put(part.words);
    else new_line(item.indentation);
    pending_.push_back({&content, item.indentation, item.flat});
  }

  void push_parts(const Pending& item, size_t indentation, bool flat) {
    const std::vector<Doc>& parts = item.document->parts;
    for (size_t i = parts.size(); i > 0; --i) pending_.push_back({parts[i - 1].get(), indentation, flat});
  }

  bool fits(size_t more) const { return column_ + more + width_after() <= width_; }

  /// Columns that follow on the same line whatever is decided here: `) {` behind an argument list.
  size_t width_after() const {
    size_t width = 0;
    for (size_t i = pending_.size(); i > 0 && column_ + width <= width_; --i) {
      if (add_until_line(pending_[i - 1], width)) break;
    }
    return width;
  }

  /// Adds the columns before the first line that may be broken; true if there is one.
  static bool add_until_line(const Pending& item, size_t& width) {
    const Document& document = *item.document;
    if (document.kind == DocumentKind::HardLine || (document.kind == DocumentKind::Line && !item.flat)) return true;
    if (document.parts.empty() || (item.flat && item.next == 0)) {
      width += document.width;
      return false;
    }
    for (size_t i = item.next; i < document.parts.size(); ++i) {
      if (add_until_line({document.parts[i].get(), 0, item.flat}, width)) return true;
    }
    return false;
  }

  void put(const std::string& words) {
    text_ += words;
    column_ += count_characters(words);
  }

  void new_line(size_t indentation) {
    while (!text_.empty() && text_.back() == ' ') text_.pop_back();
    text_ += "\n" + std::string(indentation, ' ');
    column_ = indentation;
    ++line_;
  }

  size_t width_;
  size_t column_ = 0, line_ = 0;
  std::vector<Trailing> trailing_;
  std::string text_;
  std::vector<Pending> pending_;
};

}  // namespace

std::string lay_out(const Doc& document, size_t width) { return Layout(width).run(*document); }

}  // namespace dnnc
