#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compiler/interpret/interpret.h"
#include "compiler/kernels/any_length.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/idle_trips.h"
#include "compiler/kernels/kernel.h"
#include "compiler/passes/passes.h"
#include "runtime/program/philox.h"
#include "test/unit/graph_text.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

/// The new value of a parameter as formulas have it: from its own element, from another element, from another node of
/// its shape, or another parameter as it is.
NodeId random_update(Graph& graph, NodeId target) {
  const std::vector<Axis> axes = graph[target].axes;
  std::vector<NodeId> alike;
  for (NodeId node : node_ids(graph))
    if (extents_of(graph[node].axes) == extents_of(axes) && !batched(graph[node])) alike.push_back(node);
  const NodeId other = random_graph::one_of(alike);
  if (random_graph::chance(4)) return other;
  std::vector<Subscript> own, mirrored;
  for (uint32_t axis = 0; axis < axes.size(); ++axis) {
    own.push_back(affine(axis));
    mirrored.push_back(affine(axis, -1, axes[axis].extent - 1));
  }
  const Expr first = load(target, random_graph::chance(3) ? mirrored : own), second = load(other, own);
  return add_comprehension(graph, "new", axes, {Reduction::None, {}, first * constant(0.5) + second}, {});
}

Graph with_updates(Graph graph) {
  for (NodeId target : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[target].kind);
    if (!input || input->role != InputRole::Parameter || random_graph::chance(4)) continue;
    const std::string name = input->name;
    graph.outputs.push_back({OutputRole::Update, name, random_update(graph, target), target});
  }
  return graph;
}

/// Without functions that jump: a rounding could lead to the other side.
Graph a_graph() {
  RandomGraphOptions options;
  options.kinks = false;
  options.overridden = false;
  options.free_recurrences = true;
  options.most_nodes = 10;
  return with_updates(*random_graphs(options));
}

/// The same without recurrences, whose members read each other.
Graph a_straight_graph() {
  Graph graph = a_graph();
  while (!graph.recurrences.empty()) graph = a_graph();
  return graph;
}

/// Random graphs are tiny: with limits of 0 they are cut into kernels like large ones.
FusionLimits a_limit() {
  return random_graph::one_of<FusionLimits>({{0, 0, false}, {0, 0}, {0, 1000, true, 1}, {20'000, 40'000, true, 2}});
}

/// Where every float is aligned the batch of a loop is cut into parts of few rows.
runtime::MemoryLayout a_layout() { return random_graph::one_of<runtime::MemoryLayout>({{4, 64}, {64, 64}, {256, 64}}); }

/// The arena with a number for each byte; an element stands at its first.
using Arena = std::vector<double>;

void store(Arena& arena, const Plan& plan, BufferId id, const Values& values) {
  const Buffer& buffer = plan.buffers[id];
  for (size_t k = 0; k < values.size(); ++k)
    arena[static_cast<size_t>(buffer.offset) + k * static_cast<size_t>(bytes_of(buffer.storage))] = values[k];
}

Values fetch(const Arena& arena, const Plan& plan, BufferId id) {
  const Buffer& buffer = plan.buffers[id];
  Values values;
  for (int64_t k = 0; k < buffer.bytes / bytes_of(buffer.storage); ++k)
    values.push_back(arena[static_cast<size_t>(buffer.offset + k * bytes_of(buffer.storage))]);
  return values;
}

/// The elements that an argument of a call sees.
struct Seen {
  size_t first, count, stride;  ///< in bytes
};
Seen seen(const Plan& plan, const KernelCall& call, size_t argument, const runtime::Nest& nest) {
  const auto window = call.window(argument);
  const Buffer& buffer = plan.buffers[call.buffers[argument]];
  const runtime::Piece piece = window ? runtime::piece_of(call.buffers[argument].value, *window, nest)
                                      : runtime::Piece{call.buffers[argument].value, 0, buffer.bytes};
  const auto stride = static_cast<size_t>(bytes_of(buffer.storage));
  return {static_cast<size_t>(plan.buffers[BufferId{static_cast<uint32_t>(piece.buffer)}].offset + piece.offset),
          static_cast<size_t>(piece.bytes) / stride, stride};
}

/// What the kernel would do, done by the interpreter: all outputs are computed before any is stored.
void run(Arena& arena, const Plan& plan, const KernelCall& call, const runtime::Nest& nest) {
  const Kernel& kernel = plan.kernels[call.kernel];
  for (size_t loop = 0; loop < nest.loops.size(); ++loop)
    if (nest.loops[loop]->trip)
      store(arena, plan, BufferId{static_cast<uint32_t>(*nest.loops[loop]->trip)},
            {static_cast<double>(nest.trips[loop])});
  Inputs inputs;
  for (size_t k = 0; k < kernel.inputs.size(); ++k) {
    const Seen piece = seen(plan, call, k, nest);
    Values& values = inputs["i" + std::to_string(k)];
    for (size_t place = 0; place < piece.count; ++place) values.push_back(arena[piece.first + place * piece.stride]);
  }
  const auto values = interpret(body_of(plan, call), inputs);
  for (size_t k = 0; k < kernel.body.outputs.size(); ++k) {
    const Seen piece = seen(plan, call, kernel.inputs.size() + k, nest);
    const Values& made = values[kernel.body.outputs[k].node];
    for (size_t place = 0; place < piece.count; ++place) arena[piece.first + place * piece.stride] = made[place];
  }
}

/// Whether the trip makes the call: those of its body, or those of idle trips.
bool is_made(const Arena& arena, const Plan& plan, const runtime::Nest& nest) {
  if (nest.loops.empty() || !nest.loops.back()->at_work) return true;
  const runtime::Piece piece = runtime::piece_at_work(*nest.loops.back(), nest.trips);
  const Buffer& buffer = plan.buffers[BufferId{static_cast<uint32_t>(piece.buffer)}];
  return nest.idle == (arena[static_cast<size_t>(buffer.offset + piece.offset)] == 0);
}

/// Equal but for the roundings of a kernel that multiplies by an inverse in place of dividing.
bool equal(const Values& computed, const Values& expected) {
  double largest = 0;
  for (double value : expected) largest = std::max(largest, std::abs(value));
  return std::equal(computed.begin(), computed.end(), expected.begin(), expected.end(),
                    [&](double a, double b) { return std::abs(a - b) <= 1e-12 * largest; });
}

void expect_what_the_graph_says(const Graph& graph, const Inputs& inputs) {
  const auto expected = interpret(graph, inputs);
  const Plan plan = dnnc::plan({{EntryKind::Train, 1, graph, {}}}, a_limit(), a_layout());
  const std::vector<std::string> faults = verify(plan);
  RC_ASSERT(faults == std::vector<std::string>());

  const Entry& entry = plan.entries[0];
  Arena arena(static_cast<size_t>(plan.arena_bytes), 0.0);
  for (const Entry::Port& port : entry.inputs) {
    const auto words = runtime::stream_words(port.name);
    const bool is_stream = port.role == InputRole::Stream;
    store(arena, plan, port.buffer, is_stream ? Values(words.begin(), words.end()) : inputs.at(port.name));
  }
  const auto make = [&](size_t number, const runtime::Nest& nest) {
    if (is_made(arena, plan, nest)) run(arena, plan, entry.calls[number], nest);
  };
  runtime::for_each_trip(entry.step.compute, make);
  for (size_t k = 0; k < graph.outputs.size(); ++k)
    if (graph.outputs[k].role != OutputRole::Update)
      RC_ASSERT(equal(fetch(arena, plan, entry.outputs[k].buffer), expected[graph.outputs[k].node]));
  runtime::for_each_trip(entry.step.update, make);
  for (size_t k = 0; k < graph.outputs.size(); ++k)
    if (graph.outputs[k].role == OutputRole::Update)
      RC_ASSERT(equal(fetch(arena, plan, entry.outputs[k].buffer), expected[graph.outputs[k].node]));
}

void expect_what_the_graph_says(const Graph& graph) { expect_what_the_graph_says(graph, random_inputs(graph, 1)); }

RC_GTEST_PROP(RunPlan, ComputesAndStoresWhatTheGraphSays, ()) { expect_what_the_graph_says(a_graph()); }

RC_GTEST_PROP(RunPlan, RunsRecurrencesAsLoops, ()) {
  RandomGraphOptions options;
  options.kinks = options.overridden = false;
  options.only_recurrences = options.free_recurrences = true;
  options.most_nodes = 3;
  expect_what_the_graph_says(with_updates(*random_graphs(options)));
}

/// A recurrence that keeps its state where a condition says so, its adjoint, and readers of some kind.
std::string a_masked_text(int64_t trips) {
  const bool backward = random_graph::chance(2);
  const std::string at = backward ? "t + 1" : "t - 1", last = backward ? "0" : std::to_string(trips - 1);
  const auto asked = random_graph::one_of<std::string>({"t < %real[n]", "index(t + 1) < %real[n]", "%real[n] <= t"});
  const std::string kept = "%h[n, " + at + ", j else 1]";
  const bool otherwise = random_graph::chance(2);
  const std::string h = "select(" + asked + ", " + (otherwise ? kept + ", %a[n, t, j]" : "%a[n, t, j], " + kept) + ")";
  const std::string z = random_graph::one_of<std::string>({"%h[n, " + last + ", j]", "sum[t: T](%h[n, t, j])"});
  std::string text = R"(
%x[n: batch 4, t: T, j: 3] = field "x"
%real[n: batch 4]: int = field "real"
%u[k: 3, j: 3] = parameter "u"
recurrence T DIRECTION along %s[t], %a[t], %h[t]
%s[n: batch 4, t: T, j: 3] = sum[k: 3](%h[n, AT, k else 0.5] * %u[k, j])
%a[n: batch 4, t: T, j: 3] = tanh(%s[n, t, j] + %x[n, t, j])
%h[n: batch 4, t: T, j: 3] = HELD
%z[n: batch 4, j: 3] = SHOWN
%loss = sum[n: batch 4, j: 3](%z[n, j] * %z[n, j])
%g[k: 3, j: 3] = gradient of %loss by %u
output loss "loss" = %loss
output value "g" = %g
)";
  if (random_graph::chance(3)) text += "output value \"a\" = %a\n";
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"DIRECTION", backward ? "backward" : "forward"},
                                                        {"AT", at},
                                                        {"HELD", h},
                                                        {"SHOWN", z},
                                                        {"T", std::to_string(trips)}})
    for (size_t place; (place = text.find(name)) != std::string::npos;) text.replace(place, name.size(), value);
  return text;
}

RC_GTEST_PROP(RunPlan, MakesLessOfIdleTripsAndTheSame, ()) {
  const int64_t trips = *rc::gen::inRange(1, 7);
  const Graph graph = drop_dead(simplify(differentiate(graph_of(a_masked_text(trips)))));
  Inputs inputs = random_inputs(graph, 1);
  const double longest = *rc::gen::inRange<int>(0, static_cast<int>(trips) + 2);
  for (double& length : inputs["real"]) length = random_graph::chance(2) ? longest : std::floor(longest / 2);
  RC_TAG(find_idle_trips(order_by_trips(graph, a_layout())).size());
  expect_what_the_graph_says(graph, inputs);
}

NodeId root(const Graph& graph, NodeId node) {
  while (const auto* reshape = std::get_if<Reshape>(&graph[node].kind)) node = reshape->source;
  return node;
}

RC_GTEST_PROP(RunPlan, GroupsReadWhatTheyComputeOrEarlierGroupsWrite, ()) {
  const Graph graph = a_straight_graph();
  std::set<NodeId> in_memory, computed;
  for (NodeId node : node_ids(graph))
    if (std::holds_alternative<Input>(graph[node].kind)) in_memory.insert(node);
  for (const Group& group : fuse(graph, a_limit())) {
    std::set<NodeId> own;
    for (NodeId node : group.nodes) {
      for (NodeId source : sources_of(graph, node))
        RC_ASSERT(own.contains(source) || in_memory.contains(root(graph, source)));
      own.insert(node);
    }
    for (NodeId node : group.outputs) RC_ASSERT(own.contains(node) && in_memory.insert(node).second);
    RC_ASSERT(!group.outputs.empty());
    computed.insert(own.begin(), own.end());
  }
  for (NodeId node : node_ids(graph))
    RC_ASSERT(computed.contains(node) || !std::holds_alternative<Comprehension>(graph[node].kind));
  for (const Output& output : graph.outputs) RC_ASSERT(in_memory.contains(root(graph, output.node)));
}

}  // namespace
}  // namespace dnnc
