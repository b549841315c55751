#include "test/campaign/network.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "test/campaign/checked_program.h"
#include "test/campaign/data.h"
#include "test/campaign/layers.h"
#include "test/campaign/steps.h"

namespace dnnc::campaign {
namespace {

// Larger values make the interpreter slow and show nothing more.
constexpr int64_t most_elements = 2500;
constexpr int64_t most_tries = 24;
// Most programs have few: what a pair of neighbours does wrong shows in a short one, and kernels cost most.
constexpr int64_t most_others = 5;

class NetworkWriter {
 public:
  NetworkWriter(Choices& choices, Program& program)
      : choices_(choices), program_(program), recurrences_(choices.chance(3)), functions_(scalar_functions()) {
    std::vector<Term> terms;
    for (const Term& term : step_terms(recurrences_))
      if (term.recurs || !recurrences_) terms.push_back(term);
    wanted_ = choices_.one_of(terms);
  }

  Network run() {
    add_functions();
    add_inputs();
    int64_t others = 0;
    while (others < most_others && choices_.chance(3)) ++others;
    const bool own = choices_.below(3) > 0;
    for (int tried = 0; tried < 3 && !add_wanted(); ++tried) {
    }
    for (int tried = 0; tried < 3 && own && !add_own_layer(); ++tried) {
    }
    for (int64_t tried = 0, kept = 0; kept < others && tried < most_tries; ++tried) kept += add_statement();
    add_outputs();
    return std::move(network_);
  }

 private:
  /// Functions of numbers, with a derivative of their own now and then.
  void add_functions() {
    for (int64_t count = choices_.between(0, 2); count > 0; --count) {
      const std::string name = fmt::format("own{}", count);
      const bool stated = choices_.chance(4);
      const std::string text = scalar_formula(choices_, {"x"}, functions_, 2);
      network_.definitions +=
          fmt::format("activation {}(x) = {}{}\n", name, text, stated ? "  derivative tanh(x) + 0.5" : "");
      Term term{name, ast::DefinitionKind::Activation, "", {{"x", Role::Number, {}, {}, nullptr}}};
      functions_.push_back(term);
    }
  }

  /// The first takes the definition that is wanted.
  void add_inputs() {
    const TermParameter& first = wanted_.parameters[0];
    if (choices_.chance(12) || (first.type && first.type->word.text == "class")) {
      network_.inputs.push_back({"words", {random_size(choices_, 13)}, random_size(choices_, 67)});
    } else {
      std::vector<size_t> ranks;
      for (size_t rank = 1; rank <= 3; ++rank)
        if (!first.type || takes_axes(first.type->shape, rank)) ranks.push_back(rank);
      network_.inputs.push_back({"in1", input_shape(choices_.one_of(ranks)), 0});
      if (choices_.chance(4)) network_.inputs.push_back({"in2", input_shape(choices_.one_of(ranks)), 0});
    }
    network_.standardized = network_.inputs[0].classes == 0 && choices_.chance(4);
    values_ = network_.inputs;
  }
  Shape input_shape(size_t rank) {
    Shape shape;
    int64_t left = 400;
    for (size_t axis = 0; axis < rank; ++axis) {
      shape.push_back(random_size(choices_, rank == 1 ? 67 : std::min<int64_t>(left, rank == 2 ? 33 : 13)));
      left /= shape.back();
    }
    return shape;
  }

  /// The definition that this program is about, of its first input.
  bool add_wanted() {
    const NetValue value = values_.front();
    if ((value.classes > 0) != (wanted_.parameters[0].type && wanted_.parameters[0].type->word.text == "class"))
      return true;
    return keep(chained(value, library_step(choices_, wanted_, value, values_, 1, recurrences_)), "", "");
  }

  bool add_own_layer() {
    const NetValue value = values_.back();
    std::string definition;
    const std::string formula = value.classes > 0 ? "" : own_layer(value, definition);
    return !formula.empty() && keep(formula, definition, "");
  }

  /// The value that goes on: mostly the last.
  const NetValue& current() { return choices_.chance(5) ? choices_.one_of(values_) : values_.back(); }

  bool add_statement() {
    const NetValue value = current();
    std::string definition, extra;
    const std::string formula = expression(value, definition, extra);
    return !formula.empty() && keep(formula, definition, extra);
  }

  std::string expression(const NetValue& value, std::string& definition, std::string& extra) {
    if (value.classes > 0) return chained(value, library_step(choices_, value, values_, 1, recurrences_));
    switch (choices_.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return followed(chained(value, library_step(choices_, value, values_, 1, recurrences_)), value);
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
      case 9:
        return own_layer(value, definition);
      case 10:
        return whole_array(value);
      case 11:
        return shared(value, extra);
      case 12:
        return branches(value);
      case 13:
      case 14:
        return chained(value, each(value));
      default:
        return chained(value, grouped(value));
    }
  }
  static std::string chained(const NetValue& value, const std::optional<std::string>& step) {
    return step ? fmt::format("{} -> {}", value.name, *step) : "";
  }
  /// Now and then with a step behind it, which sema may refuse: an activation, which takes any shape, or any other.
  std::string followed(const std::string& chain, const NetValue& value) {
    if (chain.empty() || !choices_.chance(2)) return chain;
    const std::string activation = choices_.one_of(library_terms(ast::DefinitionKind::Activation)).name;
    return chain + " -> " + library_step(choices_, value, values_, 0, recurrences_).value_or(activation);
  }
  std::string own_layer(const NetValue& value, std::string& definition) {
    if (value.shape.empty()) return "";
    const std::string name = fmt::format("layer{}", program_.statements);
    definition = layer_text(choices_, name, value.shape, functions_, recurrences_);
    return chained(value, name);
  }
  /// A formula of whole arrays of one shape.
  std::string whole_array(const NetValue& value) {
    std::vector<std::string> leaves = {value.name};
    for (const NetValue& other : values_)
      if (other.shape == value.shape && other.classes == 0 && other.name != value.name) leaves.push_back(other.name);
    return scalar_formula(choices_, leaves, functions_, 2);
  }
  /// One use of a layer, read twice.
  std::string shared(const NetValue& value, std::string& extra) {
    const std::optional<std::string> step = library_step(choices_, value, values_, 1, recurrences_);
    if (!step) return "";
    const std::string name = fmt::format("tower{}", program_.statements);
    extra = fmt::format("shared {} = {}", name, *step);
    return fmt::format("({} -> {}) {} (({} * {}) -> {})", value.name, name,
                       choices_.one_of(std::vector<std::string>{"+", "-", "*"}), value.name, number_text(choices_),
                       name);
  }
  std::string branches(const NetValue& value) {
    const std::optional<std::string> one = library_step(choices_, value, values_, 1, recurrences_);
    if (!one) return "";
    const std::string other = choices_.chance(2) ? *one : choices_.one_of(functions_).name + "1";
    return fmt::format("({} -> {}) + ({} -> {})", value.name, *one, value.name, choices_.chance(2) ? other : *one);
  }
  /// A step that serves the places along the first axis.
  std::optional<std::string> each(const NetValue& value) {
    if (value.shape.size() < 2) return std::nullopt;
    NetValue place = value;
    place.shape.erase(place.shape.begin());
    const std::optional<std::string> step = library_step(choices_, place, {}, 0, recurrences_);
    return step ? std::optional(fmt::format("each({})", *step)) : std::nullopt;
  }
  /// Steps in brackets, repeated, with a name.
  std::optional<std::string> grouped(const NetValue& value) {
    const std::optional<std::string> one = library_step(choices_, value, values_, 0, recurrences_);
    if (!one) return std::nullopt;
    const std::string act = choices_.one_of(library_terms(ast::DefinitionKind::Activation)).name;
    std::string text = choices_.chance(2) ? fmt::format("({} -> {})", *one, act) : *one;
    if (choices_.chance(2)) text += " * 2";
    if (choices_.chance(2)) text += fmt::format(" as part{}", program_.statements);
    return text;
  }

  /// Adds the statement if sema takes it; sema says its shape.
  bool keep(const std::string& formula, const std::string& definition, const std::string& extra) {
    const std::string name = fmt::format("v{}", program_.statements++);
    Network probe = network_;
    probe.definitions += definition + "layer shape_probe(x: f32[...]) = x * 1\n";
    if (!extra.empty()) probe.body.push_back(extra);
    probe.body.push_back(fmt::format("{} = {}", name, formula));
    probe.body.push_back(fmt::format("{} -> shape_probe -> flatten -> dense(1)", name));
    probe.outputs = {{"", "real", 0, {}}};
    const std::string text = "dnn 1\n" + probe.definitions + data_text(probe, 1) + probe.text() +
                             "train network on d { loss = mse; optimizer = sgd; epochs = 1 }\n";
    choices_.note(text);
    const CheckedProgram checked(text);
    if (const std::string error = checked.error(); !error.empty()) {
      ++program_.refused[error];
      return false;
    }
    const std::optional<Shape> shape = probed_shape(checked.model().trainings.at(0));
    if (!shape || count_of(*shape) > most_elements) return false;
    network_.definitions += definition;
    if (!extra.empty()) network_.body.push_back(extra);
    network_.body.push_back(fmt::format("{} = {}", name, formula));
    values_.push_back({name, *shape, 0});
    return true;
  }
  static std::optional<Shape> probed_shape(const Training& training) {
    for (const LayerInfo& layer : training.layers)
      if (layer.definition == "shape_probe") return layer.shape;
    return std::nullopt;
  }

  void add_outputs() {
    const bool labels = network_.inputs[0].classes > 0;  // which give no second target
    const int64_t count = !labels && choices_.chance(5) ? 2 : 1;
    std::vector<std::string> results;
    for (int64_t number = 0; number < count; ++number) {
      NetOutput output{count == 1 ? "" : number == 0 ? "first" : "second", "real", 0, {}};
      const NetValue& value = number == 0 ? values_.back() : current();
      results.push_back(result(value, number > 0, output));
      network_.outputs.push_back(output);
    }
    network_.body.push_back(fmt::format("{}", fmt::join(results, ", ")));
  }
  /// A head and what leads to it.
  std::string result(const NetValue& value, bool real, NetOutput& output) {
    const std::string flat =
        value.classes > 0 ? value.name + " -> embedding(3) -> flatten" : value.name + " -> flatten";
    output.head = real ? "real" : choices_.one_of(std::vector<std::string>{"real", "class", "prob"});
    const int64_t width = choices_.one_of(std::vector<int64_t>{1, 2, 3, 7, 10, 13});
    if (output.head == "class") {
      output.classes = width + 1;
      if (value.shape.size() == 2 && value.classes == 0 && value.shape[0] < 20 && choices_.chance(2)) {
        output.shape = {value.shape[0]};
        return fmt::format("{} -> dense({})", value.name, output.classes);
      }
      return fmt::format("{} -> dense({})", flat, output.classes);
    }
    if (choices_.chance(2)) return flat + " -> dense(1)";
    output.shape = {width};
    return fmt::format("{} -> dense({})", flat, width);
  }

  Choices& choices_;
  Program& program_;
  bool recurrences_;
  Term wanted_;
  std::vector<Term> functions_;
  std::vector<NetValue> values_;
  Network network_;
};

}  // namespace

std::string shape_text(const Shape& shape) { return shape.empty() ? "" : fmt::format("[{}]", fmt::join(shape, ", ")); }

int64_t count_of(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

std::string NetOutput::type() const {
  return (head == "class" ? fmt::format("class[{}]", classes) : head) + shape_text(shape);
}

std::string Network::text() const {
  std::string heading, results, lines;
  for (const NetValue& input : inputs)
    heading +=
        fmt::format("{}{}: {}{}", heading.empty() ? "" : ", ", input.name,
                    input.classes > 0 ? fmt::format("class[{}]", input.classes) : "f32", shape_text(input.shape));
  for (const NetOutput& output : outputs)
    results += fmt::format("{}{}{}{}", results.empty() ? "" : ", ", output.name, output.name.empty() ? "" : ": ",
                           output.type());
  for (const std::string& line : body) lines += "  " + line + "\n";
  return fmt::format("net network({}) -> {} {{\n{}}}\n", heading, outputs.size() > 1 ? "(" + results + ")" : results,
                     lines);
}

Network random_network(Choices& choices, Program& program) { return NetworkWriter(choices, program).run(); }

}  // namespace dnnc::campaign
