#include <fmt/format.h>

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

bool in_library(const Elaboration& elaboration, Span span) {
  if (!span.valid()) return false;
  return std::ranges::any_of(elaboration.program->library->files,
                             [&](const auto& file) { return file->source == span.source; });
}

/// `h = 32, w = 32, c = 16`
std::string sizes_text(const Scope& scope) {
  std::string text;
  auto add = [&](const std::string& name, const std::string& value) {
    text += (text.empty() ? "" : ", ") + name + " = " + value;
  };
  if (!scope.definition) return text;
  for (const std::string& name : scope.definition->sizes) {
    auto found = scope.names.find(name);
    if (name == "..." && scope.ellipsis && !scope.ellipsis->empty()) add("...", shape_text(*scope.ellipsis));
    if (found == scope.names.end()) continue;
    if (const auto* number = std::get_if<Number>(&found->second.value)) add(name, text_of(*number));
  }
  return text;
}

Label note_of(const UseFrame& frame) {
  std::string sizes = frame.scope ? sizes_text(*frame.scope) : "";
  return {frame.span, frame.text + " used {at}" + (sizes.empty() ? "" : "; there " + sizes)};
}

/// A fault that shows in the library's text is the fault of the text that uses it: that place comes first.
void point_at_user(const Elaboration& elaboration, Diagnostic& diagnostic) {
  const Span use = users_span(elaboration, diagnostic.span);
  if (use == diagnostic.span) return;
  diagnostic.labels.insert(diagnostic.labels.begin(), Label{diagnostic.span, diagnostic.label});
  diagnostic.span = use;
  diagnostic.label.clear();
  diagnostic.replacement.reset();
}

constexpr size_t most_work = 400'000, most_depth = 900, most_nodes = 50'000, most_uses = 100;

}  // namespace

Span users_span(const Elaboration& elaboration, Span span) {
  if (!in_library(elaboration, span)) return span;
  for (auto frame = elaboration.uses.rbegin(); frame != elaboration.uses.rend(); ++frame)
    if (frame->span.valid() && !in_library(elaboration, frame->span)) return frame->span;
  return span;
}

void remember_use(Elaboration& elaboration, NodeId node, Span span) {
  if (const Span use = users_span(elaboration, span); !(use == span)) elaboration.node_uses[node] = use;
}

Poison fault(Elaboration& elaboration, Diagnostic diagnostic) {
  if (elaboration.exhausted) return {};
  constexpr size_t most_notes = 6;
  size_t notes = 0;
  Span last;
  for (auto frame = elaboration.uses.rbegin(); frame != elaboration.uses.rend() && notes < most_notes; ++frame) {
    bool shown = frame->span.valid() && !frame->text.empty() && !(frame->span == last);
    if (shown) diagnostic.notes.push_back(note_of(*frame)), ++notes;
    last = frame->span;
  }
  point_at_user(elaboration, diagnostic);
  elaboration.diagnostics->report(std::move(diagnostic));
  return {};
}

Poison fault(Elaboration& elaboration, std::string code, Span span, std::string message, std::string help) {
  return fault(elaboration, error(std::move(code), span, std::move(message), std::move(help)));
}

bool reads_poison(const Context& context, const ast::Ptr& formula) {
  return std::ranges::any_of(names_in(formula), [&](const std::string& name) {
    const auto known = context.scope->names.find(name);
    // A parameter or state that nothing has read has no value, and no fault.
    return known != context.scope->names.end() && is_poison(known->second.value) && !known->second.record;
  });
}

bool spend(Elaboration& elaboration, Span span) {
  if (elaboration.exhausted) return false;
  const char* endless = "a definition that uses itself needs an `if` that ends it";
  const char* help =
      "each use of a definition is written out: there are too many, or each level doubles those below it";
  std::string what;
  if (elaboration.uses.size() > most_uses) {
    what = fmt::format("definitions use each other more than {} deep", most_uses);
    help = endless;
  } else if (elaboration.depth > most_depth) {
    what = "definitions use each other too deeply";
    help = endless;
  } else if (++elaboration.work > most_work) {
    what = "the program takes too many steps to write out";
  } else if (elaboration.graph->nodes.size() > most_nodes) {
    what = fmt::format("more than {} formulas", most_nodes);
  }
  if (what.empty()) return true;
  fault(elaboration, "E0216", span, what, help);
  elaboration.exhausted = true;
  return false;
}

std::string shape_text(const std::vector<int64_t>& shape) { return fmt::format("{}", fmt::join(shape, ", ")); }

std::string type_text(const Element& element, const std::vector<int64_t>& shape) {
  std::string word = element.kind == Element::Kind::Class
                         ? fmt::format("{}[{}]", word_of(TypeWord::Label), element.classes)
                     : element.kind == Element::Kind::Integer ? word_of(TypeWord::Integer)
                                                              : word_of(TypeWord::Number);
  return shape.empty() ? word : word + "[" + shape_text(shape) + "]";
}

std::string text_at(const Elaboration& elaboration, Span span) {
  return span.valid() ? elaboration.program->sources->line_of(span) : "";
}

Span origin_of(const Elaboration& elaboration, Span span) {
  for (auto frame = elaboration.uses.rbegin(); frame != elaboration.uses.rend(); ++frame) {
    if (!frame->scope) break;
    const auto named = frame->scope->names.find(text_at(elaboration, span));
    if (named == frame->scope->names.end() || !named->second.given.valid()) break;
    span = named->second.given;
  }
  return span;
}

bool is_poison(const Value& value) { return std::holds_alternative<Poison>(value); }

std::string describe(const Elaboration& elaboration, const Value& value) {
  return std::visit(
      match{[](const Poison&) -> std::string { return "an error"; },
            [](const Number& number) { return "the number " + text_of(number); },
            [&](const Tensor& tensor) { return type_text(tensor.element, shape_of(elaboration, tensor)); },
            [](const Choice& choice) { return "the word `" + choice.word + "`"; },
            [](const SizeList& list) { return fmt::format("{}", fmt::join(list.sizes, "x")); },
            [](const Text&) -> std::string { return "a text"; },
            [](const std::shared_ptr<const List>&) -> std::string { return "a list"; },
            [](const std::shared_ptr<const Results>& results) {
              return fmt::format("{} results", results->values.size());
            },
            [](const std::shared_ptr<const Step>&) -> std::string { return "a step"; }},
      value);
}

}  // namespace dnnc
