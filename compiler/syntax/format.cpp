#include <algorithm>
#include <functional>

#include "compiler/support/match.h"
#include "compiler/syntax/format_expression.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/operators.h"

namespace dnnc {
namespace {

constexpr size_t most_columns = 100;

// --- statements and settings ----------------------------------------------------------------------------------------

std::string join(const std::vector<ast::Word>& words) {
  std::string all;
  for (const ast::Word& word : words) all += (all.empty() ? "" : ", ") + word.text;
  return all;
}

Doc format_groups(const char* word, const std::vector<ast::Group>& groups, FormatSource& source) {
  std::vector<ListItem> items;
  for (const ast::Group& group : groups) {
    std::vector<Doc> parts{text(join(group.names))};
    if (group.type) parts.push_back(sequence({text(": "), format_type(*group.type, source)}));
    parts.push_back(text(group.drawn ? " ~ " : " = "));
    parts.push_back(align(format_expression(group.start, source)));
    items.push_back({sequence(std::move(parts)), group.span});
  }
  return format_list(std::string(word) + " ", std::move(items), "", source);
}

Doc format_indexed(const ast::IndexedStatement& statement, FormatSource& source) {
  Doc left = text(statement.name.text + "[" + join(statement.indices) + "] = ");
  Doc value = align(format_expression(statement.value, source));
  if (statement.binders.empty()) return sequence({left, value});
  Doc loop = sequence({text("for "), align(format_binders(statement.binders, source))});
  return sequence({left, align(group({value, line("  "), loop}))});
}

Doc format_result(const ast::ResultStatement& statement, FormatSource& source) {
  if (statement.values.size() == 1) return align(format_expression(statement.values[0], source));
  std::vector<ListItem> items;
  for (const ast::Ptr& value : statement.values) items.push_back({format_expression(value, source), value->span});
  return format_list("", std::move(items), "", source);
}

Doc format_statement(const ast::Statement& statement, FormatSource& source) {
  return std::visit(match{[&](const ast::ParamStatement& s) { return format_groups(keyword::param, s.groups, source); },
                          [&](const ast::StateStatement& s) { return format_groups(keyword::state, s.groups, source); },
                          [&](const ast::SharedStatement& s) {
                            return sequence({text("shared " + s.name.text + " = "), format_steps(s.steps, source)});
                          },
                          [&](const ast::ExpectStatement& s) {
                            return sequence({text("expect "), align(format_expression(s.condition, source))});
                          },
                          [&](const ast::BindStatement& s) {
                            return sequence({text(join(s.names) + " = "), align(format_expression(s.value, source))});
                          },
                          [&](const ast::IndexedStatement& s) { return format_indexed(s, source); },
                          [&](const ast::ResultStatement& s) { return format_result(s, source); }},
                    statement.kind);
}

Doc format_setting(const ast::Setting& setting, FormatSource& source) {
  if (setting.type) return sequence({text(setting.key.text + ": "), format_type(*setting.type, source)});
  std::string paths;
  for (const ast::Word& path : setting.paths) paths += (paths.empty() ? " for " : ", ") + source.written(path.span);
  return sequence({text(setting.key.text + paths + " = "), align(format_expression(setting.value, source))});
}

// --- lists of statements, with the comments and empty lines between them ---------------------------------------------

/// A statement, setting or declaration.
struct Entry {
  Doc doc;
  Span span;
};

/// Writes entries and comments in the order of the text.
class EntryWriter {
 public:
  EntryWriter(FormatSource& source, SourceId id) : source_(source), id_(id) {}

  /// Comments before `entry`, which stands on lines of its own unless `;` joins it to the one before.
  void add(const Entry& entry, uint32_t next_begin) {
    add_comments(source_.take_comments(last_end_, entry.span.begin));
    add_comments(source_.take_comments(entry.span.begin, entry.span.end));  // those without a place inside
    const bool joined = !run_.empty() && can_join_ && line_of(entry.span.begin) == line_of(last_end_);
    if (!joined) {
      finish_run();
      separate(entry.span.begin);
    }
    if (joined) run_.push_back(line("; "));
    run_.push_back(entry.doc);
    last_end_ = entry.span.end;
    can_join_ = !breaks(entry.doc);
    lines_used_ = true;
    const auto trailing = source_.take_trailing(entry.span.end, next_begin);
    for (const ast::Comment& c : trailing) {
      run_.push_back(comment("  " + c.text));
      last_end_ = c.span.end;
      can_join_ = false;
    }
  }

  void add_comments(const std::vector<ast::Comment>& comments) {
    for (const ast::Comment& c : comments) {
      finish_run();
      separate(c.span.begin);
      lines_.push_back(comment(c.text));
      last_end_ = std::max(last_end_, c.span.end);
      lines_used_ = true;
      can_join_ = false;
    }
  }

  Doc take() {
    finish_run();
    return sequence(std::move(lines_));
  }

  void start_at(uint32_t offset) { last_end_ = offset; }

 private:
  int line_of(uint32_t offset) const { return source_.line_of(id_, offset); }

  /// A new line, and an empty one if the text has one there.
  void separate(uint32_t begin) {
    if (!lines_used_) return;
    lines_.push_back(hard_line());
    if (line_of(begin) > line_of(last_end_) + 1) lines_.push_back(hard_line());
  }

  void finish_run() {
    if (!run_.empty()) lines_.push_back(group(std::move(run_)));
    run_.clear();
  }

  FormatSource& source_;
  SourceId id_;
  std::vector<Doc> lines_;
  std::vector<Doc> run_;   ///< the entries of the line that is being made
  uint32_t last_end_ = 0;  ///< of what has been written
  bool lines_used_ = false;
  bool can_join_ = false;
};

struct Block {
  std::vector<Entry> entries;
  Span span;  ///< from the end of the header to the closing brace
};

/// `{ … }`: on one line if it stood on one and fits, otherwise a statement a line.
Doc format_block(const Block& block, FormatSource& source) {
  const SourceId id = block.span.source;
  const bool has_comments = source.has_comments(block.span.begin, block.span.end);
  const bool on_one_line = source.line_of(id, block.span.begin) == source.line_of(id, block.span.end);
  if (block.entries.empty() && !has_comments) return text("{}");
  if (on_one_line && !has_comments) {
    std::vector<Doc> parts{line()};
    for (const Entry& entry : block.entries) {
      if (parts.size() > 1) parts.push_back(line("; "));
      parts.push_back(entry.doc);
    }
    return group({text("{"), indent(2, sequence(std::move(parts))), line(), text("}")});
  }
  EntryWriter writer(source, id);
  std::vector<Doc> opening{text("{")};
  const uint32_t first = block.entries.empty() ? block.span.end : block.entries[0].span.begin;
  for (const ast::Comment& c : source.take_trailing(block.span.begin, first)) opening.push_back(comment("  " + c.text));
  writer.start_at(block.span.begin);
  for (size_t i = 0; i < block.entries.size(); ++i) {
    const bool last = i + 1 == block.entries.size();
    writer.add(block.entries[i], last ? block.span.end : block.entries[i + 1].span.begin);
  }
  const uint32_t end = block.entries.empty() ? block.span.begin : block.entries.back().span.end;
  writer.add_comments(source.take_comments(end, block.span.end));
  return sequence(
      {sequence(std::move(opening)), indent(2, sequence({hard_line(), writer.take()})), hard_line(), text("}")});
}

// --- declarations ---------------------------------------------------------------------------------------------------

Doc format_parameters(const std::string& open, const std::vector<ast::Parameter>& parameters, FormatSource& source) {
  std::vector<ListItem> items;
  for (const ast::Parameter& parameter : parameters) {
    std::vector<Doc> parts{text(parameter.name.text)};
    if (parameter.type) parts.push_back(sequence({text(": "), format_type(*parameter.type, source)}));
    if (parameter.standard)
      parts.push_back(sequence({text(" = "), align(format_expression(parameter.standard, source))}));
    items.push_back({sequence(std::move(parts)), parameter.span});
  }
  return format_list(open, std::move(items), ")", source);
}

Doc format_results(const std::vector<ast::Output>& results, FormatSource& source) {
  if (results.empty()) return text("");
  if (results[0].name.text.empty()) return sequence({text(" -> "), format_type(results[0].type, source)});
  std::vector<ListItem> items;
  for (const ast::Output& output : results) {
    const Span span{output.name.span.source, output.name.span.begin, output.type.span.end};
    items.push_back({sequence({text(output.name.text + ": "), format_type(output.type, source)}), span});
  }
  return sequence({text(" -> "), format_list("(", std::move(items), ")", source)});
}

/// Where the last part of a definition's header ends, before ` = ` or ` {`.
uint32_t header_end(const ast::Definition& definition) {
  if (!definition.results.empty()) return definition.results.back().type.span.end;
  return definition.parameters.empty() ? definition.name.span.end : definition.parameters.back().span.end;
}

/// Where the body of a definition with a derivative ends: behind its brace, or before the derivative if there are
/// comments between the two, which go into the body.
uint32_t body_end(const ast::Definition& definition, Span span, const FormatSource& source) {
  const uint32_t begin = definition.body.empty() ? header_end(definition) : definition.body.back().span.end;
  const std::string rest = source.written({span.source, begin, span.end});
  size_t at = 0;  // before the brace there are only separators and comments
  while (rest[at] != '}') at = rest[at] == '#' ? rest.find_first_of("\r\n", at) : at + 1;
  const uint32_t end = begin + uint32_t(at) + 1;
  const uint32_t derivative = definition.derivative->span.begin;
  return source.has_comments(end, derivative) ? derivative : end;
}

Doc format_definition(const ast::Definition& definition, Span span, FormatSource& source) {
  const std::string open = std::string(word_of(definition.kind)) + " " + definition.name.text + "(";
  Doc header =
      sequence({format_parameters(open, definition.parameters, source), format_results(definition.results, source)});
  Doc derivative = text("");
  if (definition.derivative) {
    derivative = sequence({line("  "), text("derivative "), align(format_expression(definition.derivative, source))});
  }
  if (definition.short_form) {
    const auto& result = std::get<ast::ResultStatement>(definition.body[0].kind);
    Doc value = align(format_expression(result.values[0], source));
    return group({header, text(" ="), indent(2, sequence({line(), value, derivative}))});
  }
  Block block{{}, {span.source, header_end(definition), span.end}};
  if (definition.derivative) block.span.end = body_end(definition, span, source);
  for (const ast::Statement& statement : definition.body) {
    block.entries.push_back({format_statement(statement, source), statement.span});
  }
  return sequence({header, text(" "), format_block(block, source), group({derivative})});
}

Doc format_settings(const std::vector<ast::Setting>& settings, Span span, FormatSource& source) {
  Block block{{}, span};
  for (const ast::Setting& setting : settings) block.entries.push_back({format_setting(setting, source), setting.span});
  return format_block(block, source);
}

Doc format_data(const ast::Data& data, Span span, FormatSource& source) {
  if (data.short_form) {
    return sequence({text("data " + data.name.text + " = "), align(format_expression(data.settings[0].value, source))});
  }
  const Span inside{span.source, data.name.span.end, span.end};
  return sequence({text("data " + data.name.text + " "), format_settings(data.settings, inside, source)});
}

Doc format_training(const ast::Train& train, Span span, FormatSource& source) {
  std::string header = "train " + train.net.text + " on " + train.data.text;
  uint32_t end = train.data.span.end;
  if (train.as) {
    header += " as " + train.as->text;
    end = train.as->span.end;
  }
  if (train.like) {
    header += " like " + train.like->text;
    end = train.like->span.end;
  }
  return sequence({text(header + " "), format_settings(train.settings, {span.source, end, span.end}, source)});
}

Doc format_declaration(const ast::Declaration& declaration, FormatSource& source) {
  const Span span = declaration.span;
  return std::visit(
      match{[&](const ast::Import& import) { return text("import " + source.written(import.file_span)); },
            [&](const ast::ConstantDefinition& constant) {
              return sequence({text(constant.name.text + " = "), align(format_expression(constant.value, source))});
            },
            [&](const ast::Definition& definition) { return format_definition(definition, span, source); },
            [&](const ast::Data& data) { return format_data(data, span, source); },
            [&](const ast::Train& train) { return format_training(train, span, source); },
            [&](const ast::Expect& expect) {
              return sequence({text("expect "), align(format_expression(expect.condition, source))});
            }},
      declaration.kind);
}

}  // namespace

std::string format(const ast::File& file, const Sources& sources) {
  FormatSource source(sources, file.comments);
  std::vector<Entry> entries;
  if (file.version) {
    // Its span has the number only; `dnn` stands on the same line.
    entries.push_back({text("dnn " + source.written(file.version->span)), file.version->span});
  }
  for (const ast::Declaration& declaration : file.declarations) {
    entries.push_back({format_declaration(declaration, source), declaration.span});
  }
  const auto end = uint32_t(sources.text(file.source).size());
  EntryWriter writer(source, file.source);
  for (size_t i = 0; i < entries.size(); ++i) {
    writer.add(entries[i], i + 1 == entries.size() ? end : entries[i + 1].span.begin);
  }
  writer.add_comments(source.take_comments(0, end + 1));
  return lay_out(writer.take(), most_columns) + "\n";
}

}  // namespace dnnc
