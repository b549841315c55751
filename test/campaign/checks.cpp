#include "test/campaign/checks.h"

#include <fmt/core.h>

#include "compiler/interpret/bound.h"
#include "compiler/passes/check_gradients.h"
#include "compiler/sema/made_up_inputs.h"
#include "compiler/support/check.h"
#include "compiler/syntax/parse.h"
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
  const GradientReport gradients = check_gradients(graph, made_up_inputs(model, training, graph, 2), {.elements_each = 60});
  report.gradients += gradients.checked();
  report.kinks += gradients.kinks();
  bool wrong = !gradients.unchecked.empty();
  for (const CheckedGradient& gradient : gradients.gradients) wrong |= gradient.wrong > 0;
  return wrong ? fault(std::move(report), "wrong gradient", print(gradients)) : report;
}

/// Whether an output is within its bounds; else a fault.
bool within(const std::string& what, const Values& computed, const Values& expected, const Values& bounds,
            const std::string& verdict, Report& report) {
  const Comparison worst = compare(computed, expected, bounds);
  if (worst.within()) return true;
  report = fault(std::move(report), verdict,
                 fmt::format("{} at {}: {} for {}, bound {}", what, worst.element, worst.computed, worst.expected,
                             worst.bound));
  return false;
}

/// Both in float64: the entries as the passes leave them, and `plain`, with nothing but derivatives made.
Report with_passes(const std::vector<EntryGraph>& plain, const std::vector<EntryGraph>& entries, const Inputs& inputs,
                   Report report) {
  for (size_t entry = 0; entry < entries.size(); ++entry) {
    const Graph &before = plain[entry].graph, &after = entries[entry].graph;
    const BoundedValues expected = interpret_with_bounds(before, inputs, {}, float64);
    const BoundedValues computed = interpret_with_bounds(after, inputs, {}, float64);
    for (size_t place = 0; place < after.outputs.size(); ++place) {
      const NodeId node = before.outputs[place].node, changed = after.outputs[place].node;
      Values bounds = expected.bounds[node];
      for (size_t element = 0; element < bounds.size(); ++element) bounds[element] += computed.bounds[changed][element];
      const std::string what = fmt::format("{}, {}", entries[entry].entry, after.outputs[place].name);
      if (!within(what, computed.values[changed], expected.values[node], bounds, "changed by a pass", report)) return report;
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
  const std::vector<EntryGraph> plain = entries_of(model, training, {"stabilize", "simplify", "merge_duplicates"});
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
    const BoundedValues expected = interpret_with_bounds(entry.graph, round.inputs);
    for (size_t place = 0; place < round.outputs.size(); ++place) {
      const Output& output = entry.graph.outputs[place];
      const Values& bounds = expected.bounds[output.node];
      report.elements += static_cast<int64_t>(bounds.size());
      for (const double bound : bounds) report.bounded += bound < 1e30;
      const std::string what = fmt::format("{} {}, {}", entry.entry, round.number, output.name);
      if (!within(what, round.outputs[place], expected.values[output.node], bounds, "wrong value", report)) return false;
    }
    return true;
  });
  return report;
}

Report check_program(const CheckedProgram& program, const test::Making& making, bool falsify) {
  Report report;
  if (const std::string error = program.error(); !error.empty()) return fault(report, "rejected", error);
  if (const std::string text = changed_by_format(program); !text.empty()) return fault(report, "changed by fmt", text);
  for (const Training& training : program.model().trainings) {
    report = with_gradients(program.model(), training, std::move(report));
    if (!report.fault()) report = with_entries(program.model(), training, making, falsify, std::move(report));
    if (report.fault()) break;
  }
  return report;
}

}  // namespace dnnc::campaign
