#pragma once
#include <string>
#include <vector>

#include "compiler/syntax/ast.h"

namespace dnnc::campaign {

/// What a parameter of a definition takes, as its type and its uses in the body show.
enum class Role {
  Value,    ///< an array or label: its declared type says which
  Sizes,    ///< `size: k x l`
  Choice,   ///< `pad: valid | same`
  Step,     ///< called, or stands after an arrow
  Size,     ///< a whole number: stands in a shape or range
  Divisor,  ///< a whole number by which a size is divided
  Truth,    ///< its default is true or false
  Number,
};

struct TermParameter {
  std::string name;
  Role role = Role::Number;
  std::optional<ast::ArrayType> type;  ///< of a Value
  std::vector<std::string> choices;    ///< of a Choice
  ast::Ptr standard;                   ///< the default; null if none
};

/// A definition that programs may use.
struct Term {
  std::string name;
  ast::DefinitionKind kind = ast::DefinitionKind::Function;
  std::string file;  ///< of the library; empty for the program's own
  std::vector<TermParameter> parameters;
  bool draws = false;   ///< its body calls a draw
  bool recurs = false;  ///< an indexed definition reads itself or a later one

  /// Every parameter is a number: it goes element by element.
  bool scalar() const;
};

/// Whether an array of so many axes may be given where this shape is declared: `...` stands for any number.
bool takes_axes(const std::optional<std::vector<ast::Subscript>>& declared, size_t axes);

/// All definitions of the standard library, in its order, as its own files declare them.
const std::vector<Term>& library_terms();
/// Those of one kind.
std::vector<Term> library_terms(ast::DefinitionKind kind);

}  // namespace dnnc::campaign
