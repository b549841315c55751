#include "compiler/sema/training/parameter_paths.h"

#include <algorithm>

#include "runtime/program/nearest.h"
#include "runtime/program/path_pattern.h"

namespace dnnc {
namespace {

bool may_match(const ParameterRecord& parameter, MatchedStates states) {
  return parameter.role == InputRole::Parameter || (states == MatchedStates::Yes && parameter.role == InputRole::State);
}

std::string stars_in(const std::string& pattern) {
  const auto count = std::ranges::count(pattern, '*');
  return count == 0 ? "no `*`" : count == 1 ? "one `*`" : std::to_string(count) + " `*`";
}

/// What each `*` stands for in one goes into that of the other.
void report_other_stars(const DataValue& theirs, const ast::Word* path, Diagnostics& diagnostics) {
  const std::string ours = path ? path->text : "*";
  Diagnostic differs = error("E0502", theirs.place,
                             "\"" + theirs.text + "\" has " + stars_in(theirs.text) + " and \"" + ours + "\" has " +
                                 stars_in(ours) + ": what each stands for is put into the other");
  if (path) differs.labels = {{path->span, "this has " + stars_in(ours)}};
  diagnostics.report(std::move(differs));
}

}  // namespace

void report_unmatched(const ast::Word& path, const std::vector<ParameterRecord>& parameters, MatchedStates states,
                      Diagnostics& diagnostics) {
  Diagnostic none = error("E0613", path.span, "no parameter has a path like \"" + path.text + "\"");
  std::vector<std::string> paths;
  std::string list;
  for (const ParameterRecord& parameter : parameters) {
    if (!may_match(parameter, states)) continue;
    paths.push_back(parameter.path);
    list += (list.empty() ? "" : ", ") + parameter.path;
  }
  none.notes = {{{}, "the parameters are " + list}};
  if (std::optional<std::string> meant = runtime::nearest(path.text, paths)) {
    none.help = "did you mean \"" + *meant + "\"?";
    none.replacement = {path.span, "\"" + *meant + "\""};
  }
  diagnostics.report(std::move(none));
}

std::vector<runtime::BasicStartRule<Span>> start_rules(const std::vector<WrittenStart>& starts,
                                                       const std::vector<ParameterRecord>& parameters,
                                                       Diagnostics& diagnostics) {
  std::vector<runtime::BasicStartRule<Span>> rules;
  for (const WrittenStart& start : starts) {
    rules.push_back({.file = start.file.text, .theirs = start.theirs ? start.theirs->text : "", .place = start.key});
    for (const ast::Word& path : start.paths) {
      rules.back().paths.push_back(path.text);
      const auto matched = [&](const ParameterRecord& parameter) {
        return may_match(parameter, MatchedStates::Yes) && runtime::matches(path.text, parameter.path);
      };
      if (std::ranges::none_of(parameters, matched))
        report_unmatched(path, parameters, MatchedStates::Yes, diagnostics);
    }
    if (!start.theirs) continue;
    const auto stars = [](const std::string& pattern) { return std::ranges::count(pattern, '*'); };
    if (start.paths.empty() && stars(start.theirs->text) != 1) report_other_stars(*start.theirs, nullptr, diagnostics);
    for (const ast::Word& path : start.paths)
      if (stars(path.text) != stars(start.theirs->text)) report_other_stars(*start.theirs, &path, diagnostics);
  }
  return rules;
}

}  // namespace dnnc
