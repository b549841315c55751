#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "compiler/support/diagnostics.h"
#include "compiler/support/render_told.h"
#include "compiler/support/unicode.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/shown.h"

namespace dnnc {
namespace {

/// Writes text with or without the terminal's colours.
struct Paint {
  bool color;
  std::string operator()(const char* style, const std::string& text) const {
    return color && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : text;
  }
};
constexpr const char* bold = "1";
constexpr const char* bold_red = "1;31";
constexpr const char* bold_yellow = "1;33";
constexpr const char* bold_blue = "1;34";
constexpr const char* bold_cyan = "1;36";

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
  }
  return "";
}

const char* style_of(Severity severity) { return severity == Severity::Error ? bold_red : bold_yellow; }

std::string headline(const Diagnostic& diagnostic, Paint paint) {
  const std::string head = fmt::format("{}[{}]", name_of(diagnostic.severity), diagnostic.code);
  return paint(style_of(diagnostic.severity), head) + paint(bold, ": " + printable(diagnostic.message)) + "\n";
}

// --- the lines of source --------------------------------------------------------------------------------------------

/// A piece of a line that is marked: `begin`, `end` are bytes of the source text and lie on that line.
struct Mark {
  uint32_t begin, end;
  bool primary;
  std::string text;
};

/// One line of source with all its marks, the first of which gives the position that is printed.
struct Snippet {
  SourceId source;
  int line;
  uint32_t line_begin;
  std::string place;
  std::vector<Mark> marks;
};

/// What is shown of a line: long lines are cut to the part around their marks, indentation is left out.
struct Window {
  uint32_t begin, end;  ///< bytes of the source text
  bool cut_left, cut_right;
};

void add_mark(std::vector<Snippet>& snippets, const Sources& sources, Span span, bool primary,
              const std::string& text) {
  if (!span.valid()) return;
  const Position position = sources.position(span.source, span.begin);
  const std::string_view line = sources.line(span.source, position.line);
  const auto line_begin = uint32_t(line.data() - sources.text(span.source).data());
  const auto line_end = uint32_t(line_begin + line.size());
  const uint32_t begin = std::min(span.begin, line_end);
  const Mark mark{begin, std::clamp(span.end, begin, std::max(line_end, begin)), primary, printable(text)};
  const auto known = std::ranges::find_if(
      snippets, [&](const Snippet& s) { return s.source == span.source && s.line == position.line; });
  if (known != snippets.end()) known->marks.push_back(mark);
  else snippets.push_back({span.source, position.line, line_begin, runtime::shown(sources.describe(span)), {mark}});
}

std::vector<Snippet> collect_snippets(const Diagnostic& diagnostic, const Sources& sources) {
  std::vector<Snippet> snippets;
  add_mark(snippets, sources, diagnostic.span, true, diagnostic.label);
  for (const Label& label : diagnostic.labels) add_mark(snippets, sources, label.span, false, label.text);
  return snippets;
}

/// The nearest start of a character at or before `at`.
uint32_t character_start(std::string_view text, uint32_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

Window choose_window(const Snippet& snippet, const Sources& sources) {
  constexpr uint32_t most_bytes = 160, before_mark = 60;
  const std::string& text = sources.text(snippet.source);
  const std::string_view line = sources.line(snippet.source, snippet.line);
  const auto line_end = uint32_t(snippet.line_begin + line.size());
  uint32_t first_mark = line_end;
  for (const Mark& mark : snippet.marks) first_mark = std::min(first_mark, mark.begin);
  uint32_t begin = snippet.line_begin;
  while (begin < first_mark && (text[begin] == ' ' || text[begin] == '\t')) ++begin;
  if (line_end - begin <= most_bytes) return {begin, line_end, false, false};
  const bool cut_left = first_mark - begin > before_mark;
  if (cut_left) begin = character_start(text, first_mark - before_mark);
  const uint32_t end = character_start(text, std::min(line_end, begin + most_bytes));
  return {begin, end, cut_left, end < line_end};
}

/// Columns on the terminal that a piece of text takes once it is printable.
size_t width_of(std::string_view text) {
  const std::string shown = printable(text);
  size_t width = 0;
  for (std::string_view rest = shown; !rest.empty();) {
    const DecodedCharacter character = decode_character(rest);
    width += size_t(display_width(character.value));
    rest.remove_prefix(character.bytes);
  }
  return width;
}

/// A mark measured in columns from the left edge of what is shown.
struct Placed {
  size_t column, width;
  bool primary;
  std::string text;
};

std::vector<Placed> place_marks(const Snippet& snippet, const Window& window, std::string_view text) {
  const size_t margin = window.cut_left ? 3 : 0;
  std::vector<Placed> placed;
  for (const Mark& mark : snippet.marks) {
    const uint32_t begin = std::clamp(mark.begin, window.begin, window.end);
    const uint32_t end = std::clamp(mark.end, begin, window.end);
    const size_t column = margin + width_of(text.substr(window.begin, begin - window.begin));
    const size_t width = std::max<size_t>(1, width_of(text.substr(begin, end - begin)));
    placed.push_back({column, width, mark.primary, mark.text});
  }
  std::ranges::stable_sort(placed, {}, &Placed::column);
  return placed;
}

/// `^^^^` for the primary place and `----` for the others; where they overlap the primary one is seen.
std::string underline(const std::vector<Placed>& marks, Paint paint, const char* primary_style) {
  size_t width = 0;
  for (const Placed& mark : marks) width = std::max(width, mark.column + mark.width);
  std::string signs(width, ' ');
  for (const bool primary : {false, true}) {
    for (const Placed& mark : marks) {
      if (mark.primary == primary) std::fill_n(signs.begin() + long(mark.column), mark.width, primary ? '^' : '-');
    }
  }
  std::string result;
  for (size_t at = 0; at < signs.size();) {
    const size_t end = std::min(signs.find_first_not_of(signs[at], at), signs.size());
    const std::string run = signs.substr(at, end - at);
    result += signs[at] == ' ' ? run : paint(signs[at] == '^' ? primary_style : bold_blue, run);
    at = end;
  }
  return result;
}

/// The texts beside and below the signs: the last mark's stands beside it, the others hang below their marks, the
/// rightmost first, with a bar at each column whose text is still to come.
std::vector<std::string> hang_texts(const std::vector<Placed>& marks, Paint paint, const char* primary_style) {
  std::vector<std::string> lines{underline(marks, paint, primary_style)};
  const auto style = [&](const Placed& mark) { return mark.primary ? primary_style : bold_blue; };
  size_t left = marks.size();
  const Placed& last = marks.back();
  const bool ends_last = std::ranges::all_of(
      marks, [&](const Placed& mark) { return mark.column + mark.width <= last.column + last.width; });
  if (ends_last) {
    if (!last.text.empty()) lines.front() += " " + paint(style(last), last.text);
    --left;
  }
  for (; left > 0; --left) {
    const Placed& mark = marks[left - 1];
    if (mark.text.empty()) continue;
    std::string line;
    size_t column = 0;
    for (size_t i = 0; i + 1 < left; ++i) {
      if (marks[i].text.empty() || marks[i].column < column || marks[i].column >= mark.column) continue;
      line += std::string(marks[i].column - column, ' ') + paint(style(marks[i]), "|");
      column = marks[i].column + 1;
    }
    lines.push_back(line + std::string(mark.column - column, ' ') + paint(style(mark), mark.text));
  }
  return lines;
}

std::string render_snippets(const Diagnostic& diagnostic, const Sources& sources, Paint paint) {
  const std::vector<Snippet> snippets = collect_snippets(diagnostic, sources);
  size_t widest = 0;
  for (const Snippet& snippet : snippets) widest = std::max(widest, width_of(snippet.place));
  const std::string bar = paint(bold_blue, "|");
  std::string result;
  for (const Snippet& snippet : snippets) {
    const std::string& text = sources.text(snippet.source);
    const Window window = choose_window(snippet, sources);
    const std::string shown = (window.cut_left ? "..." : "") +
                              printable(text.substr(window.begin, window.end - window.begin)) +
                              (window.cut_right ? "..." : "");
    const std::string padding(widest - width_of(snippet.place), ' ');
    result += fmt::format("  {}{} {} {}\n", snippet.place, padding, bar, shown);
    const auto marks = place_marks(snippet, window, text);
    for (const std::string& line : hang_texts(marks, paint, style_of(diagnostic.severity))) {
      result += fmt::format("  {} {} {}\n", std::string(widest, ' '), bar, line);
    }
  }
  return result;
}

// --- notes ----------------------------------------------------------------------------------------------------------

std::string text_of_note(const Label& note, const Sources& sources) {
  constexpr std::string_view here = "{at}";
  std::string text = note.text;
  const std::string place = note.span.valid() ? "at " + runtime::shown(sources.describe(note.span)) : "";
  if (const size_t found = text.find(here); found != std::string::npos) text.replace(found, here.size(), place);
  else if (!place.empty()) text += " " + place;
  return printable(text);
}

std::string render_human(const Diagnostic& diagnostic, const Sources& sources, Paint paint) {
  std::string result = headline(diagnostic, paint) + render_snippets(diagnostic, sources, paint);
  for (const Label& note : diagnostic.notes) {
    result += fmt::format("  {}: {}\n", paint(bold, "note"), text_of_note(note, sources));
  }
  if (!diagnostic.help.empty()) {
    const std::string word = diagnostic.replacement ? paint(bold_cyan, "help") : paint(bold, "note");
    result += fmt::format("  {}: {}\n", word, printable(diagnostic.help));
  }
  return result;
}

std::string render_short(const Diagnostic& diagnostic, const Sources& sources, Paint paint) {
  const std::string place = runtime::shown(sources.describe(diagnostic.span));
  return (place.empty() ? "" : paint(bold, place) + ": ") + headline(diagnostic, paint);
}

// --- JSON -----------------------------------------------------------------------------------------------------------

using Json = nlohmann::ordered_json;

/// Adds `file line column end_line end_column`; all null where there is no place.
void put_place(Json& object, Span span, const Sources& sources) {
  if (!span.valid()) {
    for (const char* key : {"file", "line", "column", "end_line", "end_column"}) object[key] = nullptr;
    return;
  }
  const Position begin = sources.position(span.source, span.begin), end = sources.position(span.source, span.end);
  object["file"] = sources.name(span.source);
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["end_line"] = end.line;
  object["end_column"] = end.column;
}

Json labelled(const std::string& text, Span span, const Sources& sources) {
  Json object;
  object["text"] = text;
  put_place(object, span, sources);
  return object;
}

Json json_of(const Diagnostic& diagnostic, const Sources& sources) {
  Json object;
  object[runtime::event_key] = runtime::word_of(runtime::Event::Message);
  object[runtime::schema_key] = runtime::event_schema;
  object["code"] = diagnostic.code;
  object["severity"] = name_of(diagnostic.severity);
  object["message"] = diagnostic.message;
  put_place(object, diagnostic.span, sources);
  object["labels"] = Json::array();
  if (!diagnostic.label.empty()) object["labels"].push_back(labelled(diagnostic.label, diagnostic.span, sources));
  for (const Label& label : diagnostic.labels) object["labels"].push_back(labelled(label.text, label.span, sources));
  object["notes"] = Json::array();
  for (const Label& note : diagnostic.notes) {
    object["notes"].push_back(labelled(text_of_note(note, sources), note.span, sources));
  }
  if (diagnostic.replacement) {
    object["help"] = diagnostic.help;
    object["replacement"] = labelled(diagnostic.replacement->text, diagnostic.replacement->span, sources);
  } else {
    if (!diagnostic.help.empty()) object["notes"].push_back(labelled(diagnostic.help, {}, sources));
    object["help"] = nullptr;
  }
  return object;
}

std::string line_of(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// The next line of the text without what clears a line on a terminal, and without blanks at both ends.
std::string_view take_line(std::string_view& text) {
  constexpr std::string_view clears = "\r\033[K", blanks = " \r";
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (take_prefix(line, clears)) continue;
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  while (!line.empty() && blanks.find(line.back()) != std::string_view::npos) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string render_told(std::string_view text) {
  constexpr std::string_view note = "note: ", help = "help: ";
  Diagnostic told;
  const char* severity = "note";
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (line.empty()) continue;
    if (!told.message.empty()) {
      if (!take_prefix(line, help)) take_prefix(line, note);
      told.notes.push_back({{}, std::string(line)});
      continue;
    }
    if (take_prefix(line, "dnnc: ")) severity = name_of(Severity::Error);
    if (take_prefix(line, note)) severity = "note";
    if (take_prefix(line, "warning: ")) severity = name_of(Severity::Warning);
    told.message = line;
  }
  if (told.message.empty()) return "";
  static const Sources none;
  Json object = json_of(told, none);
  object["code"] = nullptr;
  object["severity"] = severity;
  return line_of(object);
}

std::string render(const Diagnostic& diagnostic, const Sources& sources, MessageFormat format, bool color) {
  switch (format) {
    case MessageFormat::Human:
      return render_human(diagnostic, sources, Paint{color});
    case MessageFormat::Short:
      return render_short(diagnostic, sources, Paint{color});
    case MessageFormat::Json:
      return line_of(json_of(diagnostic, sources));
  }
  return {};
}

}  // namespace dnnc
