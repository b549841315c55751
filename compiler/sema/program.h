#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/sema/number.h"

namespace dnnc {

struct Module;

/// A definition with what its text alone tells.
struct Definition {
  const ast::Definition* tree = nullptr;
  const Module* module = nullptr;
  std::set<std::string> indices;          ///< names that are indices in it
  std::map<std::string, size_t> locals;   ///< names that its body defines, and by which statement
  std::set<std::string> steps;            ///< parameters that are used as steps
  const std::string& name() const { return tree->name.text; }
  ast::DefinitionKind kind() const { return tree->kind; }
};

struct ConstantEntry {
  const ast::ConstantDefinition* tree = nullptr;
  std::optional<Number> value;  ///< std::nullopt after an error
};

/// What one file sees: its own names first, then those it imports, then the library's. Built-in names come last; they
/// have no entry.
struct Module {
  const ast::File* file = nullptr;
  bool library = false;
  std::map<std::string, std::shared_ptr<const Definition>> definitions;
  std::map<std::string, ConstantEntry> constants;
  std::vector<const Module*> imports;  ///< in the order of the text, those of imports after them; the library last
};

/// All texts of one compilation. The trees and `sources` must outlive it.
struct Program {
  std::vector<std::unique_ptr<Module>> modules;  ///< the main file first, the library's files last
  std::vector<std::shared_ptr<const ast::File>> files;
  const Sources* sources = nullptr;
  const Module& main() const { return *modules.front(); }
};

/// Gathers definitions, constants and imports of `files` (the main file first) and the library; checks names, and each
/// definition as far as its text alone can be wrong. Reports what is wrong; a program is always returned.
std::shared_ptr<const Program> make_program(const std::vector<ast::File>& files, const CheckOptions& options,
                                            Sources& sources, Diagnostics& diagnostics);

/// What a name means in a module; null if nothing of that kind has it. A constant and a definition never share a name
/// within one file, and the nearer file wins.
const Definition* find_definition(const Module& module, const std::string& name);
const ConstantEntry* find_constant(const Module& module, const std::string& name);
/// Every name that the module sees, built-in ones included: for suggestions.
std::vector<std::string> visible_names(const Module& module);

const char* word_of(ast::DefinitionKind kind);

}  // namespace dnnc
