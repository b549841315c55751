#include "compiler/interpret/sampled_bound.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "test/unit/graph_text.h"
#include "test/unit/interpret/float_interpreter.h"
#include "test/unit/norms.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

RC_GTEST_PROP(SampledBound, HoldsForComputationsInFloat, ()) {
  const Graph graph = *random_graphs();
  const Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  BoundedValues bounded = interpret_with_bounds(graph, inputs);
  lower_bounds(bounded, graph, inputs, node_ids(graph), float32, Roundings::All, 256);
  const auto computed = FloatInterpreter(graph, inputs, 6).run();
  for (NodeId id : node_ids(graph)) {
    if (std::holds_alternative<Input>(graph[id].kind)) continue;
    const Comparison comparison =
        compare({computed[id].begin(), computed[id].end()}, bounded.values[id], bounded.bounds[id]);
    RC_LOG() << labels(graph)[id.value] << " element " << comparison.element << ": " << comparison.computed << " for "
             << comparison.expected << ", bound " << comparison.bound << "\n";
    RC_ASSERT(comparison.within());
  }
}

TEST(SampledBound, TellsAFaultWhereTheDerivedBoundHasGrownWithDepth) {
  const Graph graph = graph_of(test::norms(12));
  const Inputs inputs = {{"x", {-1.5, -0.3, 0.2, 0.7, 2}}};
  const NodeId last = node_named(graph, "n12");
  BoundedValues known = interpret_with_bounds(graph, inputs);
  EXPECT_TRUE(is_loose(known.bounds[last].at(0), largest_of(known.values[last])));
  lower_bounds(known, graph, inputs, {last}, float32, Roundings::All, 4);
  EXPECT_FALSE(is_loose(known.bounds[last].at(0), largest_of(known.values[last])));
  EXPECT_GT(known.bounds[last].at(0), float32.roundoff * std::fabs(known.values[last].at(0)));
}

TEST(SampledBound, LeavesAloneWhatDependsOnNoInputIfAsked) {
  const Graph graph = graph_of("%x = parameter \"x\"\n%c = 1 / 3\n%y = %c * 3\n%z = %c + %x\n");
  const Inputs inputs = {{"x", {0.5}}};
  const Values exact = interpret(graph, inputs)[node_named(graph, "y")];
  const auto value = [&](Roundings roundings, const std::string& name) {
    return interpret_rounded(graph, inputs, float32, roundings, 1)[node_named(graph, name)].at(0);
  };
  EXPECT_EQ(value(Roundings::OfInputs, "y"), exact.at(0));
  EXPECT_NE(value(Roundings::All, "y"), exact.at(0));
  EXPECT_NE(value(Roundings::OfInputs, "z"), 1.0 / 3 + 0.5);
}

TEST(SampledBound, KnowsThatAProductMayVanishOnItsWay) {
  const Graph graph = graph_of("%x[i: 3] = parameter \"x\"\n%y = product[i: 3](%x[i])\n");
  const Inputs inputs = {{"x", {0x1p-100, 0x1p-100, 0x1p80}}};
  BoundedValues known = interpret_with_bounds(graph, inputs);
  const NodeId y = node_named(graph, "y");
  lower_bounds(known, graph, inputs, {y}, float32, Roundings::All, 4);
  EXPECT_GT(known.bounds[y].at(0), 0x1p-120) << "the first two give 0 in float32";
}

TEST(SampledBound, KeepsTheDerivedBoundWhereItIsLess) {
  const Graph graph = graph_of("%x = parameter \"x\"\n%y = -%x\n");
  BoundedValues known = interpret_with_bounds(graph, {{"x", {0.1}}});
  const NodeId y = node_named(graph, "y");
  const double derived = known.bounds[y].at(0);
  lower_bounds(known, graph, {{"x", {0.1}}}, {y}, float32, Roundings::All, 64);
  EXPECT_EQ(known.bounds[y].at(0), derived) << "eight times what chance gives is more";
}

}  // namespace
}  // namespace dnnc
