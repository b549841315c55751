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
#include "runtime/program/formula.h"
#include "runtime/program/manifest.h"
#include "runtime/program/setting_names.h"

namespace dnnc {

using runtime::Head;

using runtime::ContractTerm;
using runtime::DataPart;
using runtime::Goal;
using runtime::LoopRule;
using runtime::MetricInfo;
using runtime::OutputInfo;
using runtime::RawField;
using runtime::RunInfo;
using runtime::SettingName;
using runtime::SplitMethod;

/// What stands in the manifest (runtime/program/manifest.h), with the place in the text where the manifest has its name.
using DataValue = runtime::BasicDataValue<Span>;
struct Split : runtime::Split {
  Span span, by_span = {};
};
struct Augmentation : runtime::Augmentation {
  std::string call;  ///< "flip"
  Span span;
};
struct DataSet : runtime::BasicDataDescription<Span> {
  /// Statistics over the training part, in the order in which they must be fitted. The entry Fit gives, for a batch, one
  /// output of the field's values to which runtime/ fits mean and deviation of each element.
  std::vector<runtime::FittedInfo> fitted;
  Span span;
};

struct ParameterInfo : runtime::TensorInfo {
  std::string optimizer;  ///< name of the optimizer that serves it; empty for states
  Span span;
  Span use;  ///< in the user's text, where `span` is in the library
};

struct LayerInfo : runtime::LayerInfo {
  Span span;
};

struct Training : RunInfo {
  std::vector<runtime::BasicStartRule<Span>> start;
  DataSet data;                           ///< as this run reads it: a field has the type of what it is given to
  std::vector<ParameterInfo> parameters;  ///< in the language's order; then states
  std::vector<LayerInfo> layers;
  std::vector<std::string> nets;  ///< paths of those inside of the trained one
  std::vector<OutputInfo> outputs;
  std::vector<MetricInfo> metrics;
  Span span;
};

/// An `expect` of the file.
struct Contract : runtime::Contract {
  Span span;
  bool settled = false;  ///< holds already: it needs neither the plan nor a run
};

/// The value of a Reference or Predict; std::nullopt while it is not known.
using ContractLookup = std::function<std::optional<double>(const ContractTerm&)>;
/// The value of the condition, or std::nullopt if the lookup did not know a number that it needs.
std::optional<double> evaluate_contract(const ContractTerm& condition, const ContractLookup& lookup);

/// A graph for each entry of a program.
using GraphKind = runtime::EntryKind;

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

/// Of files that were not parsed whole: reports the arguments that are written with `=`, and nothing else.
void check_assigned_arguments(const std::vector<ast::File>& files, Sources& sources, Diagnostics& diagnostics);

/// The graph of one function of a run, for a batch of the given size. The model has been checked, so this cannot fail.
Graph build_graph(const Model& model, const Training& training, GraphKind kind, int64_t batch);

/// A net inside of the trained one, asked alone.
struct InnerNet {
  Graph graph;
  runtime::NetInfo info;
};
/// The net of that path; std::nullopt where it cannot be asked alone, as in a recurrence.
std::optional<InnerNet> build_inner_net(const Model& model, const Training& training, const std::string& path);

/// What build_expression calls inputs and outputs.
inline constexpr const char *chosen_element = "the chosen element", *given_argument = "argument",
                            *value_output = "value", *derivative_output = "derivative";
/// What the net of a run computes of the fields of its data, and what it computes otherwise in training: a formula for each
/// array, as weights carry them. The model has been checked, so this cannot fail.
struct NetFormulas {
  std::vector<runtime::BasicFormula<Span>> formulas;
  std::string key_text;  ///< changes whenever one of them does, whatever the text calls things
};
NetFormulas net_formulas(const Model& model, const Training& training);

/// Which functions of constants are computed at once. What is left is computed by the graph, which may be in stable forms.
enum class Folding : uint8_t {
  All,
  ExactOnly  ///< those of fractions that are a fraction again
};
/// `dnnc eval`: the value of an expression over constants and the library, as a graph with one output `value_output`.
/// With `derivative` also `derivative_output`, by the first argument of the innermost of the calls that the expression begins
/// with: element by element for a function of numbers and for a result that is one number; else of the element of the result
/// that the input `chosen_element`, with the axes of the result, chooses: 1 at one element, 0 at all others. The argument is the
/// input `given_argument`; the output of that name says what it is to be.
std::optional<Graph> build_expression(const ast::Ptr& expression, bool derivative, Folding folding, Sources& sources,
                                      Diagnostics& diagnostics);

/// What a curve is drawn over: the name of the argument in the text of its function, and of the only input of its graph.
inline constexpr const char* curve_argument = "x";
/// `dnnc plot function`: a function of one number by its name or as a formula of `x`, over the definitions of a checked model and
/// the library, or of the library alone: a graph with the outputs `value_output` and `derivative_output`.
std::optional<Graph> build_curve(const ast::Ptr& function, const Model* model, Sources& sources,
                                 Diagnostics& diagnostics);

}  // namespace dnnc
