#include "compiler/check_gradients/check_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>

#include "compiler/check_gradients/differences.h"
#include "compiler/check_gradients/element_order.h"
#include "compiler/check_gradients/paths.h"
#include "compiler/interpret/sampled_bound.h"
#include "compiler/interpret/stated_derivatives.h"
#include "compiler/passes/passes.h"
#include "compiler/support/grouped.h"

namespace dnnc {
namespace {

using Clock = std::chrono::steady_clock;

/// The gradients of a graph, by number, and its two forms whose outputs have these numbers as names.
struct Task {
  std::vector<const Input*> inputs;
  std::vector<NodeId> of, loss, gradient;  ///< nodes of the graph
  Graph losses, gradients;
};

/// The graph with nothing but these values as outputs.
Graph with_outputs(Graph graph, const std::vector<NodeId>& nodes) {
  graph.outputs.clear();
  for (size_t number = 0; number < nodes.size(); ++number)
    graph.outputs.push_back({OutputRole::Value, std::to_string(number), nodes[number], {}});
  return drop_dead(std::move(graph));
}

Task find_gradients(const Graph& graph, std::vector<std::string>& unchecked) {
  Task task;
  for (NodeId id : node_ids(graph)) {
    const auto* gradient = std::get_if<Gradient>(&graph[id].kind);
    if (!gradient) continue;
    const auto* input = std::get_if<Input>(&graph[gradient->of].kind);
    if (!input) {
      unchecked.push_back(graph[gradient->of].name);
      continue;
    }
    task.inputs.push_back(input);
    task.of.push_back(gradient->of);
    task.loss.push_back(gradient->loss);
    task.gradient.push_back(id);
  }
  return task;
}

void run_passes(Task& task, const Graph& graph, const std::vector<Pass>& passes, const Effort& effort) {
  task.losses = with_outputs(graph, task.loss);
  task.gradients = with_outputs(graph, task.gradient);
  bool before = true;
  for (const Pass& pass : passes) {
    effort.expect_going_on();
    task.gradients = pass.run(std::move(task.gradients));
    before = before && pass.run != differentiate;
    if (before) task.losses = pass.run(std::move(task.losses));
  }
}

/// The values of the losses and all before them, and how far rounding may move the losses.
BoundedValues values_with_rounding(Linearized& forward, const Paths& paths, const Effort& effort) {
  const Graph& losses = forward.graph;
  const Inputs& inputs = forward.inputs;
  // In so large a graph the bound of all roundings tells nothing, and each rounded run takes as long as many losses.
  const bool dear = paths.terms_of(node_ids(losses)) > 2'000'000;
  const int runs = dear ? 2 : 8;
  BoundedValues known;
  if (dear) {
    known.values = forward.values ? std::move(*forward.values) : interpret(losses, inputs, effort);
    for (const Values& values : known.values) known.bounds.push(values.size() == 1 ? Values{infinity} : Values());
  } else {
    known = interpret_with_bounds(losses, inputs, {}, float64, effort);
  }
  std::vector<NodeId> loose;
  for (const Output& loss : losses.outputs)
    if (known.bounds[loss.node].at(0) > 0x1p-44 * std::fabs(known.values[loss.node].at(0))) loose.push_back(loss.node);
  if (!loose.empty()) lower_bounds(known, losses, inputs, loose, float64, Roundings::OfInputs, runs, effort);
  return known;
}

/// How far rounding may move the loss. Where its bound says nothing, a few units of the loss.
double rounding_of(const BoundedValues& known, NodeId loss) {
  const double units = 0x1p-51 * std::fabs(known.values[loss].at(0)), bound = known.bounds[loss].at(0);
  return std::isfinite(bound) ? std::max(bound, units) : units;
}

/// The inputs of a graph by their names.
std::map<std::string, NodeId> inputs_of(const Graph& graph) {
  std::map<std::string, NodeId> inputs;
  for (NodeId id : node_ids(graph))
    if (const auto* input = std::get_if<Input>(&graph[id].kind)) inputs.emplace(input_key(*input), id);
  return inputs;
}

/// A gradient with the elements of it that will be looked at.
struct Asked {
  LossAlong along;
  Values derived;
  double scale = 0;
  int64_t terms = 0;  ///< of a loss along it
  std::vector<int64_t> order;
};

double largest(const Values& values) {
  double result = 0;
  for (double value : values) result = std::max(result, std::fabs(value));
  return result;
}

std::vector<Asked> asked_of(const Task& task, const Graph& graph, Paths& paths, const BoundedValues& known,
                            std::vector<Values> derived, const GradientCheckOptions& options, const Effort& effort) {
  const std::map<std::string, NodeId> inputs = inputs_of(graph);
  std::vector<Asked> result;
  for (size_t number = 0; number < task.inputs.size(); ++number) {
    effort.expect_going_on();
    const std::string name = input_key(*task.inputs[number]);
    const auto input = inputs.find(name);
    const NodeId loss = task.losses.outputs[number].node;
    Asked asked;
    asked.along = {{}, loss, {}, known.values[loss].at(0), rounding_of(known, loss)};
    if (input != inputs.end()) {
      asked.along.input = input->second;
      asked.along.between = paths.between(input->second, loss);
    }
    asked.derived = std::move(derived[number]);
    asked.scale = largest(asked.derived);
    asked.terms = paths.terms_of(asked.along.between);
    const int64_t affordable = options.terms_each / (4 * std::max<int64_t>(1, asked.terms));
    const int64_t most = std::min(options.elements_each, std::max<int64_t>(8, affordable));
    asked.order = element_order(asked.derived, most, options.seed, std::hash<std::string>()(name));
    result.push_back(std::move(asked));
  }
  return result;
}

/// The elements of all tensors, handed out round by round: of each one, those first along which the loss is cheap.
class Rounds {
 public:
  Rounds(const std::vector<Asked>& asked, const Effort& effort)
      : asked_(asked), effort_(effort), given_(asked.size(), 0) {
    for (size_t number = 0; number < asked.size(); ++number) left_.push_back(number);
    std::ranges::stable_sort(left_, [&](size_t a, size_t b) { return asked[a].terms < asked[b].terms; });
  }

  /// The number of a tensor and an element of it.
  std::optional<std::pair<size_t, int64_t>> next() {
    const std::scoped_lock lock(mutex_);
    while (!left_.empty() && !effort_.is_over()) {
      if (at_ >= left_.size()) at_ = 0;
      const size_t number = left_[at_];
      if (given_[number] < asked_[number].order.size()) {
        ++at_;
        return std::pair(number, asked_[number].order[given_[number]++]);
      }
      left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(at_));
    }
    return std::nullopt;
  }

 private:
  const std::vector<Asked>& asked_;
  const Effort& effort_;
  std::vector<size_t> given_;  ///< elements of each tensor
  std::vector<size_t> left_;   ///< tensors with elements that were not given
  size_t at_ = 0;
  std::mutex mutex_;
};

void add(CheckedGradient& sum, const CheckedGradient& one) {
  sum.checked += one.checked;
  sum.kinks += one.kinks;
  sum.wrong += one.wrong;
  sum.untold += one.untold;
  if (one.worst_error < sum.worst_error) return;
  if (one.worst_error == sum.worst_error && one.worst_element > sum.worst_element) return;
  sum.worst_error = one.worst_error;
  sum.worst_element = one.worst_element;
  sum.derived = one.derived;
  sum.expected = one.expected;
}

/// Each thread has a copy of all values for each point that it looks at: fewer threads where these take too much memory.
int threads_of(const IdVector<NodeTag, Values>& known, const Effort& effort) {
  int64_t bytes = 1;
  for (const Values& values : known) bytes += static_cast<int64_t>(values.size() * sizeof(double));
  constexpr int64_t most_bytes = int64_t{4} << 30;
  const int64_t affordable = most_bytes / (static_cast<int64_t>(MovedValues::points) * bytes);
  return static_cast<int>(std::clamp<int64_t>(affordable, 1, effort.threads));
}

/// Looks at elements until there is none left, or no time; `results` has a place for each tensor.
void look_at_elements(const Interpreter& interpreter, const Reach& reach, const BoundedValues& known,
                      const std::vector<Asked>& asked, const GradientCheckOptions& options, const Effort& bounded,
                      std::vector<CheckedGradient>& results) {
  Rounds rounds(asked, bounded);
  std::mutex mutex;
  on_threads(threads_of(known.values, bounded), [&] {
    std::vector<CheckedGradient> own(asked.size());
    size_t times_asked = 0;  // to look at the clock takes as long as some terms
    const Effort effort{1, [&] { return ++times_asked % 16 == 0 && bounded.is_over(); }};
    MovedValues moved(interpreter, reach, known.values, effort);
    try {
      while (const auto next = rounds.next()) {
        const auto [number, element] = *next;
        const Asked& one = asked[number];
        const double value = one.along.input.valid() ? known.values[one.along.input][element] : 0;
        CheckedGradient result;
        check_element(moved, one.along, element, value, one.derived[element], one.scale, options.tolerance, result);
        add(own[number], result);
        if (options.progress) ++options.progress->checked;
      }
    } catch (const Stopped&) {  // the element was not looked at
    }
    const std::scoped_lock lock(mutex);
    for (size_t number = 0; number < asked.size(); ++number) add(results[number], own[number]);
  });
}

/// The gradients that the passes make.
std::vector<Values> derived_values(const Graph& gradients, const Inputs& inputs, const Effort& effort) {
  IdVector<NodeTag, Values> values = interpret(gradients, inputs, effort);
  std::vector<Values> result;
  for (const Output& output : gradients.outputs) result.push_back(values[output.node]);
  return result;
}

int64_t total(const GradientReport& report, int64_t CheckedGradient::* count) {
  int64_t sum = 0;
  for (const CheckedGradient& gradient : report.gradients) sum += gradient.*count;
  return sum;
}

std::string share_looked_at(const GradientReport& report) {
  const int64_t checked = report.checked(), elements = report.elements();
  if (!report.ready)
    return std::string("looked at none of its numbers") +
           (report.stopped ? "\n" : ": all of the time went by before the first\n");
  if (checked == elements) return fmt::format("looked at all {} numbers\n", grouped(elements));
  int64_t least = std::numeric_limits<int64_t>::max(), none = 0;
  for (const CheckedGradient& one : report.gradients) {
    if (one.checked < one.elements) least = std::min(least, one.checked);
    none += one.checked == 0 && one.elements > 0;
  }
  const std::string where = none == 0 ? fmt::format("{} or all of each tensor", least)
                                      : fmt::format("none of {} of {} tensors", none, report.gradients.size());
  return fmt::format("looked at {} of {} numbers ({:.2g} %), at {}\n", grouped(checked), grouped(elements),
                     100.0 * static_cast<double>(checked) / static_cast<double>(elements), where);
}

}  // namespace

int64_t GradientReport::elements() const { return total(*this, &CheckedGradient::elements); }
int64_t GradientReport::checked() const { return total(*this, &CheckedGradient::checked); }
int64_t GradientReport::kinks() const { return total(*this, &CheckedGradient::kinks); }
int64_t GradientReport::untold() const { return total(*this, &CheckedGradient::untold); }

bool GradientReport::passed() const {
  bool right =
      std::all_of(gradients.begin(), gradients.end(), [](const CheckedGradient& one) { return one.wrong == 0; });
  return right && checked() > 0 && unchecked.empty() &&
         static_cast<double>(kinks()) <= most_kinks * static_cast<double>(checked());
}

GradientReport check_gradients(const Graph& graph, const Inputs& inputs, const GradientCheckOptions& options) {
  GradientReport report;
  report.most_kinks = options.most_kinks;
  Task task = find_gradients(graph, report.unchecked);
  for (size_t number = 0; number < task.inputs.size(); ++number) {
    report.gradients.push_back({.name = task.inputs[number]->name});
    report.gradients.back().elements = element_count(graph[task.of[number]]);
  }
  std::atomic<bool> stopped = false;
  const Effort effort{options.effort.threads, [&] {
                        if (options.effort.is_over()) stopped = true;
                        return stopped || (options.deadline && Clock::now() >= *options.deadline);
                      }};
  try {
    run_passes(task, graph, options.passes, effort);
    Linearized forward = with_stated_derivatives(task.losses, inputs, effort);
    const Interpreter interpreter(forward.graph);
    const Reach reach(interpreter.graph());
    Paths paths(interpreter.graph());
    const BoundedValues known = values_with_rounding(forward, paths, effort);
    for (const Output& loss : task.losses.outputs)
      if (!std::isfinite(known.values[loss.node].at(0))) {
        report.undefined = undefined_loss(interpreter.graph(), known.values, loss.node);
        return report;
      }
    const std::vector<Asked> asked = asked_of(task, interpreter.graph(), paths, known,
                                              derived_values(task.gradients, inputs, effort), options, effort);
    report.ready = true;
    if (options.progress) {
      for (const Asked& one : asked) options.progress->elements += static_cast<int64_t>(one.order.size());
      options.progress->looks_at_elements = true;
    }
    look_at_elements(interpreter, reach, known, asked, options, effort, report.gradients);
  } catch (const Stopped&) {  // before the first element
  }
  report.stopped = stopped;
  return report;
}

std::string print(const GradientReport& report) {
  std::string text;
  if (report.undefined) return text;
  for (const CheckedGradient& one : report.gradients) {
    if (!report.ready) break;
    text += fmt::format("{}: {} of {} elements, {} kinks, worst error {:.1e}\n", one.name, one.checked, one.elements,
                        one.kinks, one.worst_error);
    if (one.wrong > 0)
      text += fmt::format("  {} wrong; at element {} derived {}, by differences {}\n", one.wrong, one.worst_element,
                          one.derived, one.expected);
  }
  if (report.elements() > 0 || !report.ready) text += share_looked_at(report);
  for (const std::string& name : report.unchecked) text += name + ": not an input, not checked\n";
  if (report.untold() > 0)
    text += fmt::format("{} elements are too small beside the rounding of the loss to be told\n", report.untold());
  if (report.checked() == 0 && report.ready) text += "nothing was checked\n";
  if (static_cast<double>(report.kinks()) > report.most_kinks * static_cast<double>(report.checked()))
    text += fmt::format("too many kinks: {} of {}\n", report.kinks(), report.checked());
  return text;
}

}  // namespace dnnc
