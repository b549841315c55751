#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ir/expression.h"
#include "compiler/support/source.h"
#include "runtime/program/roles.h"

namespace dnnc {

/// One index of an array or a reduction. At most one axis of a node's result is the batch, and it comes first.
struct Axis {
  std::string name;  ///< unique within its node
  int64_t extent = 1;
  bool batch = false;
};

using runtime::Element;
using runtime::InputRole;
using runtime::OutputRole;

struct Input {
  InputRole role = InputRole::Field;
  std::string name;   ///< a field's name or a stable path
  std::string start;  ///< unused by passes; kept for messages
};

enum class Reduction { None, Sum, Product, Maximum, Minimum, ArgMaximum, ArgMinimum };

/// result[axes...] = reduce over reduced... of body. With Reduction::None `reduced` is empty. ArgMaximum gives the
/// row-major number of the first largest element over `reduced`. A mean is a sum whose body carries the factor.
struct Comprehension {
  Reduction reduction = Reduction::None;
  std::vector<Axis> reduced;
  Expr body;
};

/// The name of an input among all of a graph: a field may be called as a setting is, `count`.
std::string input_key(const Input& input);

/// The elements of `source` in row-major order under another shape; the batch axis stays.
struct Reshape {
  NodeId source;
};

/// d(loss)/d(of), of the shape of `of`. `loss` has no axes. Only before the pass `differentiate`.
struct Gradient {
  NodeId loss;
  NodeId of;
};

struct Node {
  std::string name;        ///< from the text, for people; need not be unique
  std::vector<Axis> axes;  ///< of the result
  std::variant<Input, Comprehension, Reshape, Gradient> kind;
  Element element;
  Span span;  ///< the formula it comes from
};

struct Output {
  OutputRole role = OutputRole::Value;
  std::string name;
  NodeId node;
  NodeId target;  ///< of an Update: an Input
};

/// Nodes that read each other at an earlier place of one axis (`h[s - 1]`), run in order along it. The members stand
/// next to each other in the graph; inside the group a load may name a later member. `axis` numbers, for each member,
/// the axis of its result that is run along; loads of members at the same place must name earlier members.
struct Recurrence {
  std::vector<NodeId> members;
  std::vector<uint32_t> axis;
  int64_t extent = 1;
  bool backward = false;  ///< from the last place to the first
};

/// One function of the program: fields, parameters and settings in, results and updates out. Every node reads only
/// nodes before it, but for recurrences. All extents are known, the batch's too: in a last, smaller batch the setting
/// `count` says how many of its rows are examples, and every mean over the batch is sum(select(n < count, e, 0)) /
/// count.
struct Graph {
  std::string name;  ///< "mlp.train"
  IdVector<NodeTag, Node> nodes;
  std::vector<Output> outputs;
  std::vector<Recurrence> recurrences;

  Node& operator[](NodeId id) { return nodes[id]; }
  const Node& operator[](NodeId id) const { return nodes[id]; }
};

/// Number of elements of the result of a node, the batch included.
int64_t element_count(const Node& node);
bool batched(const Node& node);

/// Adds nodes with their axes checked. `span` and `name` are for messages and dumps.
NodeId add_input(Graph& graph, Input input, std::vector<Axis> axes, Element element, Span span);
NodeId add_comprehension(Graph& graph, std::string name, std::vector<Axis> axes, Comprehension comprehension, Span span,
                         Element element = {});
NodeId add_reshape(Graph& graph, std::string name, NodeId source, std::vector<Axis> axes, Span span);
NodeId add_gradient(Graph& graph, NodeId loss, NodeId of, Span span);
/// What the gradient by a node of that name is called: "d_w".
inline std::string adjoint_name(const std::string& name) { return "d_" + name; }

/// Axes of the result, then those reduced over: what the indices of a node's body count.
std::vector<Axis> all_axes(const Node& node);
std::vector<int64_t> extents_of(const std::vector<Axis>& axes);
std::vector<NodeId> node_ids(const Graph& graph);

/// The nodes that `node` reads, each once, in order of first occurrence.
std::vector<NodeId> sources_of(const Graph& graph, NodeId node);

/// The node with every source replaced by what `change` gives for it.
Node rename_sources(Node node, const std::function<NodeId(NodeId)>& change);

/// The one deterministic text of a graph; parse_graph(print(g)) prints the same again. See docs/ir.md.
std::string print(const Graph& graph, const Sources* sources = nullptr);
std::string print_node(const Graph& graph, NodeId node);
/// A node as the language would write it: without the batch, and draws without what they are counted by.
std::string formula_text(const Graph& graph, const std::vector<std::string>& names, NodeId node);
/// The graph without what people called its nodes and axes: two that are the same then compute the same.
Graph without_names(Graph graph);
/// How the text calls each node: `%z`, `%z.2`, `%7`.
std::vector<std::string> labels(const Graph& graph);
/// Reads the text form. On a fault: std::nullopt, with `error` = "line 3: expected `[`".
std::optional<Graph> parse_graph(std::string_view text, std::string& error);
/// The graphs of a text, one after the other, at least one: `--emit=graph` of a program prints one for each of its entries.
std::optional<std::vector<Graph>> parse_graphs(std::string_view text, std::string& error);

/// What must hold of a graph; empty if it does, else one line a fault that names the node.
std::vector<std::string> verify(const Graph& graph);

}  // namespace dnnc
