#include "compiler/driver/gradients.h"

#include <fmt/core.h>

#include "compiler/check_gradients/check_gradients.h"
#include "compiler/sema/made_up_inputs.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

// A batch whose last row is no example, so that the mean over the batch is looked at as well.
constexpr int64_t batch = 3;
constexpr int64_t examples = 2;

}  // namespace

int check_gradients_of(Session& session, const Model& model) {
  bool passed = true;
  for (const Training& training : model.trainings) {
    const Graph graph = build_graph(model, training, GraphKind::Train, batch);
    const Inputs inputs = made_up_inputs(model, training, graph, examples);
    const GradientReport report = session.phase("check_gradients", [&] { return check_gradients(graph, inputs); });
    session.print(fmt::format("run {}\n{}", training.name, print(report)));
    passed = passed && report.passed();
  }
  return passed ? runtime::exit_done : runtime::exit_wrong;
}

}  // namespace dnnc
