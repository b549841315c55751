#pragma once
#include <functional>

#include "compiler/ir/affine.h"
#include "compiler/sema/elaborate/elaborate.h"
#include "compiler/sema/names/builtin.h"

/// What the files of elaboration share; nothing outside compiler/sema includes it.
namespace dnnc {

/// What a name of a body means.
struct Binding {
  Value value;
  Span span;
  std::optional<size_t> record;  ///< of a `param` or `state`: its place in Elaboration::parameters
  bool state = false;
  bool recurring = false;  ///< of an indexed definition that is being made: read it by elements only
  Span given = {};         ///< of a parameter: its argument
};

/// The names of one use of a definition, or of a formula outside any.
struct Scope {
  const Module* module = nullptr;
  const Definition* definition = nullptr;  ///< null outside
  std::map<std::string, Binding> names;
  bool broken = false;                             ///< a condition does not hold: what else is wrong may follow from it
  std::set<std::string> indices;                   ///< names that are indices
  std::optional<std::vector<int64_t>> ellipsis;    ///< the sizes that `...` stands for, once they are known
  std::map<const ast::Expression*, Value> arrays;  ///< arrays read by elements, made once: `softmax(x)[i]`
  std::set<std::string> awaited;                   ///< definitions of a recurrence whose shapes are being looked for
};

/// Where a formula is evaluated.
struct Context {
  Elaboration& elaboration;
  std::shared_ptr<Scope> scope;
  std::string path;                                   ///< of the use whose body this is
  std::string name = "";                              ///< of what is being defined, for the nodes made on the way
  bool shared = false;                                ///< within a `shared` use: parameters met before are read again
  std::map<std::string, IndexId> bound = {};          ///< indices by name
  std::optional<std::vector<IndexId>> ellipsis = {};  ///< the indices that `...` is
  std::vector<IndexId> order = {};                    ///< all indices in effect, those of callers first
  bool indexed = false;                ///< within a formula that has elements, so that draws have numbers
  bool starting = false;               ///< in a starting value: its draws belong to no example and no step
  bool from_end = false;               ///< recurrences run the other way
  std::optional<IndexId> turned = {};  ///< of a recurrence that does: the index that it runs along
  std::string within = "";             ///< the functions entered since the path's use, for names of nodes
};

/// An argument of a call: a tree of the caller's, or a value that is there already (`a` in `a -> f`).
struct Given {
  std::optional<ast::Word> name;
  ast::Ptr tree;
  std::optional<Value> value;
  Span span;
  bool assigned = false;  ///< written with `=`
};
Given given_by(const ast::Argument& argument);

// --- report.cpp: errors with their chain of uses ------------------------------------------------------------------
Poison fault(Elaboration& elaboration, Diagnostic diagnostic);
Poison fault(Elaboration& elaboration, std::string code, Span span, std::string message, std::string help = {});
/// Whether the formula reads what failed and has been reported.
bool reads_poison(const Context& context, const ast::Ptr& formula);
/// `"3"` where a number is wanted, at the diagnostic's place: the help is to write it without its quotes.
void suggest_number(const Elaboration& elaboration, const Text& text, Diagnostic& diagnostic);
/// Counts a step of work; reports and is false once a cap is exceeded.
bool spend(Elaboration& elaboration, Span span);
std::string shape_text(const std::vector<int64_t>& shape);
std::string text_at(const Elaboration& elaboration, Span span);
/// Where the value of a name at the span was written: the argument of the use, or of a use around it.
Span origin_of(const Elaboration& elaboration, Span span);

// --- tensors.cpp ----------------------------------------------------------------------------------------------------
IndexId new_index(Elaboration& elaboration, const std::string& name, int64_t extent);
Affine rename_indices(const Affine& affine, const std::map<IndexId, IndexId>& names);
Expr rename_indices(const Expr& body, const std::map<IndexId, IndexId>& names);
std::set<IndexId> indices_in(const Expr& body);
/// Tensor without axes.
Tensor number_tensor(Expr body);
Expr expression_of(const Number& number);
/// A node with these axes (batch first) and, for a reduction, those reduced over.
NodeId add_node(Elaboration& elaboration, const std::string& name, const std::vector<IndexId>& axes,
                Reduction reduction, const std::vector<IndexId>& reduced, const Expr& body, Element element, Span span);
/// The batch and other free indices of a body in the order of axes: batch, then as they were made.
std::vector<IndexId> free_indices(const Expr& body, const std::vector<IndexId>& without);
/// The tensor as one load of a node: itself if it is one already.
Tensor keep(Elaboration& elaboration, const Tensor& tensor, const std::string& name, Span span);
/// The node that a tensor is the whole of, its axes in order; invalid if it is something else.
NodeId whole_node(const Elaboration& elaboration, const Tensor& tensor);
/// A number of elements that the formula reads: an index tensor, or an array under other indices.
Tensor with_axes(const Tensor& tensor, const std::vector<IndexId>& axes);
std::optional<Affine> affine_of(const Expr& body);

// --- evaluate.cpp ---------------------------------------------------------------------------------------------------
Value evaluate(Context& context, const ast::Ptr& formula);
/// One number for each element: a constant, or a tensor without axes. Reports arrays and others.
std::optional<Tensor> evaluate_element(Context& context, const ast::Ptr& formula);
std::optional<Number> evaluate_number(Context& context, const ast::Ptr& formula, const std::string& what);
/// A whole number of at least `least`.
std::optional<int64_t> evaluate_whole(Context& context, const ast::Ptr& formula, const std::string& what,
                                      int64_t least = 1);
/// The value if only constants occur in it: nothing is reported and nothing made if not.
std::optional<Number> try_constant(Context& context, const ast::Ptr& formula);
Value read_name(Context& context, const std::string& name, Span span);

// --- formulas.cpp ---------------------------------------------------------------------------------------------------
Value evaluate_binary(Context& context, const ast::Binary& binary, Span span);
Value evaluate_unary(Context& context, const ast::Unary& unary, Span span);
Value evaluate_if(Context& context, const ast::If& choice, Span span);
/// A scalar function applied element by element. `spans` are those of the arguments, for messages.
Value apply_function(Context& context, Function function, const std::string& shown, const std::vector<Value>& arguments,
                     const std::vector<Span>& spans, Span span);
/// Brings tensors to one set of axes: a number goes with any array, arrays must have equal shapes.
std::optional<std::vector<IndexId>> unify(Context& context, std::vector<Tensor>& tensors,
                                          const std::vector<Span>& spans, const std::string& shown, Span span);

// --- bind_indices.cpp, ranges.cpp, subscripts.cpp, reductions.cpp -------------------------------------------------------
/// Whether a call is a reduction here: names may be hidden, and `max(a, b)` is a function.
const BuiltIn* reduction_of(const Context& context, const ast::Call& call);
/// Visits the formula as far as it exists (of an `if` with a constant condition only the chosen branch), outer parts
/// first; where `visit` is false the part is not looked into.
void for_each_live(Context& context, const ast::Ptr& formula, const std::function<bool(const ast::Expression&)>& visit);
/// Whether an index, bound or not, occurs anywhere in it.
bool mentions_index(Context& context, const ast::Ptr& formula);
/// The array that is read by elements; made once if no index occurs in it.
Value array_read(Context& context, const ast::Ptr& array);
/// The name of a node made here: `mlp/dense1/z.sum`.
std::string node_name(const Context& context, const std::string& part = "");
/// The indices, `...` included, that occur outside inner reductions and are not bound, in order.
std::vector<ast::Word> unbound_indices(Context& context, const ast::Ptr& formula);
/// The name of an index if the formula is that alone.
const std::string* index_name(const Context& context, const ast::Ptr& formula);

struct Ranges {
  std::map<std::string, int64_t> extents;  ///< of indices
  std::optional<std::vector<int64_t>> ellipsis;
};
std::vector<ast::Word> indices_of(const std::vector<ast::Binder>& binders);
/// Reports an index that stands among these twice.
bool stand_once(Context& context, const std::vector<ast::Word>& indices);
/// Whether all ranges are known. `silent` leaves out the report of what is not; `reduction` is what reduces over the indices.
bool find_ranges(Context& context, const std::vector<ast::Word>& indices, const std::vector<ast::Binder>& binders,
                 const ast::Ptr& formula, Ranges& ranges, bool silent = false, const char* reduction = nullptr);
/// A context in which these indices are bound too; `ids` gets them in order, those of `...` in its place.
Context bind_indices(const Context& context, const std::vector<ast::Word>& indices, const Ranges& ranges,
                     std::vector<IndexId>& ids);

void report_subscript_count(Context& context, const ast::Element& element, Span span, const std::vector<int64_t>& shape,
                            size_t count);
Value evaluate_element_of(Context& context, const ast::Element& element, Span span);
Value evaluate_reduction(Context& context, const BuiltIn& reduction, const ast::Call& call, Span span);
/// Over all elements of an array.
Value reduce_array(Context& context, const BuiltIn& reduction, const Value& value, Span argument, Span span);

// --- calls.cpp, arguments.cpp, use.cpp, chains.cpp, places.cpp ----------------------------------------------------------
Value evaluate_call(Context& context, const ast::Call& call, Span span);
Value evaluate_chain(Context& context, const ast::Chain& chain);
/// Calls what `callee` names here. `as` is the last part of the path if the text gives one; `whole_path` the whole one.
struct UsePath {
  std::string as;
  std::string whole;
};
Value call(Context& context, const ast::Word& callee, std::vector<Given> arguments, Span span, const UsePath& path);
Value call_built_in(Context& context, const BuiltIn& callee, std::vector<Given>& arguments, Span span);
Value argument_value(Context& context, const Given& given);
/// The step at each place of an array along its first axis, with one set of parameters.
Value evaluate_each(Context& context, const std::vector<Given>& arguments, Span span);
/// The step with its recurrences running from the last place to the first.
Value evaluate_from_end(Context& context, const std::vector<Given>& arguments);
/// One use of a definition.
struct Use {
  const Definition* definition = nullptr;
  std::vector<Given> arguments;
  Span span;
  std::string path;
  bool outermost = false;                         ///< the beginning of a chain of uses: no note says so
  std::vector<ast::Argument> own_arguments = {};  ///< as OutsideCall has them
  Environment own_names = {};
};
struct Outcome {
  Value value;
  std::vector<NetResult> results;  ///< of a net
};
Outcome use_definition(Context& context, const Use& use);
/// `rows`: activations among them stand in the list of layers.
Value apply_steps(Context& context, const std::vector<ast::Step>& steps, Value input, Span input_span,
                  bool rows = true);
Value apply_step_value(Context& context, const Step& step, Value input, Span span);
/// The step that a formula in an argument's place is.
Value step_of(Context& context, const ast::Ptr& formula);
/// Gives the parameters of the definition their values in the scope of `callee`; false after an error.
bool bind_arguments(Context& caller, Context& callee, const Use& use);
/// Checks what the body of a net gives against its heads. std::nullopt after an error.
std::optional<std::vector<NetResult>> check_heads(Context& context, const Value& value, Span span);
/// Checks what a body gives against the types after `->`.
bool check_results(Context& context, const Value& value, Span span);
std::string next_path(Context& context, const std::string& name);

// --- sizes.cpp ------------------------------------------------------------------------------------------------------
/// Fits a value to a parameter's type: binds its size variables in the scope of `context`.
std::optional<Tensor> fit_to_type(Context& context, const ast::Parameter& parameter, const Tensor& tensor, Span given);
/// Sizes of a type all of whose parts are expressions.
std::optional<std::vector<int64_t>> evaluate_sizes(Context& context, const std::vector<ast::Subscript>& sizes,
                                                   const std::vector<Span>& spans);
/// Makes a tensor a node of its own once its formula has grown large, so that no formula grows without end.
Value limit_size(Context& context, const Value& value, const std::string& part, Span span);

// --- statements.cpp, storage.cpp, recurrences.cpp, draws.cpp, batch.cpp ---------------------------------------------------
/// Elaborates a body; the value of its last statement.
Value evaluate_body(Context& context, const ast::Body& body);
void declare_parameters(Context& context, const std::vector<ast::Group>& groups);
void declare_states(Context& context, const std::vector<ast::Group>& groups);
Value read_record(Context& context, Binding& binding, const std::string& name, Span span);
void assign_state(Context& context, const ast::Word& name, const Value& value, Span span);
void define(Context& context, const ast::Word& name, const Value& value);
Value define_indexed(Context& context, const ast::IndexedStatement& statement, Span span);
/// The ranges of the indices on the left of an indexed definition.
bool left_ranges(Context& context, const ast::IndexedStatement& statement, Ranges& ranges, bool silent);
/// Number of statements from `first` on that recur together; 0 if that one stands alone.
size_t recurrence_length(Context& context, const ast::Body& body, size_t first);
void define_recurrence(Context& context, const ast::Body& body, size_t first, size_t length);
Value evaluate_draw(Context& context, const BuiltIn& draw, const std::vector<Given>& arguments, Span span);
Value batch_mean(Context& context, const Tensor& tensor, Span span);
/// That times what all examples count together.
Value batch_sum(Context& context, const Tensor& tensor, Span span);

}  // namespace dnnc
