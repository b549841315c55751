#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/sema/names/value.h"

namespace dnnc {

struct Module;

/// A definition with what its text alone tells.
struct Definition {
  const ast::Definition* tree = nullptr;
  const Module* module = nullptr;
  std::vector<std::string> sizes;        ///< size variables, in the order in which they are bound
  std::set<std::string> indices;         ///< names that are indices in it
  std::map<std::string, size_t> locals;  ///< names that its body defines, and by which statement
  std::set<std::string> steps;           ///< parameters that are used as steps
  bool of_numbers = false;               ///< all its parameters are numbers: it applies element by element
  const std::string& name() const { return tree->name.text; }
  ast::DefinitionKind kind() const { return tree->kind; }
};

struct ConstantEntry {
  const ast::ConstantDefinition* tree = nullptr;
  Value value;  ///< a Number, SizeList, Text or List; Poison after an error
};

/// What one file sees: its own names first, then those of the files it imports, then the library's. Built-in names come
/// last; they have no entry.
struct Module {
  const ast::File* file = nullptr;
  bool library = false;  ///< it is one of the library's, which hold definitions only
  std::map<std::string, std::shared_ptr<Definition>> definitions;  ///< its own
  std::map<std::string, ConstantEntry> constants;                  ///< its own
  std::vector<const Module*> imports;                              ///< in the order of the text
  /// All that it sees. A name is in one of them only: the nearer meaning.
  std::map<std::string, const Definition*> seen_definitions;
  std::map<std::string, const ConstantEntry*> seen_constants;
};

/// All texts of one compilation. `sources` must outlive it.
struct Program {
  std::vector<std::unique_ptr<Module>> modules;         ///< the main file first
  std::vector<std::unique_ptr<const ast::File>> files;  ///< what the modules are made of
  const Sources* sources = nullptr;
  const Program* library = nullptr;  ///< what all programs see besides; of itself it is null
  const Module& main() const { return *modules.front(); }
};

/// Gathers definitions, constants and imports of `files` (the main file first); checks names, and each definition as far
/// as its text alone can be wrong; constants have no values yet (evaluate_constants). Reports what is wrong; a program is
/// always returned. The library is read when it is
/// first needed, once in a process; its texts are included in `sources`.
std::shared_ptr<Program> make_program(const std::vector<ast::File>& files, Sources& sources, Diagnostics& diagnostics);

/// What a name means in a module; null if nothing of that kind has it.
const Definition* find_definition(const Module& module, const std::string& name);
const ConstantEntry* find_constant(const Module& module, const std::string& name);
/// Every name that the module sees, built-in ones included: for suggestions.
std::vector<std::string> visible_names(const Module& module);

/// Fills in what the text of each definition alone tells.
void find_names(Program& program);
std::vector<ast::Word> names_defined_by(const ast::Statement& statement);
/// Reports what in the text of a definition is wrong however it is used: names with two meanings, statements that its
/// kind may not hold, a body without a result.
void check_definition(const Definition& definition, Diagnostics& diagnostics);
/// Whether a definition of this kind may hold `param` and `state`.
bool may_hold_parameters(ast::DefinitionKind kind);
bool may_hold_states(ast::DefinitionKind kind);
/// Reports names of a definition that mean nothing, also where nothing uses it. What stands in the sides of an `if`
/// may not exist, and a name given to a parameter may be a word that it offers: both are looked at when it is used.
void check_unknown_names(const Definition& definition, Diagnostics& diagnostics);
/// Reports arguments that are written with `=`, but for those of which that has been said already.
void check_assigned_arguments(const Program& program, Diagnostics& diagnostics);
/// How `value` is written for the parameter of `callee`: `"relu"` without its quotes where a word, a step or a number is taken.
std::string value_without_quotes(const Definition& callee, const Module& module, const ast::Parameter& parameter,
                                 const ast::Ptr& value, const Sources& sources);
/// `conv(x: f32[h, w, c], width, size: k x l)`, as the text has its parameters.
std::string signature_of(const Definition& definition, const Sources& sources);

}  // namespace dnnc
