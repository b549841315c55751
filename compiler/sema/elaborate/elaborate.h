#pragma once
#include <map>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/sema/names/program.h"
#include "compiler/sema/names/value.h"
#include "compiler/syntax/keywords.h"

/// Elaboration: definitions are instantiated straight into a graph, see docs/elaboration.md.
namespace dnnc {

/// One array that training changes, or keeps between steps, and that the elaborated text reads.
struct ParameterRecord {
  std::string path;  ///< "mlp/dense1/w"; of an optimizer's state "mlp/dense1/w:m"
  std::vector<int64_t> shape;
  InputRole role = InputRole::Parameter;  ///< or State, OptimizerState
  NodeId input;
  NodeId start;    ///< its starting value, a node without batch that depends on the setting `seed` only
  NodeId updated;  ///< of a state that has been assigned: its new value; invalid otherwise
  Span span;
  Span use;                            ///< of the user's text: what leads to `span` where that is the library's
  std::vector<std::string> axes = {};  ///< their names, where sizes of the text have some
  std::string start_text = {};
};

struct Index {
  std::string name;
  bool batch = false;
};

struct UseFrame {
  Span span;
  std::string text;                    ///< `residual(32, stride: 2)`
  std::shared_ptr<const Scope> scope;  ///< for the sizes to show
};

/// What each example of the batch counts, and what all of them count together, where rows that are no examples count nothing.
struct ExampleWeights {
  NodeId each, all;
};

/// What a net inside of another one is given for a parameter.
struct NetArgument {
  std::string name;
  NodeId node;
};
struct NetUse {
  std::string path, net;  ///< "auto/decoder", "decoder"
  std::vector<NetArgument> arguments = {};
  std::vector<std::pair<OutputInfo, Tensor>> results = {};
  bool alone = true;  ///< it depends on no index around it
};

/// A graph being made, with all that has been met on the way.
struct Elaboration {
  const Program* program = nullptr;
  Graph* graph = nullptr;
  Diagnostics* diagnostics = nullptr;
  bool training = false;
  bool field = false;  ///< a step of data is evaluated, which is the same for an example whatever is done with it
  Folding folding = Folding::All;
  std::optional<ExampleWeights> weights = {};  ///< of what `batch_mean` takes means of; without them all count the same
  std::optional<int64_t> batch;  ///< without one, formulas are about no example: schedules, optimizers, starting values

  std::vector<ParameterRecord> parameters;  ///< in the order of the uses and their text; unread ones are left out
  std::vector<LayerInfo> layers;
  std::vector<NetUse> net_uses;  ///< each path once; arguments and results only if arguments are kept
  bool keeps_arguments = false;  ///< of nets inside of nets, as nodes of their own

  // Private to elaboration.
  std::vector<Index> indices;    ///< number 0 is the batch; it occurs only where there is one
  std::vector<int64_t> extents;  ///< of the indices
  std::vector<UseFrame> uses;    ///< the chain of uses that is being elaborated
  std::map<std::string, size_t> parameter_places;
  std::map<std::string, NodeId> settings;
  std::set<std::string> layer_paths;
  std::map<std::string, int> use_counters, draw_counters;  ///< by path
  std::map<NodeId, std::vector<IndexId>> node_indices;     ///< of the axes of comprehensions
  std::map<NodeId, Span> node_uses;                        ///< where the user's text leads to the library's formulas
  size_t recurrences = 0;                                  ///< that have been made
  size_t work = 0, depth = 0;                              ///< formulas evaluated, and how deep we are in them
  int branches = 0;        ///< sides of an `if` around what is evaluated, which may never be taken
  bool exhausted = false;  ///< a cap has been exceeded and reported
};

/// The place itself, or that in the user's text whose use leads to it while it is elaborated.
Span users_span(const Elaboration& elaboration, Span span);
/// Of a node that is being made of a formula at that place.
void remember_use(Elaboration& elaboration, NodeId node, Span span);

Elaboration begin_elaboration(const Program& program, Graph& graph, Diagnostics& diagnostics, bool training,
                              std::optional<int64_t> batch);

/// Names that a formula outside any definition may use, before those of the main file: fields, results, settings.
using Environment = std::map<std::string, Value>;

/// The setting of the graph; made if it is not there yet.
NodeId setting(Elaboration& elaboration, SettingName name);

/// The array that a node is, its batch axis aside.
Tensor tensor_of(Elaboration& elaboration, NodeId node);
/// The value as a tensor: constants and lists of numbers are turned into one. Reports what is none, e.g. a step.
std::optional<Tensor> to_tensor(Elaboration& elaboration, const Value& value, Span span);
std::vector<int64_t> shape_of(const Elaboration& elaboration, const Tensor& tensor);
bool depends_on_example(const Elaboration& elaboration, const Tensor& tensor);
/// A node that holds the tensor, axes in order after the batch (which it has only if it depends on the example).
NodeId node_of(Elaboration& elaboration, const Tensor& tensor, const std::string& name, Span span);

/// The value of a formula of the main file. Layers in it get paths below `path`. Poison after an error.
Value evaluate_formula(Elaboration& elaboration, const Environment& names, const ast::Ptr& formula,
                       const std::string& path);
/// A formula of constants; reports what is none.
std::optional<Number> evaluate_constant(const Program& program, const Environment& names, const ast::Ptr& formula,
                                        Diagnostics& diagnostics);

/// The text of a call from outside: `focal(gamma: 2)` has the values given in front of its own arguments.
struct OutsideCall {
  const Definition* definition = nullptr;
  std::vector<Value> given;              ///< for the first parameters
  std::vector<ast::Argument> arguments;  ///< for those after them, by place or name
  std::string path;                      ///< of the use: `mlp`, or a parameter's path for an optimizer
  Span span;                             ///< of the use
  /// Arguments in place of defaults: evaluated where defaults are, in the definition's own file and after the
  /// parameters before them, with these names besides.
  std::vector<ast::Argument> own_arguments = {};
  Environment own_names = {};
};
/// Its results, one or several. An optimizer's states are recorded below the path: `mlp/dense1/w:m`. Poison after an
/// error, or if a loss does not fit the head of the scores given.
std::vector<Value> apply(Elaboration& elaboration, const Environment& names, const OutsideCall& call);

/// A result of a net with its meaning. `scores` has the shape that OutputInfo states: `f32[s..., k]` of a class.
struct NetResult {
  OutputInfo info;
  Tensor scores;
};
/// Instantiates a net; `inputs` are its parameters in order. Checks its results against its heads. std::nullopt after
/// an error.
std::optional<std::vector<NetResult>> use_net(Elaboration& elaboration, const Definition& net,
                                              const std::vector<Value>& inputs, Span span);

/// What a parameter's type says without a use: sizes must be constants. std::nullopt after an error or if it has no
/// type that an array can have (`reported` tells which).
struct InputType {
  TypeWord word = TypeWord::Number;
  std::vector<int64_t> shape;
  Element element;
};
std::optional<InputType> input_type(const Program& program, const Definition& definition, size_t parameter,
                                    Diagnostics& diagnostics);

/// What the type of a parameter says in a use of which the types of these other arguments are known. std::nullopt, and no
/// error, where that is not enough.
std::optional<InputType> argument_type(const Program& program, const Definition& definition, size_t parameter,
                                       const std::map<size_t, InputType>& given);

/// A default of a definition's parameter exists; otherwise it must be given.
bool has_default(const Definition& definition, size_t parameter);

}  // namespace dnnc
