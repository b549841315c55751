#include "test/campaign/checks.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compiler/check_gradients/check_gradients.h"
#include "compiler/interpret/expected.h"
#include "compiler/interpret/sampled_bound.h"
#include "compiler/sema/made_up_inputs.h"
#include "compiler/support/check.h"
#include "compiler/syntax/parse.h"
#include "compiler/target/target_precision.h"
#include "test/campaign/falsify.h"
#include "test/campaign/rounds.h"

namespace dnnc::campaign {
namespace {

Report fault(Report report, const std::string& verdict, const std::string& detail) {
  report.verdict = verdict;
  report.detail = detail;
  return report;
}

/// The text as fmt writes it, if that is another program.
std::string changed_by_format(const CheckedProgram& program) {
  Sources sources;
  Diagnostics diagnostics(sources);
  const std::string text = format(program.file(), program.sources());
  const std::optional<ast::File> again = parse(sources.add("formatted.dnn", text), diagnostics);
  return again && same(*again, program.file()) ? "" : text;
}

Report with_gradients(const Model& model, const Training& training, Report report) {
  const Graph graph = with_input_gradients(build_graph(model, training, GraphKind::Train, 3));
  const GradientReport gradients =
      check_gradients(graph, made_up_inputs(model, training, graph, 2), {.elements_each = 60});
  report.gradients += gradients.checked();
  report.kinks += gradients.kinks();
  report.untold += gradients.untold();
  bool wrong = !gradients.unchecked.empty();
  for (const CheckedGradient& gradient : gradients.gradients) wrong |= gradient.wrong > 0;
  return wrong ? fault(std::move(report), "wrong gradient", print(gradients)) : report;
}

Values sum(Values a, const Values& b) {
  for (size_t element = 0; element < a.size(); ++element) a[element] += b[element];
  return a;
}

Report wrong_by(Report report, const std::string& verdict, const std::string& what, const Comparison& worst) {
  return fault(
      std::move(report), verdict,
      fmt::format("{} at {}: {} for {}, bound {}", what, worst.element, worst.computed, worst.expected, worst.bound));
}

/// What overflows as it is written may be known to a stable form, and all that is made of it too.
bool overflows(const Graph& graph, const Expected& values) {
  for (size_t place = 0; place < graph.outputs.size(); ++place)
    if (!std::ranges::all_of(values.values(place), [](double value) { return std::isfinite(value); })) return true;
  return false;
}

/// Both in float64: the entries as the passes leave them, and `plain`, with nothing but derivatives made.
Report with_passes(const std::vector<EntryGraph>& plain, const std::vector<EntryGraph>& entries, const Inputs& inputs,
                   Report report) {
  for (size_t entry = 0; entry < entries.size(); ++entry) {
    const Expected before(plain[entry].graph, inputs, float64), after(entries[entry].graph, inputs, float64);
    if (overflows(plain[entry].graph, before)) continue;
    for (size_t place = 0; place < entries[entry].graph.outputs.size(); ++place) {
      Comparison worst =
          compare(after.values(place), before.values(place), sum(before.bounds(place), after.bounds(place)));
      if (!worst.within())
        worst = compare(after.values(place), before.values(place),
                        sum(before.widest_bounds(place), after.widest_bounds(place)));
      const std::string what =
          fmt::format("{}, {}", runtime::word_of(entries[entry].kind), entries[entry].graph.outputs[place].name);
      if (!worst.within()) return wrong_by(std::move(report), "changed by a pass", what, worst);
    }
  }
  return report;
}

/// Nothing compiles these: whether the interpreter runs them.
Report interpreted(const std::vector<EntryGraph>& entries, const Inputs& inputs, Report report) {
  for (const EntryGraph& entry : entries) interpret_with_bounds(entry.graph, inputs);
  report.verdict = "interpreted";
  return report;
}

Report with_entries(const Model& model, const Training& training, const test::Making& making, bool falsify,
                    Report report) {
  const std::vector<EntryGraph> plain = plain_entries_of(model, training);
  const std::vector<EntryGraph> entries = entries_of(model, training);
  const Inputs inputs = inputs_of(model, training, plain);
  report = with_passes(plain, entries, inputs, std::move(report));
  if (report.fault()) return report;
  for (const EntryGraph& entry : entries)
    if (unsupported(entry.graph)) return interpreted(entries, inputs, std::move(report));
  return with_kernels(entries, inputs, making, std::move(report), falsify);
}

}  // namespace

Report with_kernels(const std::vector<EntryGraph>& entries, const Inputs& inputs, const test::Making& making,
                    Report report, bool falsify) {
  std::vector<EntryGraph> compiled = entries;
  if (falsify)
    for (EntryGraph& entry : compiled) entry.graph = falsified(std::move(entry.graph));
  report.kernels += run_rounds(compiled, making, inputs, [&](const Round& round) {
    const EntryGraph& entry = entries[round.entry];
    const Expected expected(entry.graph, round.inputs, precision_of(making.target));
    for (size_t place = 0; place < round.outputs.size(); ++place) {
      const Values &values = expected.values(place), &bounds = expected.bounds(place);
      const double largest = largest_of(values);
      report.elements += static_cast<int64_t>(bounds.size());
      report.bounded += std::ranges::count_if(bounds, [&](double bound) { return !is_loose(bound, largest); });
      Comparison worst = compare(round.outputs[place], values, bounds);
      if (!worst.within()) worst = compare(round.outputs[place], values, expected.widest_bounds(place));
      const std::string what =
          fmt::format("{} {}, {}", runtime::word_of(entry.kind), round.number, entry.graph.outputs[place].name);
      if (!worst.within()) {
        report = wrong_by(std::move(report), "wrong value", what, worst);
        return false;
      }
    }
    return true;
  });
  return report;
}

namespace {

/// What is wrong with the program before anything is made of it.
Report with_text(const CheckedProgram& program) {
  Report report;
  if (const std::string error = program.error(); !error.empty()) return fault(report, "rejected", error);
  if (const std::string text = changed_by_format(program); !text.empty()) return fault(report, "changed by fmt", text);
  return report;
}

}  // namespace

Report check_derivatives(const CheckedProgram& program) {
  Report report = with_text(program);
  if (report.verdict != "right") return report;
  for (const Training& training : program.model().trainings) {
    report = with_gradients(program.model(), training, std::move(report));
    if (report.fault()) break;
  }
  return report;
}

Report check_program(const CheckedProgram& program, const test::Making& making, bool falsify) {
  Report report = with_text(program);
  if (report.verdict != "right") return report;
  for (const Training& training : program.model().trainings) {
    report = with_gradients(program.model(), training, std::move(report));
    if (!report.fault()) report = with_entries(program.model(), training, making, falsify, std::move(report));
    if (report.fault()) break;
  }
  return report;
}

}  // namespace dnnc::campaign
