#include <algorithm>
#include <cctype>

#include "compiler/ir/parse_expression.h"
#include "compiler/ir/text.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/step.h"

namespace dnnc {
namespace {

using text::Fault;
using text::Token;
using text::TokenKind;

/// The name of a node from its label, without the number of a namesake.
std::string name_of_label(const std::string& label) {
  if (std::isdigit(static_cast<unsigned char>(label[0]))) return "";
  if (label[0] == '"') {
    std::string text = label.substr(0, label.rfind('"') + 1);
    return text::tokens_of(text)[0].text;
  }
  size_t dot = label.rfind('.');
  bool numbered = dot != std::string::npos && dot + 1 < label.size() &&
                  std::all_of(label.begin() + dot + 1, label.end(), [](char c) { return c >= '0' && c <= '9'; });
  return numbered ? label.substr(0, dot) : label;
}

constexpr const char* graph_word = "graph";  ///< begins a graph

/// Recursive descent over the tokens of one graph, to the beginning of the next.
class Parser {
 public:
  explicit Parser(text::TokenStream& tokens) : tokens_(tokens) {}

  Graph run() {
    tokens_.skip_newlines();
    tokens_.expect(graph_word);
    graph_.name = tokens_.expect(TokenKind::String, "the name of the graph").text;
    end_line();
    find_labels();
    for (tokens_.skip_newlines(); !at_end(); tokens_.skip_newlines()) statement();
    finish_recurrences();
    return std::move(graph_);
  }

 private:
  bool at_end() const { return tokens_.peek().kind == TokenKind::End || tokens_.next_is(graph_word); }
  void end_line() { tokens_.expect(TokenKind::Newline, "the end of the line"); }

  /// A label at the beginning of a line defines a node; loads within recurrences name nodes further down.
  void find_labels() {
    uint32_t count = 0;
    const std::vector<Token>& all = tokens_.all();
    for (size_t place = tokens_.place(); place < all.size(); ++place) {
      const Token& token = all[place];
      if (all[place - 1].kind != TokenKind::Newline) continue;
      if (token.kind == TokenKind::Word && token.text == graph_word) return;
      if (token.kind != TokenKind::Label) continue;
      if (!ids_.emplace(token.text, NodeId{count++}).second)
        throw Fault(token.line, "%" + token.text + " is defined twice");
    }
  }

  void statement() {
    if (tokens_.peek().kind == TokenKind::Label) node();
    else if (tokens_.accept("recurrence")) recurrence();
    else if (tokens_.accept("output")) output();
    else tokens_.fail("expected a node, `recurrence` or `output`");
    end_line();
  }

  NodeId node_reference() { return text::parse_node_reference(tokens_, ids_); }
  Expr expression() { return text::parse_expression(tokens_, ids_, axes_); }

  std::vector<Axis> axes() {
    std::vector<Axis> result;
    tokens_.expect("[");
    do {
      std::string name = tokens_.expect(TokenKind::Word, "an axis").text;
      tokens_.expect(":");
      bool batch = tokens_.accept("batch");
      result.push_back({std::move(name), tokens_.whole_number(), batch});
    } while (tokens_.accept(","));
    tokens_.expect("]");
    return result;
  }

  Element element() {
    if (!tokens_.accept(":")) return {};
    if (tokens_.accept(word_of(TypeWord::Integer))) return {Element::Kind::Integer, 0};
    tokens_.expect(word_of(TypeWord::Label));
    tokens_.expect("[");
    Element result{Element::Kind::Class, tokens_.whole_number()};
    tokens_.expect("]");
    return result;
  }

  void node() {
    Node node;
    node.name = name_of_label(tokens_.take().text);
    if (tokens_.next_is("[")) node.axes = axes();
    node.element = element();
    tokens_.expect("=");
    axes_ = node.axes;
    if (std::optional<InputRole> role = input_role()) node.kind = input(*role);
    else if (tokens_.peek(1).kind == TokenKind::Label && tokens_.accept("reshape"))
      node.kind = Reshape{node_reference()};
    else if (tokens_.peek(1).text == "of" && tokens_.accept("gradient")) node.kind = gradient();
    else node.kind = comprehension();
    graph_.nodes.push(std::move(node));
  }

  std::optional<InputRole> input_role() const {
    if (tokens_.peek().kind != TokenKind::Word || tokens_.peek(1).kind != TokenKind::String) return std::nullopt;
    return text::value_named<InputRole>(tokens_.peek().text);
  }

  Input input(InputRole role) {
    tokens_.take();
    Input result{role, tokens_.take().text, ""};
    if (tokens_.accept("start")) result.start = tokens_.expect(TokenKind::String, "a string").text;
    return result;
  }

  Gradient gradient() {
    tokens_.expect("of");
    NodeId loss = node_reference();
    tokens_.expect("by");
    return {loss, node_reference()};
  }

  Comprehension comprehension() {
    Comprehension result;
    std::optional<Reduction> reduction = text::value_named<Reduction>(tokens_.peek().text);
    if (tokens_.peek().kind != TokenKind::Word || tokens_.peek(1).text != "[" || !reduction) {
      result.body = expression();
      return result;
    }
    tokens_.take();
    result.reduction = *reduction;
    result.reduced = axes();
    axes_.insert(axes_.end(), result.reduced.begin(), result.reduced.end());
    tokens_.expect("(");
    result.body = expression();
    tokens_.expect(")");
    return result;
  }

  /// Members and the names of their axes; finish_recurrences() looks these up when all nodes are read.
  void recurrence() {
    Recurrence result;
    result.extent = tokens_.whole_number();
    result.backward = tokens_.accept(runtime::word_of(runtime::Direction::Backward));
    if (!result.backward) tokens_.expect(runtime::word_of(runtime::Direction::Forward));
    tokens_.expect("along");
    std::vector<Token> axes;
    do {
      result.members.push_back(node_reference());
      tokens_.expect("[");
      axes.push_back(tokens_.expect(TokenKind::Word, "an axis"));
      tokens_.expect("]");
    } while (tokens_.accept(","));
    graph_.recurrences.push_back(std::move(result));
    recurrence_axes_.push_back(std::move(axes));
  }

  void finish_recurrences() {
    for (size_t number = 0; number < graph_.recurrences.size(); ++number) {
      Recurrence& recurrence = graph_.recurrences[number];
      for (size_t place = 0; place < recurrence.members.size(); ++place) {
        const Token& name = recurrence_axes_[number][place];
        const std::vector<Axis>& axes = graph_[recurrence.members[place]].axes;
        recurrence.axis.push_back(text::axis_named(name, axes));
      }
    }
  }

  void output() {
    const Token& word = tokens_.expect(TokenKind::Word, "the role of an output");
    std::optional<OutputRole> role = text::value_named<OutputRole>(word.text);
    if (!role) throw Fault(word.line, "`" + word.text + "` is no role of an output");
    Output result;
    result.role = *role;
    result.name = tokens_.expect(TokenKind::String, "the name of the output").text;
    tokens_.expect("=");
    result.node = node_reference();
    if (*role == OutputRole::Update) {
      tokens_.expect("into");
      result.target = node_reference();
    }
    graph_.outputs.push_back(std::move(result));
  }

  text::TokenStream& tokens_;
  Graph graph_;
  text::NodeNames ids_;
  std::vector<Axis> axes_;
  std::vector<std::vector<Token>> recurrence_axes_;
};

}  // namespace

std::optional<std::vector<Graph>> parse_graphs(std::string_view text, std::string& error) {
  try {
    text::TokenStream tokens(text);
    std::vector<Graph> graphs;
    do {
      graphs.push_back(Parser(tokens).run());
    } while (tokens.peek().kind != TokenKind::End);
    return graphs;
  } catch (const Fault& fault) {
    error = fault.what();
    return std::nullopt;
  }
}

std::optional<Graph> parse_graph(std::string_view text, std::string& error) {
  std::optional<std::vector<Graph>> graphs = parse_graphs(text, error);
  if (!graphs) return std::nullopt;
  if (graphs->size() == 1) return std::move(graphs->front());
  error = "there are several graphs";
  return std::nullopt;
}

}  // namespace dnnc
