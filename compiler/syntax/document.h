#pragma once
#include <memory>
#include <string>
#include <vector>

namespace dnnc {

/// A text whose line breaks are still open: the printer of Wadler ("A prettier printer", 1998) with alignment and fill.
struct Document;
using Doc = std::shared_ptr<const Document>;

Doc text(std::string words);
/// A comment up to the end of its line: it takes no room, so that it never breaks the code before it. Those that begin
/// with blanks stand behind code; on lines that follow each other they are put below each other.
Doc comment(std::string words);
/// A new line where the group around it is broken, otherwise `flat`.
Doc line(std::string flat = " ");
/// A new line in any case; it breaks every group around it.
Doc hard_line();
Doc sequence(std::vector<Doc> parts);
/// All of its lines are broken, or none if everything fits.
Doc group(std::vector<Doc> parts);
/// Items with a line after each but the last: a line is broken only where the next item does not fit.
Doc fill(std::vector<Doc> items);
/// New lines inside begin at the column where it begins.
Doc align(Doc inner);
/// New lines inside begin further right by that many columns.
Doc indent(int columns, Doc inner);

/// Columns it takes on one line.
size_t flat_width(const Doc& document);
/// True if a hard line is in it.
bool breaks(const Doc& document);

/// The text with lines of at most `width` columns where the lines allow it, without blanks at their ends.
std::string lay_out(const Doc& document, size_t width);

}  // namespace dnnc
