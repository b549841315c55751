#include "compiler/check_gradients/check_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "compiler/check_gradients/differences.h"
#include "compiler/check_gradients/element_order.h"
#include "compiler/interpret/sampled_bound.h"
#include "compiler/interpret/stated_derivatives.h"
#include "compiler/passes/passes.h"
#include "compiler/support/grouped.h"

namespace dnnc {
namespace {

/// The gradients of a graph, by number, and its two forms whose outputs have these numbers as names.
struct Task {
  std::vector<std::string> names;  ///< of the inputs
  Graph losses, gradients;
};

/// The graph with nothing but these values as outputs.
Graph with_outputs(Graph graph, const std::vector<NodeId>& nodes) {
  graph.outputs.clear();
  for (size_t number = 0; number < nodes.size(); ++number)
    graph.outputs.push_back({OutputRole::Value, std::to_string(number), nodes[number], {}});
  return drop_dead(std::move(graph));
}

Task make_task(const Graph& graph, const std::vector<Pass>& passes, std::vector<std::string>& unchecked) {
  Task task;
  std::vector<NodeId> losses, gradients;
  for (NodeId id : node_ids(graph)) {
    const auto* gradient = std::get_if<Gradient>(&graph[id].kind);
    if (!gradient) continue;
    const auto* input = std::get_if<Input>(&graph[gradient->of].kind);
    if (!input) {
      unchecked.push_back(graph[gradient->of].name);
      continue;
    }
    task.names.push_back(input->name);
    losses.push_back(gradient->loss);
    gradients.push_back(id);
  }
  task.losses = with_outputs(graph, losses);
  task.gradients = with_outputs(graph, gradients);
  bool before = true;
  for (const Pass& pass : passes) {
    task.gradients = pass.run(std::move(task.gradients));
    before = before && pass.run != differentiate;
    if (before) task.losses = pass.run(std::move(task.losses));
  }
  return task;
}

NodeId input_named(const Graph& graph, const std::string& name) {
  for (NodeId id : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[id].kind);
    if (input && input->name == name) return id;
  }
  return NodeId{};
}

/// The nodes that change with `changed` and that `wanted` needs, in order; of a recurrence all or none.
std::vector<NodeId> between(const Graph& graph, NodeId changed, NodeId wanted) {
  std::vector<bool> changes(graph.nodes.size(), false), needed(graph.nodes.size(), false);
  changes[changed.value] = needed[wanted.value] = true;
  auto any_source = [&](NodeId id) {
    std::vector<NodeId> sources = sources_of(graph, id);
    return std::any_of(sources.begin(), sources.end(), [&](NodeId source) { return changes[source.value]; });
  };
  auto spread = [&](std::vector<bool>& set) {
    for (const Recurrence& recurrence : graph.recurrences) {
      bool any =
          std::any_of(recurrence.members.begin(), recurrence.members.end(), [&](NodeId m) { return set[m.value]; });
      for (NodeId member : recurrence.members) set[member.value] = any;
    }
  };
  std::vector<NodeId> ids = node_ids(graph);
  for (NodeId id : ids) {
    if (id != changed && any_source(id)) changes[id.value] = true;
    spread(changes);
  }
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    spread(needed);
    if (needed[id->value])
      for (NodeId source : sources_of(graph, *id)) needed[source.value] = true;
  }
  std::vector<NodeId> result;
  for (NodeId id : ids)
    if (id != changed && changes[id.value] && needed[id.value]) result.push_back(id);
  return result;
}

/// The terms that a loss takes which computes all these nodes anew.
int64_t terms_of(const Graph& graph, const std::vector<NodeId>& nodes) {
  int64_t terms = 0;
  for (NodeId id : nodes) {
    int64_t points = 1;
    for (const Axis& axis : all_axes(graph[id])) points *= axis.extent;
    terms += points;
  }
  return terms;
}

/// The values of the losses and all before them, and how far rounding may move the losses.
BoundedValues values_with_rounding(const Graph& losses, const Inputs& inputs, const Effort& effort) {
  // In so large a graph the bound of all roundings tells nothing, and each rounded run takes as long as many losses.
  const bool dear = terms_of(losses, node_ids(losses)) > 2'000'000;
  const int runs = dear ? 2 : 8;
  BoundedValues known;
  if (dear) {
    known.values = interpret(losses, inputs, effort);
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

/// Like `between`, but for an input that is not read, and with what is known of the loss.
LossAlong loss_along(const Graph& graph, const BoundedValues& known, const std::string& name, NodeId loss) {
  LossAlong along{input_named(graph, name), loss, {}, known.values[loss].at(0), rounding_of(known, loss)};
  if (along.input.valid()) along.between = between(graph, along.input, loss);
  return along;
}

/// A gradient with the elements of it that will be looked at.
struct Asked {
  LossAlong along;
  Values derived;
  double scale = 0;
  std::vector<int64_t> order;
};

double largest(const Values& values) {
  double result = 0;
  for (double value : values) result = std::max(result, std::fabs(value));
  return result;
}

std::vector<Asked> asked_of(const Task& task, const Graph& graph, const BoundedValues& known,
                            std::vector<Values> derived, const GradientCheckOptions& options) {
  std::vector<Asked> result;
  for (size_t number = 0; number < task.names.size(); ++number) {
    Asked asked{loss_along(graph, known, task.names[number], task.losses.outputs[number].node),
                std::move(derived[number]),
                0,
                {}};
    asked.scale = largest(asked.derived);
    const int64_t affordable = options.terms_each / (4 * std::max<int64_t>(1, terms_of(graph, asked.along.between)));
    const int64_t most = std::min(options.elements_each, std::max<int64_t>(8, affordable));
    asked.order = element_order(asked.derived, most, options.seed, std::hash<std::string>()(task.names[number]));
    result.push_back(std::move(asked));
  }
  return result;
}

/// The elements of all tensors, handed out round by round: of each one, those first along which the loss is cheap.
class Rounds {
 public:
  Rounds(const Graph& graph, const std::vector<Asked>& asked, const GradientCheckOptions& options)
      : asked_(asked), options_(options), given_(asked.size(), 0) {
    std::vector<int64_t> terms;
    for (const Asked& one : asked) terms.push_back(terms_of(graph, one.along.between));
    for (size_t number = 0; number < asked.size(); ++number) left_.push_back(number);
    std::ranges::stable_sort(left_, [&](size_t a, size_t b) { return terms[a] < terms[b]; });
  }

  bool is_over() const {
    return options_.deadline && any_done_ && std::chrono::steady_clock::now() >= *options_.deadline;
  }
  /// The number of a tensor and an element of it.
  std::optional<std::pair<size_t, int64_t>> next() {
    const std::scoped_lock lock(mutex_);
    while (!left_.empty() && !is_over()) {
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
  void done() {
    any_done_ = true;
    if (options_.progress) ++options_.progress->checked;
  }

 private:
  const std::vector<Asked>& asked_;
  const GradientCheckOptions& options_;
  std::vector<size_t> given_;  ///< elements of each tensor
  std::vector<size_t> left_;   ///< tensors with elements that were not given
  size_t at_ = 0;
  std::mutex mutex_;
  std::atomic<bool> any_done_ = false;
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
void look_at_elements(const Interpreter& interpreter, const BoundedValues& known, const std::vector<Asked>& asked,
                      const GradientCheckOptions& options, std::vector<CheckedGradient>& results) {
  const Reach reach(interpreter.graph());
  Rounds rounds(interpreter.graph(), asked, options);
  std::mutex mutex;
  on_threads(threads_of(known.values, options.effort), [&] {
    std::vector<CheckedGradient> own(asked.size());
    size_t times_asked = 0;  // to look at the clock takes as long as some terms
    const Effort effort{1, [&] {
                          if (++times_asked % 16 != 0) return false;
                          return rounds.is_over() || (options.effort.stop && options.effort.stop());
                        }};
    MovedValues moved(interpreter, reach, known.values, effort);
    try {
      while (const auto next = rounds.next()) {
        const auto [number, element] = *next;
        const Asked& one = asked[number];
        const double value = one.along.input.valid() ? known.values[one.along.input][element] : 0;
        CheckedGradient result;
        check_element(moved, one.along, element, value, one.derived[element], one.scale, options.tolerance, result);
        add(own[number], result);
        rounds.done();
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
  if (checked == elements) return fmt::format("looked at all {} numbers\n", grouped(elements));
  int64_t least = std::numeric_limits<int64_t>::max();
  for (const CheckedGradient& one : report.gradients)
    if (one.checked < one.elements) least = std::min(least, one.checked);
  return fmt::format("looked at {} of {} numbers ({:.2g} %), at {} or all of each tensor\n", grouped(checked),
                     grouped(elements), 100.0 * static_cast<double>(checked) / static_cast<double>(elements), least);
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
  const Task task = make_task(graph, options.passes, report.unchecked);
  const Linearized forward = with_stated_derivatives(task.losses, inputs, options.effort);
  const Interpreter interpreter(forward.graph);
  const BoundedValues known = values_with_rounding(forward.graph, forward.inputs, options.effort);
  const std::vector<Asked> asked =
      asked_of(task, forward.graph, known, derived_values(task.gradients, inputs, options.effort), options);
  for (size_t number = 0; number < asked.size(); ++number) {
    report.gradients.push_back({.name = task.names[number]});
    report.gradients.back().elements = static_cast<int64_t>(asked[number].derived.size());
    if (options.progress) options.progress->elements += static_cast<int64_t>(asked[number].order.size());
  }
  if (options.progress) options.progress->looks_at_elements = true;
  look_at_elements(interpreter, known, asked, options, report.gradients);
  report.stopped = options.effort.stop && options.effort.stop();
  return report;
}

std::string print(const GradientReport& report) {
  std::string text;
  for (const CheckedGradient& one : report.gradients) {
    text += fmt::format("{}: {} of {} elements, {} kinks, worst error {:.1e}\n", one.name, one.checked, one.elements,
                        one.kinks, one.worst_error);
    if (one.wrong > 0)
      text += fmt::format("  {} wrong; at element {} derived {}, by differences {}\n", one.wrong, one.worst_element,
                          one.derived, one.expected);
  }
  if (report.elements() > 0) text += share_looked_at(report);
  for (const std::string& name : report.unchecked) text += name + ": not an input, not checked\n";
  if (report.untold() > 0)
    text += fmt::format("{} elements are too small beside the rounding of the loss to be told\n", report.untold());
  if (report.checked() == 0) text += "nothing was checked\n";
  if (static_cast<double>(report.kinks()) > report.most_kinks * static_cast<double>(report.checked()))
    text += fmt::format("too many kinks: {} of {}\n", report.kinks(), report.checked());
  return text;
}

}  // namespace dnnc
