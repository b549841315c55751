#include "compiler/support/diagnostics.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

bool is_known(const std::string& code) {
  return std::ranges::any_of(diagnostic_codes(), [&](const DiagnosticCode& row) { return row.code == code; });
}

/// Diagnostics without a place come first.
auto place(const Diagnostic& diagnostic) {
  const Span& span = diagnostic.span;
  return std::tuple(span.valid() ? 1 : 0, span.source.value, span.begin, span.end);
}

/// Whether the place of `other` is text that is gone once the help of `one` is followed.
bool rewrites(const Diagnostic& one, const Diagnostic& other, const Sources& sources) {
  const Span& span = other.span;
  if (!one.replacement || !span.valid() || span.begin == span.end) return false;
  const Span& place = one.replacement->span;
  const bool inside = place.source == span.source && place.begin <= span.begin && span.end <= place.end;
  return inside && one.replacement->text.find(sources.text(span)) == std::string::npos;
}

}  // namespace

Diagnostic error(std::string code, Span span, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.span = span;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return diagnostic;
}

Diagnostic with_replacement(Diagnostic diagnostic, Span place, std::string text) {
  diagnostic.replacement = Replacement{place, std::move(text)};
  return diagnostic;
}

void Diagnostics::report(Diagnostic diagnostic) {
  check(is_known(diagnostic.code), "diagnostics: no code " + diagnostic.code + " in diagnostic_codes.def");
  const bool repeated = std::ranges::any_of(all_, [&](const Diagnostic& earlier) {
    const bool same_message = diagnostic.span.valid() || earlier.message == diagnostic.message;
    return earlier.code == diagnostic.code && earlier.span == diagnostic.span && same_message;
  });
  if (repeated || (diagnostic.once && add_place(diagnostic))) return;
  if (diagnostic.severity == Severity::Error && ++errors_ > most_errors) return;
  all_.push_back(std::move(diagnostic));
}

bool Diagnostics::add_place(const Diagnostic& diagnostic) {
  const auto first = std::ranges::find_if(all_, [&](const Diagnostic& earlier) {
    return earlier.once && earlier.code == diagnostic.code && earlier.message == diagnostic.message &&
           earlier.span.source == diagnostic.span.source;
  });
  if (first == all_.end()) return false;
  constexpr size_t most_places = 5;
  Span place = diagnostic.span;
  if (place.begin < first->span.begin) {
    if (first->replacement) first->replacement = diagnostic.replacement;
    std::swap(place, first->span);
  }
  const auto known = [&](const Label& label) { return label.span == place; };
  if (first->labels.size() < most_places && std::ranges::none_of(first->labels, known))
    first->labels.push_back({place, ""});
  return true;
}

std::vector<Diagnostic> Diagnostics::sorted(size_t first) const {
  std::vector<Diagnostic> result;
  for (size_t place = first; place < all_.size(); ++place) {
    const auto mends = [&](const Diagnostic& one) {
      const bool mutual = rewrites(all_[place], one, *sources_);
      return rewrites(one, all_[place], *sources_) && (!mutual || &one < &all_[place]);
    };
    if (std::ranges::none_of(all_, mends)) result.push_back(all_[place]);
  }
  std::ranges::stable_sort(result, {}, place);
  return result;
}

const std::vector<DiagnosticCode>& diagnostic_codes() {
  static const std::vector<DiagnosticCode> codes{
#define CODE(code, title) {#code, title},
#include "compiler/support/diagnostic_codes.def"
#undef CODE
  };
  return codes;
}

}  // namespace dnnc
