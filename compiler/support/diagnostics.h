#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/support/source.h"

namespace dnnc {

enum class Severity { Error, Warning };

/// A second place in the text with a few words about it: `f32[32, 32, 16]`.
struct Label {
  Span span;
  std::string text;
};

/// Text in place of a part of the program; an empty span is a place where it is put in.
struct Replacement {
  Span span;
  std::string text;
};

/// What is wrong, where, why and how to mend it. Messages: lower case, no full stop, say what was seen, code in
/// backquotes.
struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;  ///< a row of diagnostic_codes.def: "E0207"
  std::string message;
  Span span;                  ///< under the carets `^^^^`
  std::string label;          ///< beside them; may be empty
  std::vector<Label> labels;  ///< second places, under `----`
  /// `note:` lines, the chain of uses. A valid span is shown as `at file:line:column` in place of `{at}` in the text,
  /// or at its end: `{span, "residual(32, stride: 2) used {at}; there h = 32"}`.
  std::vector<Label> notes;
  /// What to do; empty if nothing can be said. With a replacement it is the `help:` line, and the replacement carries it
  /// out: this fault is gone then. Without one it is advice and shown as the last note.
  std::string help;
  std::optional<Replacement> replacement;
  /// Another with its code and message in the same text is the same fault again: only its place is added.
  bool once = false;
};

/// The usual diagnostic: an error with a code, a place and a message; help and labels may be added to it.
Diagnostic error(std::string code, Span span, std::string message, std::string help = {});
/// The same with the text that carries its help out.
Diagnostic with_replacement(Diagnostic diagnostic, Span place, std::string text);

/// Collects what one compilation has to say. After `most_errors` further errors are counted, not kept.
class Diagnostics {
 public:
  explicit Diagnostics(const Sources& sources) : sources_(&sources) {}
  static constexpr size_t most_errors = 100;

  /// Adds it; a second error of the same code at the same span is dropped. Its code must be in the table.
  void report(Diagnostic diagnostic);
  bool has_errors() const { return errors_ > 0; }
  size_t error_count() const { return errors_; }
  /// Those kept from number `first` on, in the order of their places in the text, but for those about text that is gone once
  /// the help of another is followed: `act="relu"` is one slip.
  std::vector<Diagnostic> sorted(size_t first = 0) const;
  /// How many have been kept.
  size_t count() const { return all_.size(); }
  const Sources& sources() const { return *sources_; }

 private:
  /// Whether the same fault is known from another place.
  bool add_place(const Diagnostic& diagnostic);

  const Sources* sources_;
  std::vector<Diagnostic> all_;
  size_t errors_ = 0;
};

enum class MessageFormat { Human, Short, Json };

/// The whole text for one diagnostic, with its final newline. JSON is one object a line.
std::string render(const Diagnostic& diagnostic, const Sources& sources, MessageFormat format, bool color);

/// One row of the table of codes: every code that can be reported, with its one-line title.
struct DiagnosticCode {
  const char* code;
  const char* title;
};
const std::vector<DiagnosticCode>& diagnostic_codes();

}  // namespace dnnc
