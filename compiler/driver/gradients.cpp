#include "compiler/driver/gradients.h"

#include <fmt/core.h>

#include "compiler/check_gradients/check_gradients.h"
#include "compiler/driver/pipeline.h"
#include "compiler/sema/made_up_inputs.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

// A batch whose last row is no example, so that the mean over the batch is looked at as well.
constexpr int64_t batch = 3;
constexpr int64_t examples = 2;

}  // namespace

int check_gradients_of(Session& session, const Model& model) {
  bool passed = true;
  if (!session.options().run.empty()) chosen_run(session, model);  // throws if there is none of that name
  for (const Training& training : model.trainings) {
    if (!session.options().run.empty() && training.name != session.options().run) continue;
    const Graph graph = build_graph(model, training, GraphKind::Train, batch);
    // The values themselves, their bounds, and those that are changed to compare.
    runtime::expect_memory(bytes_of_values(graph), 4, "`" + training.name + "` in the interpreter");
    const Inputs inputs = made_up_inputs(model, training, graph, examples);
    const GradientReport report = session.phase("check_gradients", [&] { return check_gradients(graph, inputs); });
    session.print(fmt::format("run {}\n{}", training.name, print(report)));
    passed = passed && report.passed();
  }
  return passed ? runtime::exit_done : runtime::exit_wrong;
}

}  // namespace dnnc
