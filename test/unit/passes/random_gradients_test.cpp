#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/check_gradients/check_gradients.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

RC_GTEST_PROP(RandomGradients, AgreeWithDifferences, ()) {
  RandomGraphOptions options;
  options.gradients = true;
  options.kinks = false;
  Graph graph = *random_graphs(options);
  Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  GradientCheckOptions check;
  check.elements_each = 8;
  check.most_kinks = 1;  // where an arg-max is tied but for rounding
  GradientReport report = check_gradients(graph, inputs, check);
  RC_PRE(report.checked() > 0);
  RC_LOG() << print(report);
  RC_ASSERT(report.passed());
}

}  // namespace
}  // namespace dnnc
