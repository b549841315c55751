#pragma once
#include <gtest/gtest.h>

#include <charconv>
#include <string>
#include <vector>

#include "compiler/sema/names/call_forms.h"
#include "compiler/syntax/parse.h"

namespace dnnc {

/// A parsed text with its diagnostics, for tests of what needs no program.
struct Parsed {
  explicit Parsed(const std::string& text) : diagnostics(sources) {
    std::optional<ast::File> file = parse(sources.add("test.dnn", "dnn 1\n" + text + "\n"), diagnostics);
    if (file) tree = std::move(*file);
    EXPECT_FALSE(diagnostics.has_errors()) << messages().front();
  }

  /// The declarations of one kind.
  template <class Kind>
  std::vector<const Kind*> all() const {
    std::vector<const Kind*> result;
    for (const ast::Declaration& declaration : tree.declarations)
      if (const Kind* found = std::get_if<Kind>(&declaration.kind)) result.push_back(found);
    return result;
  }

  /// Reads literals only.
  CallReader reader() {
    return {diagnostics,
            [](const ast::Ptr& formula) -> std::optional<Number> {
              const ast::Expression& inner = *without_brackets(formula);
              const auto* number = std::get_if<ast::Number>(&inner.kind);
              const auto* percent = std::get_if<ast::Percent>(&inner.kind);
              if (!number && !percent) return std::nullopt;
              const std::optional<Number> read = number_of_text(number ? number->text : percent->text);
              return read && percent ? apply_operator(ast::BinaryOperator::Divide, *read, whole(100)) : read;
            },
            [](const std::string&) { return std::nullopt; }};
  }

  /// `E0501 there is no source "cvs" @ cvs`, in the order of the text.
  std::vector<std::string> messages() const {
    std::vector<std::string> result;
    for (const Diagnostic& diagnostic : diagnostics.sorted())
      result.push_back(diagnostic.code + " " + diagnostic.message + " @ " + std::string(sources.text(diagnostic.span)));
    return result;
  }

  Sources sources;
  Diagnostics diagnostics;
  ast::File tree;
};

using Messages = std::vector<std::string>;

}  // namespace dnnc
