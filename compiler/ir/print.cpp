#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "compiler/ir/affine.h"
#include "compiler/ir/text.h"
#include "compiler/support/match.h"
#include "runtime/program/step.h"

namespace dnnc {
namespace {

/// Begins like a number, ends like the number of a namesake, or holds a character that a label cannot.
bool needs_quotes(const std::string& name) {
  if (!std::all_of(name.begin(), name.end(), text::is_label_character)) return true;
  if (std::isdigit(static_cast<unsigned char>(name[0]))) return true;
  size_t digits = name.size();
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1]))) --digits;
  return digits > 0 && name[digits - 1] == '.';
}

std::string number_text(double value) {
  if (std::isnan(value)) return "constant(nan)";
  if (std::isinf(value)) return value > 0 ? "constant(inf)" : "constant(-inf)";
  return fmt::format("{}", value);
}

/// Texts of the parts of one node, with its axes and the labels of the graph.
class NodePrinter {
 public:
  /// For people the batch goes without saying, and what draws are counted by.
  NodePrinter(const std::vector<std::string>& labels, const Node& node, bool for_people = false)
      : labels_(labels), axes_(all_axes(node)), for_people_(for_people) {}

  std::string expression(const Expr& e, text::Level least) const {
    if (!e) return "?";
    std::string result = std::visit([&](const auto& kind) { return form(kind); }, e->kind);
    return level(*e) < least ? "(" + result + ")" : result;
  }
  std::string label(NodeId node) const {
    return node.value < labels_.size() ? labels_[node.value] : fmt::format("%?{}", node.value);
  }

 private:
  static text::Level level(const Expression& e) {
    if (const auto* constant = std::get_if<Constant>(&e.kind))
      return std::signbit(constant->value) && std::isfinite(constant->value) ? text::Sign : text::Primary;
    const auto* call = std::get_if<Call>(&e.kind);
    if (!call) return text::Primary;
    if (call->function == Function::Negate) return text::Sign;
    if (call->function == Function::Not) return text::Not;
    const text::Operator* op = text::operator_of(call->function);
    return op ? op->level : text::Primary;
  }

  std::string form(const Constant& constant) const { return number_text(constant.value); }
  std::string form(const IndexValue& index) const {
    return single_index(index.value) ? affine(index.value) : "index(" + affine(index.value) + ")";
  }
  std::string form(const Load& load) const {
    std::string inside;
    for (const Subscript& subscript : load.at) {
      if (for_people_ && is_batch(subscript)) continue;
      if (!inside.empty()) inside += ", ";
      inside += std::visit(match{[&](const Affine& a) { return affine(a); },
                                 [&](const Gather& g) { return "@(" + expression(g.value, text::Any) + ")"; }},
                           subscript);
    }
    if (load.outside) inside += " else " + expression(load.outside, text::Any);
    return label(load.source) + (inside.empty() ? "" : "[" + inside + "]");
  }
  std::string form(const Call& call) const {
    if (call.function == Function::Negate) return "-" + negated(call.arguments[0]);
    if (call.function == Function::Not) return "not " + expression(call.arguments[0], text::Comparison);
    if (const text::Operator* op = text::operator_of(call.function)) return infix(*op, call);
    std::string result = std::string(info(call.function).name) + "(";
    for (size_t place = 0; place < call.arguments.size(); ++place)
      result += (place > 0 ? ", " : "") + expression(call.arguments[place], text::Any);
    return result + ")";
  }
  std::string form(const Overridden& o) const {
    return fmt::format("overridden({}, argument: {}, derivative: {})", expression(o.value, text::Any),
                       expression(o.argument, text::Any), expression(o.derivative, text::Any));
  }
  std::string form(const Draw& draw) const {
    std::string numbers = number_text(draw.a);
    if (draw.distribution != Distribution::Bernoulli) numbers += ", " + number_text(draw.b);
    if (for_people_) return fmt::format("{}({})", text::word_of(draw.distribution), numbers);
    const auto* node = std::get_if<NodeId>(&draw.stream);
    return fmt::format(
        "{}({}, stream: {}, seed: {}, step: {}, {}example: {}, element: {})", text::word_of(draw.distribution), numbers,
        node ? label(*node) : std::to_string(std::get<uint64_t>(draw.stream)), label(draw.seed), label(draw.step),
        draw.first.valid() ? "first: " + label(draw.first) + ", " : "", affine(draw.example), affine(draw.element));
  }

  bool is_batch(const Subscript& subscript) const {
    const auto* affine = std::get_if<Affine>(&subscript);
    const std::optional<uint32_t> index = affine ? single_index(*affine) : std::nullopt;
    return index && *index < axes_.size() && axes_[*index].batch;
  }

  /// `-2` is a constant, `-(2)` a negated one.
  std::string negated(const Expr& argument) const {
    if (argument && std::holds_alternative<Constant>(argument->kind))
      return "(" + expression(argument, text::Any) + ")";
    return expression(argument, text::Primary);
  }
  std::string infix(const text::Operator& op, const Call& call) const {
    auto tighter = static_cast<text::Level>(op.level + 1);
    bool to_the_right = op.level == text::Power;
    bool chains = op.level != text::Comparison;
    text::Level left = chains && !to_the_right ? op.level : tighter;
    text::Level right = to_the_right ? op.level : tighter;
    return expression(call.arguments[0], left) + " " + op.symbol + " " + expression(call.arguments[1], right);
  }

  /// `2*i + j - 1`; `3 - i` rather than `-i + 3`.
  std::string affine(const Affine& a) const {
    std::string result;
    bool offset_first = a.offset > 0 && !a.terms.empty() && a.terms[0].coefficient < 0;
    if (offset_first) result = std::to_string(a.offset);
    for (const Term& term : a.terms) append(result, term.coefficient < 0, term_text(term));
    if ((a.offset != 0 && !offset_first) || a.terms.empty()) {
      std::string digits = std::to_string(a.offset);
      append(result, a.offset < 0, a.offset < 0 ? digits.substr(1) : digits);
    }
    return result;
  }
  static void append(std::string& sum, bool negative, const std::string& part) {
    if (sum.empty()) sum = (negative ? "-" : "") + part;
    else sum += (negative ? " - " : " + ") + part;
  }
  /// Without the sign of the coefficient.
  std::string term_text(const Term& term) const {
    std::string index = term.index < axes_.size() ? axes_[term.index].name : fmt::format("?{}", term.index);
    bool divided = term.divisor != 1 || term.modulus != 0;
    if (term.divisor != 1) index += fmt::format(" // {}", term.divisor);
    if (term.modulus != 0) index += fmt::format(" % {}", term.modulus);
    uint64_t size = term.coefficient < 0 ? -static_cast<uint64_t>(term.coefficient) : term.coefficient;
    if (size == 1) return divided && term.coefficient < 0 ? "(" + index + ")" : index;
    return divided ? fmt::format("{}*({})", size, index) : fmt::format("{}*{}", size, index);
  }

  const std::vector<std::string>& labels_;
  std::vector<Axis> axes_;
  bool for_people_;
};

std::string axes_text(const std::vector<Axis>& axes) {
  std::string result = "[";
  for (const Axis& axis : axes) {
    if (result.size() > 1) result += ", ";
    result += fmt::format("{}: {}{}", axis.name, axis.batch ? "batch " : "", axis.extent);
  }
  return result + "]";
}

/// Without the batch of a result; that of a reduction has no number.
std::string axes_for_people(const std::vector<Axis>& axes, bool reduced) {
  std::string result;
  for (const Axis& axis : axes) {
    if (axis.batch && !reduced) continue;
    result += (result.empty() ? "" : ", ") + axis.name + ": " + (axis.batch ? "batch" : std::to_string(axis.extent));
  }
  return result.empty() ? "" : "[" + result + "]";
}

std::string element_text(const Element& element) {
  switch (element.kind) {
    case Element::Kind::Real:
      return "";
    case Element::Kind::Class:
      return fmt::format(": class[{}]", element.classes);
    case Element::Kind::Integer:
      return ": int";
  }
  return "";
}

/// `sum[i: 2](a[i] * b[i])`
std::string comprehension_text(const NodePrinter& printer, const Comprehension& c, const std::string& reduced) {
  if (c.reduction == Reduction::None && c.reduced.empty()) return printer.expression(c.body, text::Any);
  return text::word_of(c.reduction) + reduced + "(" + printer.expression(c.body, text::Any) + ")";
}

std::string kind_text(const NodePrinter& printer, const Node& node) {
  return std::visit(
      match{[&](const Input& input) {
              std::string start = input.start.empty() ? "" : " start " + text::quoted(input.start);
              return std::string(text::word_of(input.role)) + " " + text::quoted(input.name) + start;
            },
            [&](const Comprehension& c) { return comprehension_text(printer, c, axes_text(c.reduced)); },
            [&](const Reshape& reshape) { return "reshape " + printer.label(reshape.source); },
            [&](const Gradient& g) { return "gradient of " + printer.label(g.loss) + " by " + printer.label(g.of); }},
      node.kind);
}

std::string node_text(const Graph& graph, const std::vector<std::string>& labels, NodeId id, const Sources* sources) {
  const Node& node = graph[id];
  NodePrinter printer(labels, node);
  std::string result = labels[id.value] + (node.axes.empty() ? "" : axes_text(node.axes)) + element_text(node.element) +
                       " = " + kind_text(printer, node);
  if (sources && node.span.valid()) result += "  # " + sources->describe(node.span);
  return result;
}

std::string recurrence_text(const Graph& graph, const std::vector<std::string>& labels, const Recurrence& recurrence) {
  std::string result =
      fmt::format("recurrence {} {}", recurrence.extent,
                  runtime::word_of(recurrence.backward ? runtime::Direction::Backward : runtime::Direction::Forward));
  for (size_t place = 0; place < recurrence.members.size(); ++place) {
    NodeId member = recurrence.members[place];
    result += place == 0 ? " along " : ", ";
    std::string axis = "?";
    if (graph.nodes.contains(member) && place < recurrence.axis.size() &&
        recurrence.axis[place] < graph[member].axes.size())
      axis = graph[member].axes[recurrence.axis[place]].name;
    result += (graph.nodes.contains(member) ? labels[member.value] : "%?") + "[" + axis + "]";
  }
  return result;
}

std::string output_text(const std::vector<std::string>& labels, const Output& output) {
  auto label = [&](NodeId node) { return node.value < labels.size() ? labels[node.value] : "%?"; };
  std::string result =
      fmt::format("output {} {} = {}", text::word_of(output.role), text::quoted(output.name), label(output.node));
  return output.role == OutputRole::Update ? result + " into " + label(output.target) : result;
}

}  // namespace

std::vector<std::string> labels(const Graph& graph) {
  std::vector<std::string> result;
  std::map<std::string, int> seen;
  for (const Node& node : graph.nodes) {
    if (node.name.empty()) {
      result.push_back(fmt::format("%{}", result.size()));
      continue;
    }
    std::string label = "%" + (needs_quotes(node.name) ? text::quoted(node.name) : node.name);
    int count = ++seen[node.name];
    result.push_back(count == 1 ? label : fmt::format("{}.{}", label, count));
  }
  return result;
}

std::string formula_text(const Graph& graph, const std::vector<std::string>& names, NodeId id) {
  const Node& node = graph[id];
  const NodePrinter printer(names, node, true);
  const auto* formula = std::get_if<Comprehension>(&node.kind);
  return names[id.value] + axes_for_people(node.axes, false) + element_text(node.element) + " = " +
         (formula ? comprehension_text(printer, *formula, axes_for_people(formula->reduced, true))
                  : kind_text(printer, node));
}

Graph without_names(Graph graph) {
  graph.name.clear();
  for (Node& node : graph.nodes) {
    node.name.clear();
    size_t axis_number = 0;
    const auto rename = [&](std::vector<Axis>& axes) {
      for (Axis& axis : axes) axis.name = "i" + std::to_string(axis_number++);
    };
    rename(node.axes);
    if (auto* comprehension = std::get_if<Comprehension>(&node.kind)) rename(comprehension->reduced);
    if (auto* input = std::get_if<Input>(&node.kind)) input->start.clear();
  }
  return graph;
}

std::string print_node(const Graph& graph, NodeId node) { return node_text(graph, labels(graph), node, nullptr); }

std::string print(const Graph& graph, const Sources* sources) {
  std::vector<std::string> names = labels(graph);
  std::multimap<NodeId, const Recurrence*> begins;
  for (const Recurrence& recurrence : graph.recurrences)
    begins.emplace(recurrence.members.empty() ? NodeId{0} : recurrence.members.front(), &recurrence);
  std::string result = "graph " + text::quoted(graph.name) + "\n";
  for (NodeId id : node_ids(graph)) {
    auto [first, last] = begins.equal_range(id);
    for (; first != last; ++first) result += recurrence_text(graph, names, *first->second) + "\n";
    result += node_text(graph, names, id, sources) + "\n";
  }
  for (const Output& output : graph.outputs) result += output_text(names, output) + "\n";
  return result;
}

}  // namespace dnnc
