#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/sema/names/number.h"
#include "runtime/data/source_table.h"

namespace dnnc {

using runtime::ArgumentKind;

struct CallArgument {
  std::string name;
  ArgumentKind kind = ArgumentKind::File;
  bool required = false;
  std::optional<double> standard = std::nullopt;  ///< of a number that is left out
  std::vector<std::string> words = {};
  std::optional<double> most = std::nullopt;  ///< of a Whole or a Spread
};

/// One row of a table of calls.
struct CallForm {
  std::string name;
  std::vector<CallArgument> arguments;
};

/// The value of a formula of constants; reports why it has none.
using ConstantOf = std::function<std::optional<Number>(const ast::Ptr&)>;
/// The text of the constant of that name; std::nullopt where it has none.
using TextOf = std::function<std::optional<std::string>(const std::string&)>;

struct CallReader {
  Diagnostics& diagnostics;
  ConstantOf constant;
  TextOf text;
  void report(Diagnostic diagnostic) const { diagnostics.report(std::move(diagnostic)); }
};

/// A call as it is written, or a name alone as a call without arguments.
struct WrittenCall {
  ast::Word word;
  std::vector<ast::Argument> arguments;
};
std::optional<WrittenCall> written_call(const ast::Ptr& value);

/// The expression inside any brackets.
const ast::Ptr& without_brackets(const ast::Ptr& value);

/// The value inside any brackets, with the texts of the constants that it names, in a list too.
ast::Ptr with_texts(const ast::Ptr& value, const CallReader& reader);

/// `validation.loss` as one text; std::nullopt for anything but names joined by dots.
std::optional<std::string> dotted_name(const ast::Ptr& value);

/// The form called for, or null after an error: `what` is a noun like "source" for the message.
const CallForm* find_form(const std::string& what, const ast::Word& word, const std::vector<CallForm>& forms,
                          Diagnostics& diagnostics);

/// The arguments of a call by name, in the order of the form, with standards filled in. std::nullopt after an error.
std::optional<DataValue> read_call(const WrittenCall& call, const CallForm& form, const CallReader& reader);

/// One value of the kind that `argument` takes; reports a value of another kind.
std::optional<DataValue> read_argument(const ast::Ptr& written, const CallArgument& argument, const CallReader& reader);

/// A number, or nested lists of numbers: constants all. std::nullopt after an error.
std::optional<DataValue> read_numbers(const ast::Ptr& written, const CallReader& reader);

}  // namespace dnnc
