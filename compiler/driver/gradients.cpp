#include "compiler/driver/gradients.h"

#include <fmt/core.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/check_gradients/check_gradients.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/watch.h"
#include "compiler/sema/made_up_inputs.h"
#include "compiler/support/grouped.h"
#include "runtime/files/streams.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"

namespace dnnc {
namespace {

using Clock = std::chrono::steady_clock;
// A batch whose last row is no example, so that the mean over the batch is looked at as well.
constexpr int64_t batch = 3;
constexpr int64_t examples = 2;

/// When all is over; none where there is no budget.
std::optional<Clock::time_point> end_of(const Session& session) {
  if (session.options().budget == 0) return std::nullopt;
  const std::chrono::duration<double> budget(session.options().budget);
  return session.begin() + std::chrono::round<Clock::duration>(budget);
}

/// When a run is over that may take its share of what is left.
std::optional<Clock::time_point> deadline_of(const Session& session, size_t runs_left) {
  const std::optional<Clock::time_point> end = end_of(session);
  const Clock::time_point now = Clock::now();
  return end ? std::optional(now + (*end - now) / static_cast<int64_t>(runs_left)) : end;
}

/// `1,234 of 56,897 numbers (2.2 %), 7 s of 20 s`
std::string text_of(const GradientProgress& progress, const Session& session) {
  const int64_t checked = progress.checked, elements = progress.elements;
  std::string text = "deriving them";
  if (progress.looks_at_elements)
    text = fmt::format("{} of {} numbers ({:.2g} %)", grouped(checked), grouped(elements),
                       100.0 * static_cast<double>(checked) / static_cast<double>(elements));
  text += fmt::format(", {:.0f} s", std::chrono::duration<double>(Clock::now() - session.begin()).count());
  return session.options().budget > 0 ? text + fmt::format(" of {:g} s", session.options().budget) : text;
}

void print_report(Session& session, const Training& training, const GradientReport& report) {
  std::string undefined;
  if (report.undefined) undefined = print(*report.undefined, session.sources());
  if (report.undefined_at_first)
    undefined = "looked at other numbers: " + print(*report.undefined_at_first, session.sources());
  session.print(fmt::format("run {}\n{}{}", training.name, undefined, print(report)));
}

void tell_how_to_see_more(Session& session) {
  if (!session.options().running.quiet) session.tell("`--budget 60` looks at more, `--all-elements` at every number\n");
}

/// Where it stands in a pass over the graph, which cannot be stopped: before the first element of these runs.
[[noreturn]] void end_before_the_first(Session& session, const std::vector<const Training*>& runs) {
  const int signal = runtime::interrupted();
  for (const Training* training : runs) {
    GradientReport nothing;
    nothing.stopped = signal != 0;
    print_report(session, *training, nothing);
    if (signal) break;
  }
  if (signal) session.tell(runtime::interruption());
  else tell_how_to_see_more(session);
  std::_Exit(runtime::end_streams(signal ? runtime::exit_code_of(signal) : static_cast<int>(runtime::exit_wrong)));
}

/// The first of the runs that are left.
GradientReport report_on(Session& session, const Model& model, const std::vector<const Training*>& left) {
  const Training& training = *left.front();
  const auto progress = std::make_shared<GradientProgress>();
  session.show([progress, name = training.name, &session] { return name + ": " + text_of(*progress, session); });
  const Watch watch(
      [&] {
        const std::optional<Clock::time_point> end = end_of(session);
        return !progress->looks_at_elements && (runtime::interrupted() || (end && Clock::now() >= *end));
      },
      [&] { end_before_the_first(session, left); });
  const Graph graph = build_graph(model, training, GraphKind::Train, batch);
  // The values, their bounds, and at least those of one thread that are changed to compare, at four points.
  runtime::expect_memory(bytes_of_values(graph), 6, "`" + training.name + "` in the interpreter");
  GradientCheckOptions options;
  options.elements_each = options.terms_each = GradientCheckOptions::all;
  options.deadline = deadline_of(session, left.size());
  options.effort = {jobs_of(session.options()), [] { return runtime::interrupted() != 0; }};
  options.progress = progress.get();
  std::optional<UndefinedLoss> first;
  for (int number = 0;; ++number) {
    GradientReport report = check_gradients(graph, made_up_inputs(model, training, graph, examples, number), options);
    if (report.undefined && !first) first = report.undefined;
    if (report.undefined && number + 1 < most_tries && !report.stopped) continue;
    (report.undefined ? report.undefined : report.undefined_at_first) = first;
    return report;
  }
}

}  // namespace

int check_gradients_of(Session& session, const Model& model) {
  std::vector<const Training*> wanted;
  for (const Training& training : model.trainings) wanted.push_back(&training);
  if (!session.options().run.empty()) wanted = {&chosen_run(session, model)};
  bool passed = true, whole = true;
  {
    const Session::Busy busy(session, "checking gradients", std::chrono::seconds(1));
    for (const Training* training : wanted) passed = memory_contracts_hold(session, model, *training) && passed;
    const runtime::InterruptGuard until_it_is_told;
    for (std::vector<const Training*> left = wanted; !left.empty(); left.erase(left.begin())) {
      const GradientReport report =
          session.phase(Phase::CheckGradients, [&] { return report_on(session, model, left); });
      print_report(session, *left.front(), report);
      passed = passed && report.passed();
      whole = whole && report.checked() == report.elements();
      if (report.stopped) break;
    }
  }
  if (const int signal = runtime::interrupted()) {
    session.tell(runtime::interruption());
    return runtime::exit_code_of(signal);
  }
  if (!whole) tell_how_to_see_more(session);
  return passed ? runtime::exit_done : runtime::exit_wrong;
}

}  // namespace dnnc
