#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/support/source.h"

/// The tree of a program, one struct for each rule of grammar/README.md. Immutable once parsed; shared, so that copies
/// are cheap. Every name is a Word: its text and its place.
namespace dnnc::ast {

struct Word {
  std::string text;
  Span span;
};

struct Expression;
using Ptr = std::shared_ptr<const Expression>;

/// `42`, `1e-3`, `16 MiB`. `text` is as written, without `_`; `unit` is empty if there is none.
struct Number {
  std::string text;
  std::string unit;
};
/// `97.5%`; `text` is "97.5".
struct Percent {
  std::string text;
};
/// `3x3`
struct Sizes {
  std::vector<int64_t> sizes;
};
struct String {
  std::string value;  ///< escapes undone
};
struct Boolean {
  bool value;
};
struct Name {
  std::string text;
};
/// `[a, b]`
struct List {
  std::vector<Ptr> items;
  std::vector<Word> names = {};  ///< in `metrics` what stands behind `as`, an empty word where nothing does; else none
};
enum class UnaryOperator { Negate, Not };
struct Unary {
  UnaryOperator op;
  Ptr operand;
};
enum class BinaryOperator {
  Power,
  Multiply,
  Divide,
  FloorDivide,
  Modulo,
  Add,
  Subtract,
  Equal,
  Unequal,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or
};
struct Binary {
  BinaryOperator op;
  Span op_span;
  Ptr left, right;
};
struct If {
  Ptr condition, then, otherwise;
};
/// `f(a, rate: 0.1)`; `name` is absent for a positional argument.
struct Argument {
  std::optional<Word> name;
  Ptr value;
  Span sign = {};  ///< of `rate = 0.1`, which is an error: File::assigned
};
/// `i in n`, or `i`
struct Binder {
  Word index;
  Ptr range;  ///< null if not given
};
/// `f(arguments)`, or `sum(e for i in n)`: then `arguments` has one element and `binders` is not empty.
struct Call {
  Word function;
  std::vector<Argument> arguments;
  std::vector<Binder> binders;
};
/// A subscript or size list: `...` or an expression.
struct Ellipsis {};
using Subscript = std::variant<Ellipsis, Ptr>;
/// `x[i, j else 0]`
struct Element {
  Ptr array;
  std::vector<Subscript> subscripts;
  std::vector<Span> subscript_spans;
  Ptr otherwise;  ///< null if not given
};
/// `test.accuracy`
struct Member {
  Ptr object;
  Word member;
};
struct Step;
/// `a -> f(x) -> g`
struct Chain {
  Ptr input;
  std::vector<Step> steps;
};
/// A part in brackets, kept so that fmt and messages can show it.
struct Bracketed {
  Ptr inner;
};

struct Expression {
  Span span;
  std::variant<Number, Percent, Sizes, String, Boolean, Name, List, Unary, Binary, If, Call, Element, Member, Chain,
               Bracketed>
      kind;
};

/// One step of a chain: `dense(64)`, `(conv(8, 3x3) -> relu) * 3 as tower`, or, in `rows( )` only, a value.
struct Step {
  Span span;
  struct Use {
    Word word;
    std::optional<std::vector<Argument>> arguments;  ///< absent: no brackets written
  };
  struct Group {
    std::vector<Step> steps;
  };
  struct Value {
    Ptr value;
  };
  std::variant<Use, Group, Value> kind;
  Ptr repeat;  ///< after `*`; null if not given
  std::optional<Word> as;
};

/// `f32[n, m]`, `class[k][t]`: `shape` and `second` are absent where no brackets stand.
struct ArrayType {
  Word word;
  std::optional<std::vector<Subscript>> shape, second;
  std::vector<Span> shape_spans, second_spans;
};
/// `k x l`
struct SizesType {
  std::vector<Word> sizes;
};
/// `valid | same`
struct ChoiceType {
  std::vector<Word> choices;
};
struct Type {
  Span span;
  std::variant<ArrayType, SizesType, ChoiceType> kind;
};

struct Parameter {
  Word name;
  std::optional<Type> type;
  Ptr standard;  ///< the default; null if none
  Span span;
};
/// `-> class[10]` has one Output with an empty name; `-> (sex: prob, age: real)` names each.
struct Output {
  Word name;
  Type type;
};

struct Statement;
using Body = std::vector<Statement>;

/// `wq, wk: f32[n, m] ~ e`; `type` is absent in an optimizer's `state m = 0`.
struct Group {
  std::vector<Word> names;
  std::optional<Type> type;
  bool drawn = false;  ///< `~`
  Ptr start;
  Span span;
};
struct ParamStatement {
  std::vector<Group> groups;
};
struct StateStatement {
  std::vector<Group> groups;
};
struct SharedStatement {
  Word name;
  std::vector<Step> steps;
};
struct ExpectStatement {
  Ptr condition;
};
struct BindStatement {
  std::vector<Word> names;
  Ptr value;
};
/// `y[i, ...] = e for i in n`; an index Word with the text "..." is the ellipsis.
struct IndexedStatement {
  Word name;
  std::vector<Word> indices;
  Ptr value;
  std::vector<Binder> binders;
};
struct ResultStatement {
  std::vector<Ptr> values;
};
struct Statement {
  Span span;
  std::variant<ParamStatement, StateStatement, SharedStatement, ExpectStatement, BindStatement, IndexedStatement,
               ResultStatement>
      kind;
};

enum class DefinitionKind { Function, Activation, Layer, Net, Loss, Metric, Optimizer };
struct Definition {
  DefinitionKind kind;
  Word name;
  std::vector<Parameter> parameters;
  std::vector<Output> results;  ///< empty if `->` is left out
  bool short_form = false;      ///< `= expression`: the body is one ResultStatement
  Body body;
  Ptr derivative;  ///< null if not given
};

/// `optimizer for "*/b", "*/scale" = e`; of data also `letters: class[30][21]`, which has a type and no value.
struct Setting {
  Word key;
  std::vector<Word> paths;  ///< texts without quotes
  Ptr value;
  Span span;
  std::optional<Type> type = {};
};
struct Import {
  std::string file;
  Span file_span;
};
struct ConstantDefinition {
  Word name;
  Ptr value;
};
/// `data d = e` has one setting `source` and `short_form`.
struct Data {
  Word name;
  bool short_form = false;
  std::vector<Setting> settings;
};
struct Train {
  Word net;
  Word data;
  std::optional<Word> as, like;
  std::vector<Setting> settings;
  /// What the run is called.
  const std::string& name() const { return as ? as->text : net.text; }
};
struct Expect {
  Ptr condition;
};

struct Declaration {
  Span span;
  std::variant<Import, ConstantDefinition, Definition, Data, Train, Expect> kind;
};

/// A comment keeps its place: fmt prints it again. `own_line` if nothing stands before it on its line.
struct Comment {
  Span span;
  std::string text;  ///< with its `#`, without trailing spaces
  bool own_line = false;
};

/// `activation = relu` among arguments. What is to be written there depends on what the callee's parameters are called.
struct AssignedArgument {
  Word callee;
  Argument argument;
};

struct File {
  SourceId source;
  Ptr version;  ///< the Number after `dnn`
  std::vector<Declaration> declarations;
  std::vector<Comment> comments;
  std::vector<AssignedArgument> assigned = {};  ///< an error each, reported by report_assigned or where names are known
};

}  // namespace dnnc::ast
