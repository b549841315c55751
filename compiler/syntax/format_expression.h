#pragma once
#include "compiler/syntax/document.h"
#include "compiler/syntax/parse.h"

namespace dnnc {

/// What fmt knows beside the tree: the text, for numbers and strings as they are written, and the comments that have
/// not yet found their place.
class FormatSource {
 public:
  FormatSource(const Sources& sources, const std::vector<ast::Comment>& comments)
      : sources_(sources), comments_(comments), placed_(comments.size(), false) {}

  std::string written(Span span) const { return std::string(sources_.text(span)); }
  int line_of(SourceId source, uint32_t offset) const { return sources_.position(source, offset).line; }
  /// Takes the comments that begin in [begin, end) and have no place yet, in their order.
  std::vector<ast::Comment> take_comments(uint32_t begin, uint32_t end);
  /// Takes the comment that stands behind `begin` on its line, if it begins before `end`.
  std::vector<ast::Comment> take_trailing(uint32_t begin, uint32_t end);
  bool has_comments(uint32_t begin, uint32_t end) const;

 private:
  size_t first_from(uint32_t begin) const;

  const Sources& sources_;
  const std::vector<ast::Comment>& comments_;
  std::vector<bool> placed_;
};

/// One part of a list with its place, so that the comments around it stay with it.
struct ListItem {
  Doc doc;
  Span span;
};
/// `open a, b, c close`, filled into lines that begin behind `open`; with comments between them, an item a line.
/// `inside`, if it is known, reaches from the opening bracket to the closing one: comments at both ends then stay
/// there.
Doc format_list(const std::string& open, std::vector<ListItem> items, const std::string& close, FormatSource& source,
                Span inside = {});

Doc format_expression(const ast::Ptr& expression, FormatSource& source);
Doc format_steps(const std::vector<ast::Step>& steps, FormatSource& source);
Doc format_binders(const std::vector<ast::Binder>& binders, FormatSource& source);
Doc format_type(const ast::Type& type, FormatSource& source);

}  // namespace dnnc
