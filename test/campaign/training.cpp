#include "test/campaign/training.h"

#include <fmt/core.h>

namespace dnnc::campaign {
namespace {

using ast::DefinitionKind;

/// Whether a loss or metric may be given an output: the type of its second parameter is the head's, with as many axes.
bool fits(const Term& term, const NetOutput& output) {
  if (term.parameters.size() < 2 || !term.parameters[1].type) return false;
  const ast::ArrayType& type = *term.parameters[1].type;
  return type.word.text == output.head &&
         takes_axes(output.head == "class" ? type.second : type.shape, output.shape.size());
}

class TrainingWriter {
 public:
  TrainingWriter(Choices& choices, const Network& network)
      : choices_(choices), network_(network), functions_(scalar_functions()) {}

  TrainingText run() {
    text_.batch = choices_.one_of(std::vector<int64_t>{2, 1, 3, 4, 5, 7, 13});
    std::string lines = fmt::format("  loss = {}\n", loss());
    lines += fmt::format("  optimizer = {}\n", optimizer());
    if (choices_.chance(5))
      lines += fmt::format("  optimizer for \"*/b\" = {}\n", choices_.chance(3) ? resting() : optimizer());
    if (const std::string named = metrics(); !named.empty()) lines += fmt::format("  metrics = [{}]\n", named);
    if (choices_.chance(4)) lines += fmt::format("  clip = {}\n", served("g"));
    if (choices_.chance(6)) lines += fmt::format("  average = {}\n", served("average"));
    lines += fmt::format("  batch = {}; epochs = 2; seed = {}\n", text_.batch, choices_.below(100));
    text_.block = "train network on d {\n" + lines + "}\n";
    return std::move(text_);
  }

 private:
  std::vector<Term> fitting(DefinitionKind kind, const NetOutput& output) {
    std::vector<Term> found;
    for (const Term& term : library_terms(kind))
      if (fits(term, output)) found.push_back(term);
    return found;
  }
  /// One output: a loss by name or a formula of losses. Two: their sum.
  std::string loss() {
    const NetOutput& first = network_.outputs[0];
    if (network_.outputs.size() == 1 && !choices_.chance(3)) return loss_named(first);
    const std::string output = first.name.empty() ? "output" : first.name;
    std::string text = applied(loss_named(first), output, "target");
    if (network_.outputs.size() == 1)
      return choices_.chance(2) ? text
                                : fmt::format("0.5 * {} + {}", text, applied(loss_named(first), output, "target"));
    return fmt::format("{} + {} * {}", text, number(),
                       applied(loss_named(network_.outputs[1]), network_.outputs[1].name, "extra"));
  }
  std::string number() { return choices_.one_of(std::vector<std::string>{"0.5", "2", "0.1"}); }
  /// `huber(delta: 2)` of these is `huber(output, target, delta: 2)`.
  static std::string applied(const std::string& call, const std::string& output, const std::string& target) {
    const size_t open = call.find('(');
    const std::string rest = open == std::string::npos ? ")" : ", " + call.substr(open + 1);
    return fmt::format("{}({}, {}{}", call.substr(0, open), output, target, rest);
  }
  std::string loss_named(const NetOutput& output) {
    const std::vector<Term> losses = fitting(DefinitionKind::Loss, output);
    if (!losses.empty() && !(output.head == "real" && choices_.chance(3))) return called(choices_.one_of(losses), 2);
    const std::string name = fmt::format("own_loss{}", own_++);
    const std::string error = scalar_formula(choices_, {"(y[...] - t[...])", "y[...]"}, functions_, 2);
    text_.definitions +=
        fmt::format("loss {}(y: f32[...], t: real[...]) {{\n  e[...] = {}\n  mean(e^2)\n}}\n", name, error);
    return name;
  }
  static std::string called(const std::string& name, const std::string& arguments) {
    return arguments.empty() ? name : fmt::format("{}({})", name, arguments.substr(2));
  }
  std::string called(const Term& term, size_t first) {
    return called(term.name, number_arguments(choices_, term, first));
  }

  std::string metrics() {
    if (network_.outputs.size() > 1 || choices_.chance(3)) return "";
    std::string text;
    for (const Term& term : fitting(DefinitionKind::Metric, network_.outputs[0]))
      if (choices_.chance(4)) text += (text.empty() ? "" : ", ") + called(term, 2);
    return text;
  }

  /// An optimizer without a rate: it keeps what it serves.
  std::string resting() {
    std::vector<Term> found;
    for (const Term& term : library_terms(DefinitionKind::Optimizer))
      if (term.parameters.size() == 2) found.push_back(term);
    return choices_.one_of(found).name;
  }
  std::string optimizer() {
    if (choices_.chance(5)) return own_optimizer();
    std::vector<Term> found;
    for (const Term& term : library_terms(DefinitionKind::Optimizer))
      for (const TermParameter& parameter : term.parameters)
        if (parameter.name == "rate") found.push_back(term);
    const Term& term = choices_.one_of(found);
    std::string arguments;
    for (size_t number = 2; number < term.parameters.size(); ++number) {
      const TermParameter& parameter = term.parameters[number];
      if (parameter.name == "rate") arguments += choices_.chance(2) ? ", rate: " + rate() : "";
      else if (parameter.standard && choices_.chance(4)) arguments += fmt::format(", {}: 0.3", parameter.name);
    }
    return called(term.name, arguments);
  }
  std::string rate() {
    const std::string base = choices_.one_of(std::vector<std::string>{"0.01", "0.1", "0.003"});
    if (choices_.chance(2)) return base;
    std::vector<Term> schedules;
    for (const Term& term : library_terms())
      if (term.file == "schedules.dnn") schedules.push_back(term);
    const Term& term = choices_.one_of(schedules);
    std::string arguments;
    for (const TermParameter& parameter : term.parameters)
      if (!parameter.standard) {
        const bool counts = parameter.name == "step" || parameter.name == "steps" || parameter.name == "epoch";
        arguments += ", " + parameter.name + ": " + (counts ? parameter.name : "2");
      }
    return fmt::format("{} * {}", base, called(term.name, arguments));
  }
  std::string own_optimizer() {
    const std::string name = fmt::format("own_optimizer{}", own_++);
    text_.definitions += fmt::format(
        "optimizer {}(w, g, t, rate = 0.01) {{\n  state m = 0\n  m = 0.5 * m + {}\n  w - rate * {} / t\n}}\n", name,
        scalar_formula(choices_, {"g", "w"}, functions_, 1), scalar_formula(choices_, {"m", "g", "w"}, functions_, 2));
    return name;
  }
  /// A function of the library whose first parameter is called so: for `clip` and `average`.
  std::string served(const std::string& first) {
    std::vector<Term> found;
    for (const Term& term : library_terms(DefinitionKind::Function))
      if (term.file == "optimizers.dnn" && term.parameters[0].name == first) found.push_back(term);
    const Term& term = choices_.one_of(found);
    return called(term, 2);
  }

  Choices& choices_;
  const Network& network_;
  std::vector<Term> functions_;
  int own_ = 0;
  TrainingText text_;
};

}  // namespace

TrainingText random_training(Choices& choices, const Network& network) {
  return TrainingWriter(choices, network).run();
}

}  // namespace dnnc::campaign
