#include "compiler/driver/gradients.h"

#include <fmt/core.h>

#include <memory>
#include <optional>

#include "compiler/check_gradients/check_gradients.h"
#include "compiler/driver/pipeline.h"
#include "compiler/sema/made_up_inputs.h"
#include "compiler/support/grouped.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"

namespace dnnc {
namespace {

using Clock = std::chrono::steady_clock;
// A batch whose last row is no example, so that the mean over the batch is looked at as well.
constexpr int64_t batch = 3;
constexpr int64_t examples = 2;

/// When a run is over that may take its share of what is left of the budget; none where there is no budget.
std::optional<Clock::time_point> deadline_of(const Session& session, size_t runs_left) {
  if (session.options().budget == 0) return std::nullopt;
  const std::chrono::duration<double> budget(session.options().budget);
  const Clock::time_point now = Clock::now(), end = session.begin() + std::chrono::round<Clock::duration>(budget);
  return now + (end - now) / static_cast<int64_t>(runs_left);
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

GradientReport report_on(Session& session, const Model& model, const Training& training, size_t runs_left) {
  const auto progress = std::make_shared<GradientProgress>();
  session.show([progress, name = training.name, &session] { return name + ": " + text_of(*progress, session); });
  const Graph graph = build_graph(model, training, GraphKind::Train, batch);
  // The values, their bounds, and at least those of one thread that are changed to compare, at four points.
  runtime::expect_memory(bytes_of_values(graph), 6, "`" + training.name + "` in the interpreter");
  const Inputs inputs = made_up_inputs(model, training, graph, examples);
  GradientCheckOptions options;
  options.elements_each = options.terms_each = GradientCheckOptions::all;
  options.deadline = deadline_of(session, runs_left);
  options.effort = {jobs_of(session.options()), [] { return runtime::interrupted() != 0; }};
  options.progress = progress.get();
  return check_gradients(graph, inputs, options);
}

}  // namespace

int check_gradients_of(Session& session, const Model& model) {
  const runtime::InterruptGuard guard;
  std::vector<const Training*> wanted;
  for (const Training& training : model.trainings) wanted.push_back(&training);
  if (!session.options().run.empty()) wanted = {&chosen_run(session, model)};
  bool passed = true, whole = true;
  {
    const Session::Busy busy(session, "checking gradients", std::chrono::seconds(1));
    for (size_t number = 0; number < wanted.size(); ++number) try {
        const size_t left = wanted.size() - number;
        const GradientReport report =
            session.phase(Phase::CheckGradients, [&] { return report_on(session, model, *wanted[number], left); });
        session.print(fmt::format("run {}\n{}", wanted[number]->name, print(report)));
        passed = passed && report.passed();
        whole = whole && report.checked() == report.elements();
        if (report.stopped) break;
      } catch (const Stopped&) {
        break;
      }
  }
  if (const int signal = runtime::interrupted()) {
    session.tell("interrupted\n");
    return runtime::exit_code_of(signal);
  }
  if (!whole && !session.options().running.quiet)
    session.tell("`--budget 60` looks at more, `--all-elements` at every number\n");
  for (const Training* training : wanted) passed = memory_contracts_hold(session, model, *training) && passed;
  return passed ? runtime::exit_done : runtime::exit_wrong;
}

}  // namespace dnnc
