#include "compiler/sema/contracts/contract_names.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "compiler/sema/elaborate/constant_reader.h"
#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/training/training_formulas.h"
#include "runtime/program/field_values.h"

namespace dnnc {
namespace {

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts;
  std::istringstream text(name);
  for (std::string part; std::getline(text, part, '.');) parts.push_back(part);
  return parts;
}

const std::vector<std::string>& first_words() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> words;
    for (const auto& [number, word] : runtime::words<runtime::RunNumber>) words.emplace_back(runtime::group_of(number));
    for (const auto& [part, word] : runtime::words<DataPart>) words.push_back(word);
    return words;
  }();
  return all;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The trainings that a run's or a net's name means.
std::vector<const Training*> trainings_called(const ContractWorld& world, const std::string& name) {
  std::vector<const Training*> named, of_net;
  for (const Training& training : world.trainings) {
    if (training.name == name) named.push_back(&training);
    if (training.net == name) of_net.push_back(&training);
  }
  return named.empty() ? of_net : named;
}

const LoneNet* lone_net(const ContractWorld& world, const std::string& name) {
  for (const LoneNet& net : world.nets)
    if (net.name == name) return &net;
  return nullptr;
}

std::vector<std::string> names_of(const std::vector<Training>& trainings) {
  std::vector<std::string> names;
  for (const Training& training : trainings) names.push_back(training.name);
  return names;
}

/// Names of runs and nets, each once.
std::vector<std::string> owners(const ContractWorld& world) {
  std::vector<std::string> names = names_of(world.trainings);
  for (const LoneNet& net : world.nets) names.push_back(net.name);
  return names;
}

const char* const predict_memory = runtime::word_of(runtime::RunNumber::PredictMemory);
const char* const parameter_number =
    runtime::word_of(runtime::RunNumber::Parameters);  ///< all that a net gives which is not trained

int64_t parameter_count(const Training& training) {
  int64_t total = 0;
  for (const ParameterInfo& parameter : training.parameters) {
    if (parameter.role != InputRole::Parameter) continue;
    int64_t count = 1;
    for (int64_t size : parameter.shape) count *= size;
    total += count;
  }
  return total;
}

bool gives_part(const Training& training, DataPart part) {
  if (part == DataPart::Train) return true;
  for (const runtime::Split& split : training.data.splits)
    if (split.part == part) return true;
  return part == DataPart::Test && has_test_part(training.data.source);
}

/// Everything that can be said of a training. A metric that is a formula has no name to say.
std::vector<std::string> numbers_of(const Training& training) {
  std::vector<std::string> names;
  for (const auto& [number, word] : runtime::words<runtime::RunNumber>) names.push_back(word);
  for (const auto& [part, word] : runtime::words<DataPart>) {
    if (!gives_part(training, part)) continue;
    names.push_back(runtime::part_number(part, runtime::loss_name));
    for (const MetricInfo& metric : training.metrics)
      if (is_word(metric.name) && metric.shape.empty()) names.push_back(runtime::part_number(part, metric.name));
  }
  return names;
}

/// Which metrics are left out of what there is, and how they get a name.
void note_formulas(const Training& training, Diagnostic& diagnostic) {
  for (const MetricInfo& metric : training.metrics)
    if (!is_word(metric.name)) diagnostic.notes.push_back({{}, name_for_formula(metric.name)});
}

void report_unknown_number(const Training& training, const std::string& name, Span span, Diagnostics& diagnostics) {
  const std::string message = "training `" + training.name + "` gives no number `" + name + "`";
  const std::string first = parts_of(name).front();
  const std::optional<DataPart> part = runtime::value_named<DataPart>(first);
  if (part && !gives_part(training, *part)) {
    diagnostics.report(error("E0702", span, message + ": its data has no " + first + " part",
                             "add " + first + " = random(20%) to the data"));
    return;
  }
  const std::vector<std::string> numbers = numbers_of(training);
  if (contains(numbers, runtime::part_number(DataPart::Train, name))) {  // of which part is not said
    std::vector<std::string> meant;
    std::ranges::copy_if(numbers, std::back_inserter(meant),
                         [&](const std::string& number) { return number.ends_with("." + name); });
    diagnostics.report(error("E0702", span, "`" + name + "` of which part of the data?",
                             fmt::format("there are {}", fmt::join(meant, ", "))));
    return;
  }
  Diagnostic unknown = unknown_word("E0702", span, message, name, numbers, "it gives");
  const Span behind_owner{span.source, span.end - static_cast<uint32_t>(name.size()), span.end};
  if (!unknown.replacement) note_formulas(training, unknown);
  else if (diagnostics.sources().text(behind_owner) == name) unknown.replacement->span = behind_owner;
  diagnostics.report(std::move(unknown));
}

/// A net that is not trained has parameters and nothing else.
void report_untrained(const std::vector<const LoneNet*>& nets, const std::string& name, Span span,
                      Diagnostics& diagnostics) {
  if (nets.size() == 1)
    return diagnostics.report(
        unknown_word("E0702", span, "net `" + nets.front()->name + "` is not trained and gives no `" + name + "`", name,
                     {parameter_number}, "it gives"));
  diagnostics.report(error("E0702", span, "nothing is trained here that gives `" + name + "`"));
}

void report_which(Span span, const std::string& name, const std::vector<std::string>& owners,
                  Diagnostics& diagnostics) {
  Diagnostic which = error("E0702", span, "`" + name + "` of which net or training?");
  if (!owners.empty()) which.help = "its name goes first: " + owners.front() + "." + name;
  diagnostics.report(std::move(which));
}

std::optional<ContractNumber> number_of(const Training& training, const std::string& name, Span span,
                                        Diagnostics& diagnostics) {
  if (!contains(numbers_of(training), name)) {
    report_unknown_number(training, name, span, diagnostics);
    return std::nullopt;
  }
  ContractNumber number;
  if (name == parameter_number) number.known = parameter_count(training);
  number.term.kind = ContractTerm::Kind::Reference;
  number.term.name = name;
  number.term.run = training.name;
  return number;
}

/// The numbers of nested lists in order.
void flatten(const DataValue& value, std::vector<const DataValue*>& numbers) {
  for (const DataValue& item : value.items) flatten(item, numbers);
  if (value.kind == DataValue::Kind::Number) numbers.push_back(&value);
}

bool answers_one_number(const Training& training) {
  if (training.outputs.size() != 1) return false;
  const OutputInfo& output = training.outputs.front();
  return output.shape.size() == (output.head == Head::Class ? 1 : 0);
}

/// The argument of the call that is meant for each input of the net; null where there is none.
std::vector<ast::Ptr> arguments_by_input(const ast::Call& call, const Definition& net) {
  const std::vector<ast::Parameter>& inputs = net.tree->parameters;
  std::vector<ast::Ptr> result(inputs.size());
  size_t position = 0;
  for (const ast::Argument& argument : call.arguments) {
    size_t place = inputs.size();
    for (size_t input = 0; input < inputs.size(); ++input)
      if (argument.name && argument.name->text == inputs[input].name.text) place = input;
    if (!argument.name) place = position++;
    if (place < inputs.size() && !result[place]) result[place] = argument.value;
    else return {};
  }
  return result;
}

void report_fit(Span span, const std::string& message, const std::string& label, Diagnostics& diagnostics) {
  Diagnostic misfit = error("E0704", span, message);
  misfit.label = label;
  diagnostics.report(std::move(misfit));
}

/// Adds what the net is given for the field; reports what the field cannot be, and is false then.
bool add_field(const DataValue& value, const RawField& field, Diagnostics& diagnostics,
               std::vector<ContractTerm>& terms) {
  std::vector<const DataValue*> numbers;
  flatten(value, numbers);
  if (static_cast<int64_t>(numbers.size()) != field.count()) {
    report_fit(value.place, "an example of field `" + field.name + "` is needed",
               std::to_string(numbers.size()) + " numbers, the field has " + std::to_string(field.count()),
               diagnostics);
    return false;
  }
  bool right = true;
  for (const DataValue* number : numbers) {
    const std::string fault = runtime::fault_of(field, number->number);
    if (!fault.empty()) diagnostics.report(error("E0513", number->place, fault));
    right = right && fault.empty();
    ContractTerm term;
    term.number = number->number;
    terms.push_back(std::move(term));
  }
  return right;
}

/// The numbers of the example, in the order of the data's fields. std::nullopt after an error.
std::optional<std::vector<ContractTerm>> example_of(const ast::Call& call, Span span, const Run& run,
                                                    const CallReader& reader) {
  std::vector<ast::Ptr> arguments = arguments_by_input(call, *run.net);
  if (arguments.empty() || std::count(arguments.begin(), arguments.end(), nullptr) > 0) {
    const size_t count = run.inputs.size();
    reader.diagnostics.report(error(
        "E0704", span,
        "`" + call.function.text + "` takes " + std::to_string(count) + (count == 1 ? " input" : " inputs"),
        "an input of several numbers is a list: " + call.function.text + (count == 1 ? "([0, 1])" : "([0, 1], ...)")));
    return std::nullopt;
  }
  std::vector<ContractTerm> terms;
  size_t used = 0;
  bool right = true;
  for (const RawField& field : run.raw) {
    for (size_t input = 0; input < run.inputs.size(); ++input) {
      if (run.names->kept_name(run.inputs[input], run.data->steps.size()) != field.name) continue;
      ++used;
      std::optional<DataValue> value = read_numbers(arguments[input], reader);
      right = value && add_field(*value, field, reader.diagnostics, terms) && right;
    }
  }
  if (!right) return std::nullopt;
  if (used == run.inputs.size()) return terms;
  report_fit(span, "`" + call.function.text + "` reads fields that formulas of the data make from others", "",
             reader.diagnostics);
  return std::nullopt;
}

}  // namespace

bool is_contract_name(const std::string& name, const ContractWorld& world) {
  if (parts_of(name).size() > 1) return true;
  if (find_constant(world.program.main(), name)) return false;
  if (name == parameter_number) return true;
  const bool defined = find_definition(world.program.main(), name) || find_built_in(name);
  return !defined && std::ranges::any_of(world.trainings, [&](const Training& training) {
    return name == runtime::loss_name || meant_word(name, numbers_of(training));
  });
}

bool lacks_its_part(const std::string& name, const ContractWorld& world) {
  if (find_constant(world.program.main(), name)) return false;
  return std::ranges::any_of(world.trainings, [&](const Training& training) {
    return contains(numbers_of(training), runtime::part_number(DataPart::Train, name));
  });
}

std::optional<ContractNumber> contract_number(const std::string& name, Span span, const ContractWorld& world,
                                              Diagnostics& diagnostics) {
  std::vector<std::string> parts = parts_of(name);
  bool owned = parts.size() > 1 && !contains(first_words(), parts.front());
  std::string rest = owned ? name.substr(std::min(name.size(), parts.front().size() + 1)) : name;
  std::vector<const Training*> trainings;
  for (const Training& training : world.trainings) trainings.push_back(&training);
  std::vector<const LoneNet*> nets;
  for (const LoneNet& net : world.nets) nets.push_back(&net);
  if (owned) {
    trainings = trainings_called(world, parts.front());
    nets.clear();
    if (const LoneNet* net = lone_net(world, parts.front())) nets.push_back(net);
    if (trainings.empty() && nets.empty()) {
      const Span first{span.source, span.begin, span.begin + uint32_t(parts.front().size())};
      std::vector<std::string> known = owners(world);
      for (const auto& [part, word] : runtime::words<DataPart>)
        if (std::ranges::any_of(world.trainings, [&](const Training& training) {
              return contains(numbers_of(training), std::string(word) + "." + runtime::loss_name);
            }))
          known.push_back(word);
      diagnostics.report(unknown_word("E0702", first, "there is no net, training or part `" + parts.front() + "`",
                                      parts.front(), known, "there are"));
      return std::nullopt;
    }
  }
  bool same_net = !trainings.empty() && std::all_of(trainings.begin(), trainings.end(), [&](const Training* training) {
    return training->net == trainings.front()->net;
  });
  const bool of_the_net = rest == parameter_number || rest == predict_memory;  // of the training besides
  const bool one_net = owned || nets.empty() || !of_the_net;
  if (one_net && (trainings.size() == 1 || (same_net && of_the_net)))
    return number_of(*trainings.front(), rest, span, diagnostics);
  const bool counts = rest == parameter_number;
  if (trainings.empty() && nets.size() == 1 && counts) return ContractNumber{{}, nets.front()->parameters};
  if (trainings.empty() && !counts) report_untrained(nets, rest, span, diagnostics);
  else report_which(span, rest, counts ? owners(world) : names_of(world.trainings), diagnostics);
  return std::nullopt;
}

bool may_be_missing(const ast::Ptr& expression, const ContractWorld& world) {
  if (world.complete) return false;
  auto owned = [&](const std::string& owner) {
    return !trainings_called(world, owner).empty() || lone_net(world, owner) != nullptr;
  };
  if (std::optional<std::string> name = dotted_name(expression))
    return is_contract_name(*name, world) && !owned(parts_of(*name).front());
  const auto* call = std::get_if<ast::Call>(&expression->kind);
  const Definition* definition = call ? find_definition(world.program.main(), call->function.text) : nullptr;
  bool unknown = call && !definition && !find_built_in(call->function.text);
  return (unknown || (definition && definition->kind() == ast::DefinitionKind::Net)) && !owned(call->function.text);
}

bool asks_net(const ast::Call& call, const ContractWorld& world) {
  const bool is_training = !trainings_called(world, call.function.text).empty();
  const Definition* definition = find_definition(world.program.main(), call.function.text);
  // The name of a training hides what the library calls so.
  if (!definition || (definition->module->library && is_training)) return is_training;
  return definition->kind() == ast::DefinitionKind::Net;
}

std::optional<ContractTerm> contract_answer(const ast::Call& call, Span span, const ContractWorld& world,
                                            Diagnostics& diagnostics) {
  std::vector<const Training*> trainings = trainings_called(world, call.function.text);
  if (trainings.size() != 1) {
    Diagnostic which = error("E0702", span,
                             trainings.empty() ? "net `" + call.function.text + "` is not trained, so it has no answers"
                                               : "which training of `" + call.function.text + "` is asked?");
    if (!trainings.empty()) which.help = "ask it by its name: " + trainings.front()->name + "(...)";
    diagnostics.report(std::move(which));
    return std::nullopt;
  }
  const Training& training = *trainings.front();
  if (!answers_one_number(training)) {
    report_fit(span, "a contract needs a net that answers with one label or number", "", diagnostics);
    return std::nullopt;
  }
  CallReader reader = constant_reader(world.program, diagnostics);
  std::optional<std::vector<ContractTerm>> example = example_of(call, span, world.runs.at(training.name), reader);
  if (!example) return std::nullopt;
  ContractTerm term;
  term.kind = ContractTerm::Kind::Predict;
  term.run = training.name;
  term.children = std::move(*example);
  return term;
}

}  // namespace dnnc
