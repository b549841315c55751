#include "compiler/sema/training/plan_run.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/training/check_augmentations.h"
#include "compiler/sema/training/field_values.h"
#include "compiler/sema/training/training_formulas.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

std::shared_ptr<const DataBlock> find_data(const TrainBlock& block, const DataBlocks& data, Diagnostics& diagnostics) {
  if (auto found = data.find(block.data.text); found != data.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, other] : data) names.push_back(name);
  Diagnostic unknown = unknown_word("E0604", block.data.span, "there is no data `" + block.data.text + "`",
                                    block.data.text, names, "there are");
  unknown.once = true;
  diagnostics.report(std::move(unknown));
  return nullptr;
}

/// The field that a parameter of the net takes, or an empty text after an error.
std::string field_for(const Run& run, size_t parameter, const InputType& type, Diagnostics& diagnostics) {
  const ast::Parameter& input = run.net->tree->parameters[parameter];
  const FieldNames& names = *run.names;
  if (names.known(input.name.text)) return input.name.text;
  const std::vector<KnownField>& fields = run.data->fields;
  bool single = run.net->tree->parameters.size() == 1;
  // What the block states alone says nothing of what else the file has.
  const auto first = std::ranges::find_if(fields, [](const KnownField& field) { return !field.stated; });
  bool only_column = first == fields.end() || first->name == run.data->target;
  bool column = run.data->open && (!single || only_column || type.shape.empty());
  if (column) return input.name.text;
  if (single && !only_column) return first->name;
  Diagnostic missing = unknown_word("E0616", input.name.span,
                                    "data `" + run.data->name.text + "` has no field `" + input.name.text + "`",
                                    input.name.text, names.all(), "its fields are");
  missing.labels = {{run.block.data.span, "the data of this training"}};
  diagnostics.report(std::move(missing));
  return "";
}

/// Fields for all inputs of the net, in their order, with their types. std::nullopt after an error.
std::optional<std::vector<FieldUse>> input_uses(Run& run, const Program& program, Diagnostics& diagnostics) {
  std::vector<FieldUse> uses;
  bool whole = true;
  for (size_t parameter = 0; parameter < run.net->tree->parameters.size(); ++parameter) {
    const ast::Parameter& input = run.net->tree->parameters[parameter];
    std::optional<InputType> type = input_type(program, *run.net, parameter, diagnostics);
    std::string field = type ? field_for(run, parameter, *type, diagnostics) : "";
    whole = whole && !field.empty();
    if (field.empty()) continue;
    run.inputs.push_back(field);
    uses.push_back({.field = field,
                    .taker = "input `" + input.name.text + "` of net `" + run.net->name() + "`",
                    .span = input.type ? input.type->span : input.name.span,
                    .shape = type->shape,
                    .element = type->element});
  }
  return whole ? std::optional(uses) : std::nullopt;
}

/// What parameters with types say of the fields that they are given.
std::vector<FieldUse> given_to_parameters(const Run& run, const std::vector<NetResult>& results,
                                          const Program& program) {
  std::vector<FieldUse> given;
  const auto add = [&](const std::vector<NetResult>& beside, const std::set<std::string>& fields,
                       const ast::Ptr& formula) {
    for (const TypedArgument& typed : typed_arguments(program, beside, fields, formula))
      given.push_back({.field = typed.field.text,
                       .taker = typed.taker,
                       .span = typed.field.span,
                       .shape = typed.type.shape,
                       .element = typed.type.element,
                       .probability = typed.type.word == TypeWord::Probability});
  };
  std::vector<ast::Ptr> formulas = {run.block.loss};
  for (const MetricPlan& metric : run.metrics) formulas.push_back(metric.value);
  for (const ast::Ptr& formula : formulas) {
    const std::vector<std::string> fields = formula_fields(run, results, formula);
    add(results, {fields.begin(), fields.end()}, formula);
  }
  for (size_t step = 0; step < run.data->steps.size(); ++step) {
    const ast::Ptr& formula = run.data->steps[step].formula;
    add({}, run.names->fields_in(formula, step), formula);
  }
  return given;
}

/// The target of a result: what its head compares with, unless the loss has a parameter of another shape for it.
FieldUse target_use(const Run& run, const Pair& pair, const OutputInfo& info, const std::vector<FieldUse>& given) {
  FieldUse use{.field = pair.field,
               .taker = "result `" + pair.result + "`",
               .span = pair.span,
               .shape = info.shape,
               .element = {}};
  for (const ast::Output& head : run.net->tree->results)
    if (head.name.text == pair.result || run.net->tree->results.size() == 1) use.span = head.type.span;
  switch (info.head) {
    case Head::Class:
      use.element = {Element::Kind::Class, info.classes};
      use.shape.pop_back();
      break;
    case Head::Probability:
      use.probability = true;
      break;
    case Head::Real:
      break;
    case Head::Array:
      use.typed = false;
      break;
  }
  for (const FieldUse& stated : given)
    if (stated.field == pair.field && stated.span == pair.span && stated.shape != use.shape) use = stated;
  return use;
}

/// Results and fields share the names of formulas: none may be both.
void check_names(const Run& run, const std::vector<NetResult>& results, Diagnostics& diagnostics) {
  for (const NetResult& result : results) {
    if (!run.names->known(result.info.name)) continue;
    Diagnostic both =
        error("E0612", run.block.net.span, "`" + result.info.name + "` is a result of the net and a field of the data",
              "give the result another name");
    both.labels = {{run.block.data.span, "the data has this field"}};
    diagnostics.report(std::move(both));
  }
}

FieldUse read_as_it_is(const std::string& field, Span span) {
  return {.field = field, .taker = "this formula", .span = span, .shape = {}, .element = {}, .typed = false};
}

/// A label of so many kinds as the list has that it chooses from.
FieldUse label_use(const ListSubscript& subscript) {
  return {.field = subscript.name.text,
          .taker = "a subscript of " + std::to_string(subscript.count) + " elements",
          .span = subscript.name.span,
          .shape = {},
          .element = {Element::Kind::Class, subscript.count}};
}

/// The same in the steps of the data that the other uses need.
void add_label_uses_of_steps(const Run& run, const Program& program, std::vector<FieldUse>& uses) {
  std::vector<std::string> fields;
  for (const FieldUse& use : uses) fields.push_back(use.field);
  FieldNames::Need need = run.names->need_of(fields);
  for (size_t step = 0; step < run.data->steps.size(); ++step) {
    if (!need.steps[step]) continue;
    const ast::Ptr& formula = run.data->steps[step].formula;
    std::set<std::string> read = run.names->fields_in(formula, step);
    for (const ListSubscript& subscript : list_subscripts(program, formula))
      if (read.contains(subscript.name.text)) uses.push_back(label_use(subscript));
  }
}

/// A column of weights.
FieldUse weight_use(const Run& run) {
  return {.field = std::get<ast::Name>(without_brackets(run.weight)->kind).text,
          .taker = "the weight of an example",
          .span = run.weight->span,
          .shape = {},
          .element = {},
          .positive = true};
}

/// Whether an input, a step of the data or a formula of training reads the field `weight`.
bool reads_weight(const Run& run, const std::vector<NetResult>& results) {
  if (std::ranges::find(run.inputs, std::string(weight_key)) != run.inputs.end()) return true;
  const std::vector<FieldStep>& steps = run.data->steps;
  for (size_t number = 0; number < steps.size(); ++number)
    if (steps[number].field != weight_key && run.names->fields_in(steps[number].formula, number).contains(weight_key))
      return true;
  std::vector<ast::Ptr> formulas = {run.block.loss};
  for (const MetricPlan& metric : run.metrics) formulas.push_back(metric.value);
  return std::ranges::any_of(formulas, [&](const ast::Ptr& formula) {
    return std::ranges::count(formula_fields(run, results, formula), std::string(weight_key)) > 0;
  });
}

/// What an example counts: the training says it, or a step `weight` of the data that nothing reads.
ast::Ptr weight_of(const Run& run, const std::vector<NetResult>& results) {
  if (run.block.weight) return run.block.weight;
  const auto step = std::ranges::find(run.data->steps, std::string(weight_key), &FieldStep::field);
  if (step == run.data->steps.end() || reads_weight(run, results)) return nullptr;
  return std::make_shared<ast::Expression>(ast::Expression{step->span, ast::Name{weight_key}});
}

/// A loss or metric of the formula that is given the field and no result of the net: one of the two may be misspelt.
void look_for_lone_call(const std::vector<NetResult>& results, const Program& program, const ast::Ptr& formula,
                        FieldUse& use) {
  for_each_expression(formula, [&](const ast::Expression& part) {
    const auto* call = std::get_if<ast::Call>(&part.kind);
    const Definition* callee = call ? find_definition(program.main(), call->function.text) : nullptr;
    const bool judges =
        callee && (callee->kind() == ast::DefinitionKind::Loss || callee->kind() == ast::DefinitionKind::Metric);
    if (!judges) return;
    const std::set<std::string> names = names_in(std::make_shared<ast::Expression>(part));
    const auto is_read = [&](const NetResult& result) { return names.contains(result.info.name); };
    if (names.contains(use.field) && std::ranges::none_of(results, is_read)) use.lone_call = part.span;
  });
  if (!use.lone_call.valid()) return;
  for (const NetResult& result : results) use.results += (use.results.empty() ? "`" : ", `") + result.info.name + "`";
}

/// All that formulas of training read besides the inputs: pairs with the type of their head, fields that choose from
/// lists as labels, other fields as they are.
void add_formula_uses(const Run& run, const std::vector<NetResult>& results, const Program& program,
                      const std::vector<FieldUse>& given, std::vector<FieldUse>& uses) {
  for (const Pair& pair : run.pairs)
    for (const NetResult& result : results)
      if (result.info.name == pair.result) uses.push_back(target_use(run, pair, result.info, given));
  auto paired = [&](const std::string& field) {
    return std::any_of(run.pairs.begin(), run.pairs.end(), [&](const Pair& pair) { return pair.field == field; });
  };
  std::vector<ast::Ptr> formulas = {run.block.loss};
  for (const MetricPlan& metric : run.metrics) formulas.push_back(metric.value);
  if (run.weight && std::holds_alternative<ast::Name>(without_brackets(run.weight)->kind))
    uses.push_back(weight_use(run));
  else if (run.weight) formulas.push_back(run.weight);
  for (const ast::Ptr& formula : formulas) {
    std::vector<ListSubscript> labels = list_subscripts(program, formula);
    for (const std::string& field : formula_fields(run, results, formula)) {
      if (paired(field)) continue;
      auto label = std::ranges::find(labels, field, [](const ListSubscript& subscript) { return subscript.name.text; });
      uses.push_back(label != labels.end() ? label_use(*label) : read_as_it_is(field, place_of_name(formula, field)));
      look_for_lone_call(results, program, formula, uses.back());
    }
  }
  add_label_uses_of_steps(run, program, uses);
}

bool is_loaded(const Run& run, const std::string& field) {
  return std::ranges::find(run.raw, field, &RawField::name) != run.raw.end();
}

/// Loads a field of the source that no formula reads, as far as the text tells what it is.
void load_besides(Run& run, const KnownField& field) {
  RawField raw{.name = field.name,
               .shape = {},
               .element = field.element,
               .precise = field.reading == runtime::Reading::Order,
               .column = field.column,
               .reading = field.reading,
               .word = field.word};
  if (field.stated) {
    for (const std::optional<int64_t>& size : *field.shape) raw.shape.push_back(size.value_or(1));
    raw.probability = field.probability;
    raw.optional = true;
  }
  const bool uncounted = raw.element.kind == Element::Kind::Class && raw.element.classes == 0;
  if (uncounted) raw.element = {Element::Kind::Integer, 0};
  if (!is_loaded(run, field.name)) run.raw.push_back(std::move(raw));
}

/// What shares out the examples is loaded too: labels, and groups; and fields whose type the block states, which is looked at
/// whether they are read or not.
void load_others(Run& run) {
  for (const KnownField& field : run.data->fields)
    if (field.stated) load_besides(run, field);
  for (const Split& split : run.data->splits) {
    if (!split.by.empty())
      load_besides(run, run.names->find(split.by).value_or(
                            KnownField{.name = split.by, .shape = {}, .element = {}, .span = {}}));
    const KnownField* target = find_field(*run.data, target_word);
    if (split.method == SplitMethod::Stratified && target && target->element.kind == Element::Kind::Class)
      load_besides(run, *target);
  }
}

/// Whether the target tells apart kinds of examples: labels, or yes and no.
bool target_tells_kinds(const Run& run) {
  const std::string target = run.names->kept_name(target_word, run.data->steps.size());
  const bool asked = std::ranges::any_of(run.uses, [&](const FieldUse& use) {
    const bool kinds = use.element.kind == Element::Kind::Class || use.probability;
    return run.names->kept_name(use.field, run.data->steps.size()) == target && use.shape.empty() && kinds;
  });
  const std::string source = field_of_target(run);
  return std::ranges::any_of(run.raw, [&](const RawField& field) {
    const bool kinds = asked || field.element.kind != Element::Kind::Real || field.reading == runtime::Reading::Equals;
    return field.name == source && field.shape.empty() && kinds;
  });
}

void check_splits(const Run& run, Diagnostics& diagnostics) {
  for (const Split& split : run.data->splits) {
    if (split.method != SplitMethod::Stratified || target_tells_kinds(run)) continue;
    std::string share = std::to_string(std::lround(split.share * 100));
    Diagnostic misfit = error("E0507", split.span, "`stratified` needs a target of labels",
                              std::string("write ") + runtime::word_of(split.part) + " = random(" + share + "%)");
    misfit.labels = {{run.block.span, "in this training the target is no label"}};
    diagnostics.report(std::move(misfit));
  }
}

}  // namespace

const Definition* find_of_kind(const Program& program, const ast::Word& word,
                               std::span<const ast::DefinitionKind> kinds, const std::string& what,
                               Diagnostics& diagnostics) {
  const Definition* found = find_definition(program.main(), word.text);
  auto fits = [&](const Definition& definition) {
    return std::find(kinds.begin(), kinds.end(), definition.kind()) != kinds.end();
  };
  if (found && fits(*found)) return found;
  if (found) {
    Diagnostic other = error(
        "E0611", word.span,
        "`" + word.text + "` is " + with_article(word_of(found->kind())) + ", " + with_article(what) + " is needed");
    if (!found->module->library) other.labels = {{found->tree->name.span, "defined here"}};
    diagnostics.report(std::move(other));
    return nullptr;
  }
  std::vector<std::string> names;
  for (const std::string& name : visible_names(program.main()))
    if (const Definition* candidate = find_definition(program.main(), name); candidate && fits(*candidate))
      names.push_back(name);
  Diagnostic unknown =
      unknown_word("E0604", word.span, "there is no " + what + " `" + word.text + "`", word.text, names, "there are");
  unknown.once = true;
  diagnostics.report(std::move(unknown));
  return nullptr;
}

std::optional<std::vector<NetResult>> use_net_alone(Elaboration& elaboration, const Definition& net) {
  std::vector<Value> inputs;
  for (size_t parameter = 0; parameter < net.tree->parameters.size(); ++parameter) {
    std::optional<InputType> type = input_type(*elaboration.program, net, parameter, *elaboration.diagnostics);
    if (!type) return std::nullopt;
    NodeId field = add_field(elaboration, {net.tree->parameters[parameter].name.text, type->shape, type->element},
                             net.tree->parameters[parameter].span);
    inputs.push_back(tensor_of(elaboration, field));
  }
  return use_net(elaboration, net, inputs, net.tree->name.span);
}

std::string field_of_target(const Run& run) {
  if (is_loaded(run, run.data->target)) return run.data->target;
  std::vector<std::string> made_of = run.names->need_of({target_word}).raw;
  std::erase_if(made_of, [&](const std::string& name) {
    const std::optional<KnownField> known = run.names->find(name);
    return !is_loaded(run, name) || (known && known->reading == runtime::Reading::Missing);
  });
  return made_of.size() == 1 ? made_of.front() : "";
}

std::string loaded_target(const Run& run) {
  const std::string field = field_of_target(run);
  const std::optional<KnownField> known = run.names->find(field);
  return field == run.data->target || (known && known->reading == runtime::Reading::Equals) ? field : "";
}

std::optional<Run> plan_run(const TrainBlock& block, const DataBlocks& data, const Program& program,
                            Diagnostics& diagnostics) {
  Run run;
  run.block = block;
  const ast::DefinitionKind net_kind[] = {ast::DefinitionKind::Net};
  run.net = find_of_kind(program, block.net, net_kind, word_of(net_kind[0]), diagnostics);
  run.data = find_data(block, data, diagnostics);
  if (!run.net || !run.data) return std::nullopt;
  if (run.data->examples) run.block.settings.batch = std::min(run.block.settings.batch, *run.data->examples);
  run.names = std::make_shared<FieldNames>(field_names(*run.data, program.main()));
  Graph scratch;
  Elaboration elaboration = begin_elaboration(program, scratch, diagnostics, true, run.block.settings.batch);
  std::optional<std::vector<NetResult>> results = use_net_alone(elaboration, *run.net);
  std::optional<std::vector<FieldUse>> uses = input_uses(run, program, diagnostics);
  if (!results || !uses) return std::nullopt;
  size_t errors = diagnostics.error_count();
  check_names(run, *results, diagnostics);
  run.metrics = plan_metrics(run, program, diagnostics);
  check_words(run, *results, program, diagnostics);
  if (diagnostics.error_count() != errors) return std::nullopt;
  run.weight = weight_of(run, *results);
  run.pairs = find_pairs(run, *results, program);
  const std::vector<FieldUse> given = given_to_parameters(run, *results, program);
  add_formula_uses(run, *results, program, given, *uses);
  run.uses = std::move(*uses);
  run.raw = raw_fields(*run.names, run.uses, given, diagnostics);
  check_rows(*run.data, run.raw, diagnostics);
  load_others(run);
  check_splits(run, diagnostics);
  check_augmentations(run, diagnostics);
  return diagnostics.error_count() == errors ? std::optional(run) : std::nullopt;
}

}  // namespace dnnc
