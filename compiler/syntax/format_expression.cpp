#include "compiler/syntax/format_expression.h"

#include <algorithm>

#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/operators.h"

namespace dnnc {

// --- comments -------------------------------------------------------------------------------------------------------

size_t FormatSource::first_from(uint32_t begin) const {
  const auto found = std::ranges::lower_bound(comments_, begin, {}, [](const ast::Comment& c) { return c.span.begin; });
  return size_t(found - comments_.begin());
}

std::vector<ast::Comment> FormatSource::take_comments(uint32_t begin, uint32_t end) {
  std::vector<ast::Comment> taken;
  for (size_t i = first_from(begin); i < comments_.size() && comments_[i].span.begin < end; ++i) {
    if (placed_[i]) continue;
    taken.push_back(comments_[i]);
    placed_[i] = true;
  }
  return taken;
}

std::vector<ast::Comment> FormatSource::take_trailing(uint32_t begin, uint32_t end) {
  const size_t i = first_from(begin);
  if (i >= comments_.size() || comments_[i].own_line || comments_[i].span.begin >= end) return {};
  const SourceId id = comments_[i].span.source;
  if (line_of(id, begin) != line_of(id, comments_[i].span.begin)) return {};
  return take_comments(begin, comments_[i].span.begin + 1);
}

bool FormatSource::has_comments(uint32_t begin, uint32_t end) const {
  const size_t i = first_from(begin);
  return i < comments_.size() && comments_[i].span.begin < end;
}

// --- lists ----------------------------------------------------------------------------------------------------------

namespace {

/// Comments on lines of their own, each with the line behind it.
void add_comments(std::vector<Doc>& lines, const std::vector<ast::Comment>& comments) {
  for (const ast::Comment& c : comments) {
    lines.push_back(comment(c.text));
    lines.push_back(hard_line());
  }
}

/// An item a line, each with the comments before and behind it.
Doc list_with_comments(const std::string& open, std::vector<ListItem>& items, const std::string& close,
                       FormatSource& source, Span inside) {
  std::vector<Doc> lines;
  uint32_t before = inside.begin;
  for (size_t i = 0; i < items.size(); ++i) {
    const bool last = i + 1 == items.size();
    add_comments(lines, source.take_comments(before, items[i].span.begin));
    lines.push_back(items[i].doc);
    if (!last) lines.push_back(text(","));
    before = items[i].span.end;
    for (const ast::Comment& c : source.take_trailing(before, last ? inside.end : items[i + 1].span.begin)) {
      lines.push_back(comment("  " + c.text));
    }
    if (!last) lines.push_back(hard_line());
  }
  for (const ast::Comment& c : source.take_comments(before, inside.end)) {
    lines.push_back(hard_line());
    lines.push_back(comment(c.text));
  }
  const bool commented_end = source.has_comments(before, inside.end);
  Doc end = commented_end ? sequence({hard_line(), text(close)}) : text(close);
  return group({text(open), align(sequence(std::move(lines))), end});
}

/// True if a comment stands before, between or behind the items; those inside an item are the item's.
bool has_comments_between(const std::vector<ListItem>& items, Span inside, const FormatSource& source) {
  uint32_t before = inside.begin;
  for (const ListItem& item : items) {
    if (source.has_comments(before, item.span.begin)) return true;
    before = item.span.end;
  }
  return source.has_comments(before, inside.end);
}

}  // namespace

Doc format_list(const std::string& open, std::vector<ListItem> items, const std::string& close, FormatSource& source,
                Span inside) {
  if (items.empty()) return text(open + close);
  if (!inside.valid()) inside = {items.front().span.source, items.front().span.begin, items.back().span.end};
  if (has_comments_between(items, inside, source)) return list_with_comments(open, items, close, source, inside);
  std::vector<Doc> parts;
  for (size_t i = 0; i < items.size(); ++i) {
    const bool last = i + 1 == items.size();
    parts.push_back(last ? std::move(items[i].doc) : sequence({std::move(items[i].doc), text(",")}));
  }
  return group({text(open), align(fill(std::move(parts))), text(close)});
}

// --- expressions ----------------------------------------------------------------------------------------------------

namespace {

Doc words(std::string all) { return text(std::move(all)); }

Doc format_number(const ast::Expression& e, const ast::Number& number, FormatSource& source) {
  std::string written = source.written(e.span);
  if (number.unit.empty()) return words(written);
  written.resize(written.size() - number.unit.size());
  while (written.back() == ' ' || written.back() == '\t') written.pop_back();
  return words(written + " " + number.unit);
}

std::vector<ListItem> items_of(const ast::List& list, FormatSource& source) {
  std::vector<ListItem> items;
  for (size_t place = 0; place < list.items.size(); ++place) {
    const ast::Ptr& e = list.items[place];
    items.push_back({format_expression(e, source), e->span});
    if (list.names.empty() || list.names[place].text.empty()) continue;
    items.back().doc = sequence({items.back().doc, words(" as " + list.names[place].text)});
    items.back().span.end = list.names[place].span.end;
  }
  return items;
}

std::vector<ListItem> items_of(const std::vector<ast::Argument>& list, FormatSource& source) {
  std::vector<ListItem> items;
  for (const ast::Argument& argument : list) {
    Doc value = format_expression(argument.value, source);
    Span span = argument.value->span;
    if (argument.name) {
      value = sequence({words(argument.name->text + ": "), align(value)});
      span.begin = argument.name->span.begin;
    }
    items.push_back({value, span});
  }
  return items;
}

std::vector<ListItem> items_of(const std::vector<ast::Subscript>& list, const std::vector<Span>& spans,
                               FormatSource& source) {
  std::vector<ListItem> items;
  for (size_t i = 0; i < list.size(); ++i) {
    const auto* e = std::get_if<ast::Ptr>(&list[i]);
    items.push_back({e == nullptr ? words("...") : format_expression(*e, source), spans[i]});
  }
  return items;
}

Doc format_call(const ast::Call& call, Span span, FormatSource& source) {
  if (call.binders.empty()) {
    const Span inside{span.source, call.function.span.end, span.end};
    return format_list(call.function.text + "(", items_of(call.arguments, source), ")", source, inside);
  }
  Doc inner = items_of(call.arguments, source).front().doc;
  Doc loop = sequence({text("for "), align(format_binders(call.binders, source))});
  return group({words(call.function.text + "("), align(sequence({inner, line(), loop})), text(")")});
}

Doc format_element(const ast::Element& element, FormatSource& source) {
  Doc array = format_expression(element.array, source);
  auto items = items_of(element.subscripts, element.subscript_spans, source);
  if (!element.otherwise) return sequence({array, format_list("[", std::move(items), "]", source)});
  Doc otherwise = sequence({text(" else "), align(format_expression(element.otherwise, source)), text("]")});
  return sequence({array, format_list("[", std::move(items), "", source), otherwise});
}

/// Operands of operators that bind alike, from left to right, each with the operator before it.
struct Row {
  std::vector<ast::Ptr> operands;
  std::vector<ast::BinaryOperator> operators;
};

Row row_of(const ast::Ptr& expression) {
  Row row;
  ast::Ptr left = expression;
  const ast::BinaryOperator op = std::get<ast::Binary>(expression->kind).op;
  while (const auto* binary = std::get_if<ast::Binary>(&left->kind)) {
    if (binary->op != op && !binds_alike(binary->op, op)) break;
    row.operands.push_back(binary->right);
    row.operators.push_back(binary->op);
    left = binary->left;
    if (!binds_alike(op, op)) break;
  }
  row.operands.push_back(left);
  std::ranges::reverse(row.operands);
  std::ranges::reverse(row.operators);
  return row;
}

/// Puts the comments of a gap at the end of the line before it; true if there are any.
bool add_gap_comments(std::vector<Doc>& parts, uint32_t begin, uint32_t end, FormatSource& source) {
  const auto comments = source.take_comments(begin, end);
  for (size_t i = 0; i < comments.size(); ++i) {
    const bool own_line = comments[i].own_line || i > 0;
    if (own_line) parts.push_back(hard_line());
    parts.push_back(comment((own_line ? "" : "  ") + comments[i].text));
  }
  return !comments.empty();
}

/// A line that is broken if comments stand there.
void add_line(std::vector<Doc>& parts, uint32_t begin, uint32_t end, FormatSource& source) {
  parts.push_back(add_gap_comments(parts, begin, end, source) ? hard_line() : line());
}

Doc format_binary(const ast::Ptr& expression, FormatSource& source) {
  const auto& binary = std::get<ast::Binary>(expression->kind);
  if (binary.op == ast::BinaryOperator::Power) {
    return sequence({format_expression(binary.left, source), text("^"), format_expression(binary.right, source)});
  }
  const Row row = row_of(expression);
  std::vector<Doc> parts{format_expression(row.operands[0], source)};
  for (size_t i = 0; i < row.operators.size(); ++i) {
    const ast::Ptr& operand = row.operands[i + 1];
    add_line(parts, row.operands[i]->span.end, operand->span.begin, source);
    parts.push_back(words(std::string(text_of(row.operators[i])) + " "));
    parts.push_back(align(format_expression(operand, source)));
  }
  return align(group(std::move(parts)));
}

Doc format_choice(const ast::If& choice, FormatSource& source) {
  std::vector<Doc> parts{text("if "), align(format_expression(choice.condition, source)), text(": "),
                         align(format_expression(choice.then, source))};
  add_line(parts, choice.then->span.end, choice.otherwise->span.begin, source);
  parts.push_back(text("else: "));
  parts.push_back(align(format_expression(choice.otherwise, source)));
  return align(group(std::move(parts)));
}

Doc format_step(const ast::Step& step, FormatSource& source) {
  std::vector<Doc> parts;
  const auto use = [&](const ast::Step::Use& u) {
    return u.arguments ? format_list(u.word.text + "(", items_of(*u.arguments, source), ")", source)
                       : words(u.word.text);
  };
  const auto inner = [&](const ast::Step::Group& g) {
    return sequence({text("("), align(format_steps(g.steps, source)), text(")")});
  };
  const auto value = [&](const ast::Step::Value& v) { return format_expression(v.value, source); };
  parts.push_back(std::visit(match{use, inner, value}, step.kind));
  if (step.repeat) parts.push_back(sequence({text(" * "), format_expression(step.repeat, source)}));
  if (step.as) parts.push_back(words(" as " + step.as->text));
  return sequence(std::move(parts));
}

/// Steps with arrows between them and `first` before them. Steps that stand on lines of their own keep them.
Doc join_steps(const char* first, const std::vector<ast::Step>& steps, FormatSource& source) {
  std::vector<Doc> lines, row{text(first), align(format_step(steps.front(), source))};
  for (size_t i = 1; i < steps.size(); ++i) {
    const Span before = steps[i - 1].span, step = steps[i].span;
    const bool commented = add_gap_comments(row, before.end, step.begin, source);
    if (commented || source.line_of(step.source, before.end) < source.line_of(step.source, step.begin)) {
      lines.push_back(group(std::move(row)));
      lines.push_back(hard_line());
      row.clear();
    } else {
      row.push_back(line());
    }
    row.push_back(text("-> "));
    row.push_back(align(format_step(steps[i], source)));
  }
  lines.push_back(group(std::move(row)));
  return align(sequence(std::move(lines)));
}

/// The arrows stand below each other behind a short input, else on lines further right than it.
Doc format_chain(const ast::Chain& chain, FormatSource& source) {
  constexpr size_t widest_before_arrows = 24;
  Doc input = format_expression(chain.input, source);
  const bool narrow = !breaks(input) && flat_width(input) <= widest_before_arrows;
  std::vector<Doc> gap;
  add_line(gap, chain.input->span.end, chain.steps.front().span.begin, source);
  Doc steps = join_steps("-> ", chain.steps, source);
  if (narrow && gap.size() == 1) return sequence({input, text(" "), steps});
  gap.push_back(steps);
  return align(group({input, indent(2, sequence(std::move(gap)))}));
}

}  // namespace

Doc format_expression(const ast::Ptr& expression, FormatSource& source) {
  const ast::Expression& e = *expression;
  const auto unary = [&](const ast::Unary& u) {
    const char* sign = u.op == ast::UnaryOperator::Not ? "not " : "-";
    return sequence({text(sign), align(format_expression(u.operand, source))});
  };
  return std::visit(
      match{[&](const ast::Number& number) { return format_number(e, number, source); },
            [&](const ast::Percent&) { return words(source.written(e.span)); },
            [&](const ast::Sizes&) { return words(source.written(e.span)); },
            [&](const ast::String&) { return words(source.written(e.span)); },
            [&](const ast::Boolean& b) { return text(b.value ? keyword::yes : keyword::no); },
            [&](const ast::Name& name) { return words(name.text); },
            [&](const ast::List& list) { return format_list("[", items_of(list, source), "]", source, e.span); }, unary,
            [&](const ast::Binary&) { return format_binary(expression, source); },
            [&](const ast::If& choice) { return format_choice(choice, source); },
            [&](const ast::Call& call) { return format_call(call, e.span, source); },
            [&](const ast::Element& element) { return format_element(element, source); },
            [&](const ast::Member& member) {
              return sequence({format_expression(member.object, source), words("." + member.member.text)});
            },
            [&](const ast::Chain& chain) { return format_chain(chain, source); },
            [&](const ast::Bracketed& b) {
              return sequence({text("("), align(format_expression(b.inner, source)), text(")")});
            }},
      e.kind);
}

Doc format_steps(const std::vector<ast::Step>& steps, FormatSource& source) { return join_steps("", steps, source); }

Doc format_binders(const std::vector<ast::Binder>& binders, FormatSource& source) {
  std::vector<ListItem> items;
  for (const ast::Binder& binder : binders) {
    Doc index = words(binder.index.text);
    Span span = binder.index.span;
    if (binder.range) {
      index = sequence({words(binder.index.text + " in "), align(format_expression(binder.range, source))});
      span.end = binder.range->span.end;
    }
    items.push_back({index, span});
  }
  return format_list("", std::move(items), "", source);
}

Doc format_type(const ast::Type& type, FormatSource& source) {
  const auto join = [](const std::vector<ast::Word>& list, const char* between) {
    std::string all;
    for (const ast::Word& word : list) all += (all.empty() ? "" : between) + word.text;
    return words(all);
  };
  const auto shape = [&](const std::optional<std::vector<ast::Subscript>>& sizes, const std::vector<Span>& spans) {
    return sizes ? format_list("[", items_of(*sizes, spans, source), "]", source) : text("");
  };
  return std::visit(match{[&](const ast::ArrayType& array) {
                            return sequence({words(array.word.text), shape(array.shape, array.shape_spans),
                                             shape(array.second, array.second_spans)});
                          },
                          [&](const ast::SizesType& sizes) { return join(sizes.sizes, " x "); },
                          [&](const ast::ChoiceType& choice) { return join(choice.choices, " | "); }},
                    type.kind);
}

}  // namespace dnnc
