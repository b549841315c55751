#include "compiler/sema/training/field_values.h"

#include <algorithm>
#include <cmath>

#include "compiler/sema/training/training_nodes.h"
#include "compiler/support/check.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

using runtime::Statistic;

std::vector<Axis> axes_of(const std::vector<int64_t>& shape) {
  std::vector<Axis> axes;
  for (int64_t size : shape) axes.push_back({"i" + std::to_string(axes.size()), size, false});
  return axes;
}

/// One of the statistics of a field, made once.
NodeId statistic(Elaboration& elaboration, const std::string& field, Statistic which, const std::vector<int64_t>& shape,
                 Span span, const Element& element = {}) {
  const std::string name = runtime::statistic_name(field, which);
  for (NodeId node : node_ids(*elaboration.graph)) {
    const auto* input = std::get_if<Input>(&(*elaboration.graph)[node].kind);
    if (input && input->role == InputRole::Fitted && input->name == name) return node;
  }
  return add_input(*elaboration.graph, {InputRole::Fitted, name, ""}, axes_of(shape), element, span);
}

StatisticNodes statistics(Elaboration& elaboration, const std::string& field, const std::vector<int64_t>& shape,
                          Span span) {
  const auto node = [&](Statistic which) { return statistic(elaboration, field, which, shape, span); };
  return {node(Statistic::Mean), node(Statistic::MeanRest), node(Statistic::Deviation)};
}

/// What float32 leaves of a field as the source gives it, of numbers that may be no float32; not valid for another node.
NodeId rest_of(Elaboration& elaboration, const Run& run, NodeId node, Span span) {
  Graph& graph = *elaboration.graph;
  const auto* input = std::get_if<Input>(&graph[node].kind);
  if (!input || input->role != InputRole::Field) return {};
  const auto raw = std::ranges::find(run.raw, input->name, &RawField::name);
  const bool augmented = raw != run.raw.end() && raw->shape.size() == 3 && !run.data->augment.empty();
  if (raw == run.raw.end() || raw->bytes || augmented) return {};
  const std::string name = runtime::rest_name(raw->name);
  for (NodeId other : node_ids(graph))
    if (const auto* known = std::get_if<Input>(&graph[other].kind); known && known->name == name) return other;
  return add_input(graph, {InputRole::Field, name, ""}, graph[node].axes, {}, span);
}

/// What a formula of step number `step` may name: fields as they are before it.
Environment environment_before(const FieldValues& values, const Run& run, size_t step) {
  Environment environment;
  for (const auto& [name, field] : values.fields) environment[name] = field.value;
  auto target = values.fields.find(run.names->kept_name(target_word, step));
  if (target != values.fields.end()) environment[target_word] = target->second.value;
  return environment;
}

/// The formula that gives what a step measures or fills.
Span formula_of(const Run& run, size_t number) {
  const FieldStep& step = run.data->steps[number];
  const auto* same = std::get_if<ast::Name>(&without_brackets(step.formula)->kind);
  const FieldStep* before = same ? formula_behind(run, run.names->kept_name(same->text, number), number) : nullptr;
  return (before ? *before : step).formula->span;
}

/// The field that a formula names and nothing else, or null.
const FieldValue* field_itself(const FieldValues& values, const Run& run, size_t step) {
  const auto* name = std::get_if<ast::Name>(&without_brackets(run.data->steps[step].formula)->kind);
  if (!name) return nullptr;
  auto found = values.fields.find(run.names->kept_name(name->text, step));
  return found == values.fields.end() ? nullptr : &found->second;
}

FieldValue standardize(Elaboration& elaboration, FieldValues& values, const Run& run, FieldValue field, size_t number) {
  const FieldStep& step = run.data->steps[number];
  NodeId node = node_of(elaboration, field.value, step.field, step.span);
  const NodeId rest = field.rest.valid() ? field.rest : rest_of(elaboration, run, node, step.span);
  field.rest = {};
  std::vector<int64_t> shape = shape_of(elaboration, field.value);
  values.fitted.push_back({step.fitted, shape, node, formula_of(run, number), rest});
  const StatisticNodes of = statistics(elaboration, step.fitted, shape, step.span);
  if (!field.original) field.original = field.value;
  NodeId result = standardized(*elaboration.graph, node, rest, of, step.field, step.span);
  field.value = tensor_of(elaboration, result);
  return field;
}

void report_filling(Elaboration& elaboration, const FieldStep& step, const std::string& message,
                    const std::string& advice) {
  elaboration.diagnostics->report(error("E0509", step.formula->span, message, advice));
}

void report_nothing_missing(Elaboration& elaboration, const Run& run, size_t number) {
  const FieldStep& step = run.data->steps[number];
  const FieldStep* before = run.names->standardized_before(number);
  if (!before)
    return report_filling(elaboration, step, "nothing can be missing here",
                          "`impute` takes a column that misses values");
  Diagnostic late =
      error("E0509", step.formula->span, "nothing is missing behind `" + std::string(standardize_word) + "`",
            "fill the field first: write the line of `" + std::string(impute_word) + "` before the other");
  late.labels = {{before->span, "standardised here"}};
  elaboration.diagnostics->report(std::move(late));
}

/// Whether the number may stand in place of a value: for labels a label.
bool fits(const FieldStep& step, const Element& element, Elaboration& elaboration) {
  if (element.kind == Element::Kind::Real) return true;
  if (!step.fill && step.method == runtime::FitMethod::MostFrequent) return true;
  const bool whole = step.fill && *step.fill == std::floor(*step.fill);
  if (whole && (element.kind == Element::Kind::Integer ||
                (*step.fill >= 0 && *step.fill < static_cast<double>(element.classes))))
    return true;
  report_filling(elaboration, step, "labels and whole numbers are filled by one of their own",
                 "write by: most_frequent, or by: 0");
  return false;
}

/// The value with another in place of what is missing.
std::optional<FieldValue> fill(Elaboration& elaboration, FieldValues& values, const Run& run, size_t number,
                               const Tensor& value) {
  const FieldStep& step = run.data->steps[number];
  Graph& graph = *elaboration.graph;
  const std::vector<int64_t> shape = shape_of(elaboration, value);
  std::vector<NodeId> gaps;
  for (const std::string& name : run.names->gaps_of(number)) {
    const Tensor& gap = values.fields.at(name).value;
    if (shape_of(elaboration, gap) != shape) {
      report_filling(elaboration, step, "where a value of this formula is missing cannot be told",
                     "fill the fields that it reads first, each in a line of its own");
      return std::nullopt;
    }
    gaps.push_back(node_of(elaboration, gap, name, step.span));
  }
  const NodeId node = node_of(elaboration, value, step.field, step.span);
  if (gaps.empty() || !fits(step, value.element, elaboration)) {
    if (gaps.empty()) report_nothing_missing(elaboration, run, number);
    return std::nullopt;
  }
  const NodeId gap = any_of(graph, gaps, runtime::missing_name(step.field), step.span);
  Expr in_place = constant(step.fill.value_or(0));
  if (!step.fill) {
    // Where a formula is made of what is missing it may be no number.
    const NodeId present = filled(graph, node, gap, constant(0), step.field, step.span);
    values.fitted.push_back({step.fitted, shape, present, formula_of(run, number), {}, step.method, gap});
    in_place = statistic_of(
        graph, statistic(elaboration, step.fitted, Statistic::Fill, shape, step.span, value.element), node);
  }
  FieldValue field{tensor_of(elaboration, filled(graph, node, gap, in_place, step.field, step.span)), std::nullopt};
  if (const NodeId rest = rest_of(elaboration, run, node, step.span); rest.valid())
    field.rest = filled(graph, rest, gap, constant(0), step.field, step.span);
  return field;
}

/// A step that only renames or standardises keeps what can be undone; any other formula starts anew.
std::optional<FieldValue> step_value(Elaboration& elaboration, FieldValues& values, const Run& run, size_t number) {
  const FieldStep& step = run.data->steps[number];
  Environment environment = environment_before(values, run, number);
  elaboration.field = true;
  Value value = evaluate_formula(elaboration, environment, step.formula, "data/" + step.field);
  elaboration.field = false;
  if (is_poison(value)) return std::nullopt;
  std::optional<Tensor> tensor = to_tensor(elaboration, value, step.formula->span);
  if (!tensor) return std::nullopt;
  if (step.fills) return fill(elaboration, values, run, number, *tensor);
  FieldValue field{*tensor, std::nullopt};
  if (const FieldValue* same = field_itself(values, run, number)) field = *same;
  if (!step.fitted.empty()) {
    const NodeId node = node_of(elaboration, field.value, step.field, step.span);
    if (!are_quantities(run, *elaboration.graph, node)) {
      elaboration.diagnostics->report(error("E0509", step.formula->span, "only numbers can be standardised",
                                            "labels and whole numbers stay as they are"));
      return std::nullopt;
    }
    if (field.value.element.kind != Element::Kind::Real)
      field.value = tensor_of(elaboration, with_element(*elaboration.graph, node, {}, step.field, step.span));
    return standardize(elaboration, values, run, std::move(field), number);
  }
  NodeId node = node_of(elaboration, field.value, step.field, step.span);
  field.value = tensor_of(elaboration, node);
  return field;
}

}  // namespace

const FieldStep* formula_behind(const Run& run, const std::string& kept, size_t end) {
  while (end-- > 0) {
    const FieldStep& step = run.data->steps[end];
    if (step.field != kept) continue;
    const auto* same = std::get_if<ast::Name>(&without_brackets(step.formula)->kind);
    return same ? formula_behind(run, run.names->kept_name(same->text, end), end) : &step;
  }
  return nullptr;
}

NodeId add_field(Elaboration& elaboration, const RawField& field, Span span) {
  std::vector<Axis> axes = axes_of(field.shape);
  axes.insert(axes.begin(), {"n", *elaboration.batch, true});
  return add_input(*elaboration.graph, {InputRole::Field, field.name, ""}, std::move(axes), field.element, span);
}

std::optional<FieldValues> field_values(Elaboration& elaboration, const Run& run,
                                        const std::vector<std::string>& wanted) {
  FieldNames::Need need = run.names->need_of(wanted);
  FieldValues values;
  for (const RawField& raw : run.raw) {
    if (std::find(need.raw.begin(), need.raw.end(), raw.name) == need.raw.end()) continue;
    const std::optional<KnownField> known = run.names->find(raw.name);
    NodeId node = add_field(elaboration, raw, known ? known->span : run.data->name.span);
    values.fields[raw.name] = {tensor_of(elaboration, node), std::nullopt};
  }
  bool whole = true;
  for (size_t step = 0; step < run.data->steps.size(); ++step) {
    if (!need.steps[step]) continue;
    std::optional<FieldValue> value = step_value(elaboration, values, run, step);
    if (!value) {
      whole = false;
      break;
    }
    values.fields[run.data->steps[step].field] = std::move(*value);
  }
  return whole ? std::optional(values) : std::nullopt;
}

bool are_quantities(const Run& run, const Graph& graph, NodeId node) {
  if (graph[node].element.kind == Element::Kind::Real) return true;
  if (const auto* input = std::get_if<Input>(&graph[node].kind))
    return std::ranges::none_of(run.raw, [&](const RawField& field) {
      return field.name == input->name && field.reading == runtime::Reading::Value;
    });
  const auto* made = std::get_if<Comprehension>(&graph[node].kind);
  if (made && made->reduction != Reduction::None) return true;
  return std::ranges::all_of(sources_of(graph, node), [&](NodeId read) { return are_quantities(run, graph, read); });
}

const FieldValue& field_at_end(const FieldValues& values, const Run& run, const std::string& name) {
  auto found = values.fields.find(run.names->kept_name(name, run.data->steps.size()));
  check(found != values.fields.end(), "sema: field " + name + " has not been computed");
  return found->second;
}

Tensor undo_standardization(Elaboration& elaboration, const Tensor& value, const std::vector<std::string>& fitted,
                            const std::string& name, Span span) {
  Tensor result = value;
  for (auto field = fitted.rbegin(); field != fitted.rend(); ++field) {
    std::vector<int64_t> shape = shape_of(elaboration, result);
    NodeId node = node_of(elaboration, result, name, span);
    const StatisticNodes of = statistics(elaboration, *field, shape, span);
    result = tensor_of(elaboration, unstandardized(*elaboration.graph, node, of, name, span));
  }
  result.head = value.head;
  return result;
}

}  // namespace dnnc
