#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/support/diagnostics.h"
#include "compiler/syntax/ast.h"

namespace dnnc {

/// What the numbers of a net's result mean, and so how `predict` shows them.
enum class Head { Class, Probability, Real, Array };

/// A value written in a data block: number, text, list, or a call `rows(...)`, `csv("a.csv", target: medv)`.
/// The runtime reads it from the manifest as JSON: see runtime/program/manifest.h.
struct DataValue {
  enum class Kind { Number, Text, List, Call } kind = Kind::Number;
  double number = 0;
  std::string text = {};              ///< of a Text; the name of a Call
  std::vector<DataValue> items = {};  ///< of a List; positional arguments of a Call: the rows of `rows`
  std::vector<DataValue> named = {};  ///< all other arguments of a Call
  std::string name = {};              ///< of an argument in `named`
  Span span = {};
};

/// A field as the source gives it, before any formula.
struct RawField {
  std::string name;
  std::vector<int64_t> shape;  ///< without the batch
  Element element;
  bool bytes = false;        ///< whole numbers 0 ... 255 that may be kept as UInt8: images
  bool probability = false;  ///< numbers from 0 to 1: the target of a `prob`
};

struct Split {
  std::string part;    ///< "test" or "validation"
  std::string method;  ///< "tail", "random", "stratified"
  double share = 0;
  uint64_t seed = 0;
  Span span = {};
};

struct DataSet {
  std::string name;
  DataValue source;
  std::vector<RawField> raw;        ///< the fields of the source that a net, target or formula reads
  std::vector<std::string> inputs;  ///< those that the net's inputs are made from, in the order of the inputs
  std::string target;               ///< the raw field `target` is made from, for its class names and messages
  std::vector<Split> splits;
  std::vector<DataValue> augment;
  /// Statistics over the training part, in the order in which they must be fitted. Graph kind Fit gives, for a batch,
  /// one output of the field's values to which runtime/ fits mean and deviation of each element.
  struct Fitted {
    std::string field;  ///< `features`: the inputs are `features.mean`, `features.deviation`
    std::vector<int64_t> shape;
  };
  std::vector<Fitted> fitted;
  Span span;
};

/// A condition that the training loop watches. `words` has "on" ("validation.loss") and "goal" ("smallest", "largest").
struct LoopCall {
  std::string name;  ///< "early", "best", "plateau"
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> words;
};

struct ParameterInfo {
  std::string path;  ///< "mlp/dense1/w"
  std::vector<int64_t> shape;
  InputRole role = InputRole::Parameter;  ///< or State
  std::string optimizer;                  ///< name of the optimizer that serves it; empty for states
  Span span;
};

/// One layer use, for `dnnc info`.
struct LayerInfo {
  std::string path, definition;
  std::vector<int64_t> result_shape;
  int64_t parameters = 0;
  Span span;
};

struct OutputInfo {
  std::string name;  ///< "output" if there is only one
  Head head = Head::Array;
  int64_t classes = 0;
  std::vector<int64_t> shape;  ///< of the scores, without the batch
};

struct MetricInfo {
  std::string name;                ///< "accuracy"
  std::vector<std::string> means;  ///< metric outputs of Train and Evaluate that the Finish graph reads, in order
};

struct Training {
  std::string name;  ///< of the run: the net's, or the word after `as`
  std::string net;
  DataSet data;  ///< as this run reads it: a field has the type of what it is given to
  int64_t batch = 32, epochs = 1;
  uint64_t seed = 0;
  std::vector<ParameterInfo> parameters;  ///< in the language's order; then states
  std::vector<LayerInfo> layers;
  std::vector<OutputInfo> outputs;
  std::vector<MetricInfo> metrics;
  std::optional<LoopCall> stop, keep, anneal;
  std::string start;      ///< file of starting weights, or empty
  bool averages = false;  ///< evaluation uses the running averages
  Span span;
};

/// A condition as a tree that the runtime evaluates without the compiler.
struct ContractTerm {
  enum class Kind {
    Number,
    Reference,  ///< `name` is "test.accuracy", "train.loss", "time.epoch", "memory.train", "memory.predict", "params"
    Operation,  ///< `name` is a scalar function's name in the table of ir/functions.h; children are its arguments
    Predict     ///< the answer to a raw example: the label of a class, else the number
  } kind = Kind::Number;
  double number = 0;
  std::string name;                    ///< of a Reference, Operation
  std::string run;                     ///< of a Reference, Predict: the training meant
  std::vector<ContractTerm> children;  ///< of a Predict: the numbers of the raw inputs in order
};

/// An `expect` of the file.
struct Contract {
  std::string text;  ///< as written
  Span span;
  ContractTerm condition;  ///< holds if its value is not 0
  bool settled = false;    ///< holds already: it needs neither the plan nor a run
};

/// The value of a Reference or Predict; std::nullopt while it is not known.
using ContractLookup = std::function<std::optional<double>(const ContractTerm&)>;
/// The value of the condition, or std::nullopt if the lookup did not know a number that it needs.
std::optional<double> evaluate_contract(const ContractTerm& condition, const ContractLookup& lookup);

enum class GraphKind {
  Initial,  ///< outputs Value: the starting value of every parameter, state and optimizer state, named like its input.
            ///< Running averages (`PATH.average`) have none: they start as copies of their parameters
  Fit,    ///< outputs Value: the values of the fields to be fitted, for a batch of examples, named like DataSet::Fitted
  Train,  ///< outputs Loss, Metrics, Updates (parameters, states, optimizer states, averages) with Gradient nodes,
          ///< and each gradient before clipping as a Value "gradient of PATH"
  Evaluate,  ///< `training` false; outputs Loss and Metrics as means over the batch
  Finish,    ///< outputs Metric: each metric from its means, which are Settings named like the outputs of Evaluate
  Predict  ///< outputs Result: for an output `o` (called `output` if it has no name) `o`: probabilities, or the number
           ///< with a standardised target undone; for a class also `o.label`
};

struct Elaborator;  // keeps the program's definitions; hidden in sema/

/// A program in which nothing can be the user's fault any more, except what only data can show.
struct Model {
  std::string file;  ///< path of the main text
  std::vector<Training> trainings;
  std::vector<Contract> contracts;
  std::shared_ptr<const Elaborator> elaborator;
};

struct CheckOptions {
  std::map<std::string, std::string> constants;  ///< --set width=128
};

/// Checks a parsed program: names, types, sizes, indices, bounds, heads, losses, gradients, contracts of constants.
/// `files` has the main file first, then its imports in the order of reading. Reports every error it finds; a Model is
/// returned only if there is none.
std::optional<Model> check(const std::vector<ast::File>& files, const CheckOptions& options, Sources& sources,
                           Diagnostics& diagnostics);

/// The graph of one function of a run, for a batch of the given size. The model has been checked, so this cannot fail.
Graph build_graph(const Model& model, const Training& training, GraphKind kind, int64_t batch);

/// `dnnc eval`: the value of an expression over constants and the library, as a graph with one output "value".
/// With `derivative` also "derivative", by the first argument of the call that the expression is: element by element for a
/// function of numbers and for a result that is one number; else of the element of the result that the input
/// `chosen_element`, with the axes of the result, chooses: 1 at one element, 0 at all others.
inline constexpr const char* chosen_element = "the chosen element";
std::optional<Graph> build_expression(const ast::Ptr& expression, bool derivative, Sources& sources,
                                      Diagnostics& diagnostics);

}  // namespace dnnc
