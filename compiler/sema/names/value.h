#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/sema/model.h"
#include "compiler/sema/names/number.h"

namespace dnnc {

/// An index while graphs are made: its number in Elaboration::indices. Expressions of a Tensor count these, not the
/// axes of a node; add_node() translates.
using IndexId = uint32_t;

/// A number or an array in the graph, as a formula of its indices: element [i0, i1, ...] is `body`, in which the own
/// indices `axes` occur, and those of the formula it stands in, and the batch. A value that is kept has a node: then
/// `body` is one load of it.
struct Tensor {
  std::vector<IndexId> axes;
  Expr body;
  Element element = {};
  /// Written with a shape, be it empty: `f32[...]` where `...` stands for no size.
  bool array = false;
  /// Of a result of a net: what it means, so that a loss can be checked against it.
  std::optional<Head> head = std::nullopt;
};

/// What stands for a value after an error has been reported: all that is made of it is silently of this kind too.
struct Poison {};
/// A word where a parameter offers a choice: `same`.
struct Choice {
  std::string word;
  std::vector<std::string> offered;
};
/// `3x3`
struct SizeList {
  std::vector<int64_t> sizes;
};
struct Text {
  std::string text;
};
struct List;
struct Results;
struct Step;

using Value = std::variant<Poison, Number, Tensor, Choice, SizeList, Text, std::shared_ptr<const List>,
                           std::shared_ptr<const Results>, std::shared_ptr<const Step>>;

/// `[1, 40]`, while it has not become an array.
struct List {
  std::vector<Value> items;
};
/// What a definition with several results gives.
struct Results {
  std::vector<Value> values;
  std::vector<std::string> names;  ///< as the definition names them, or empty
};

struct Scope;
/// Layers, functions or nets with their first argument open, in a row; names in their arguments are those of `scope`.
struct Step {
  std::vector<ast::Step> steps;
  std::shared_ptr<Scope> scope;
  std::string shared;  ///< path of the one use that `shared tower = ...` is; empty otherwise
};

bool is_poison(const Value& value);
/// "f32[28, 28, 1]", "class[10]", "class[96][64]", "int".
std::string type_text(const Element& element, const std::vector<int64_t>& shape);
/// `f32[28, 28, 1]`, `class[10]`, `3x3`, `a number`: for messages.
struct Elaboration;
std::string describe(const Elaboration& elaboration, const Value& value);

}  // namespace dnnc
