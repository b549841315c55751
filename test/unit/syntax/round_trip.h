#pragma once
#include <string>

#include "compiler/syntax/parse.h"

namespace dnnc {

/// Formats a text twice and says what does not hold: the form parses to the same tree, keeps every comment, and is its
/// own form. Texts with faults are only parsed.
struct RoundTrip {
  bool well_formed = false;
  std::string once;   ///< the canonical form
  std::string fault;  ///< empty if all holds

  explicit RoundTrip(const std::string& text) {
    Sources sources;
    Diagnostics diagnostics(sources);
    const auto file = parse(sources.add("given", text), diagnostics);
    if (!file || diagnostics.has_errors()) {
      for (const Diagnostic& d : diagnostics.sorted()) fault += render(d, sources, MessageFormat::Human, false);
      return;
    }
    well_formed = true;
    once = format(*file, sources);
    const auto again = parse(sources.add("formatted", once), diagnostics);
    if (!again || diagnostics.has_errors()) {
      fault = "the form does not parse:\n" + render(diagnostics.sorted().front(), sources, MessageFormat::Human, false);
    } else if (!same(*file, *again)) {
      fault = "the form has another tree";
    } else if (file->comments.size() != again->comments.size()) {
      fault = "a comment is lost";
    } else if (const std::string twice = format(*again, sources); twice != once) {
      fault = "the form has another form:\n" + twice;
    }
  }
};

}  // namespace dnnc
