#pragma once
#include <functional>
#include <optional>

#include "compiler/sema/data_sources.h"
#include "compiler/sema/model.h"

namespace dnnc {

/// The value of a formula of constants; reports why it has none.
using ConstantOf = std::function<std::optional<double>(const ast::Ptr&)>;

struct DataReader {
  Diagnostics& diagnostics;
  ConstantOf constant;
};

/// A source, its arguments checked against the table: `csv("a.csv", target: medv)`. Arguments are all named in the
/// result, with what was left out filled in; those of `rows` are its items, pairs of numbers or nested lists.
std::optional<DataValue> read_source(const ast::Ptr& value, const DataReader& reader);

/// `tail(20%)`, `random(20%, seed: 1)`.
std::optional<Split> read_split(const ast::Setting& setting, const DataReader& reader);

/// `[flip(horizontal), shift(4)]`.
std::vector<DataValue> read_augment(const ast::Ptr& value, const DataReader& reader);

/// What a form takes, for `early(patience: 3)` and the like: checks names and kinds and fills in what is left out.
std::optional<DataValue> read_call(const std::string& what, const ast::Ptr& value, const DataSource& form,
                                   const DataReader& reader);

/// The call that `value` is, brackets removed: `early(...)`, or a name alone as a call without arguments.
struct CallForm {
  ast::Word word;
  std::vector<ast::Argument> arguments;
};
std::optional<CallForm> call_form(const ast::Ptr& value);
/// The expression inside any brackets.
const ast::Expression& without_brackets(const ast::Ptr& value);

}  // namespace dnnc
