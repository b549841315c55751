#include "compiler/sema/names/program.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "compiler/library/library.h"
#include "compiler/sema/names/builtin.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"
#include "compiler/syntax/parse.h"

namespace dnnc {
namespace {

void report_second(Diagnostics& diagnostics, const ast::Word& name, Span first) {
  Diagnostic diagnostic = error("E0202", name.span, "`" + name.text + "` is defined twice");
  diagnostic.labels.push_back({first, "here first"});
  diagnostics.report(std::move(diagnostic));
}

/// Definitions and constants of one file; of two with one name the first counts.
void gather(Module& module, Diagnostics& diagnostics) {
  std::map<std::string, Span> seen;
  auto add = [&](const ast::Word& name) {
    auto [entry, fresh] = seen.try_emplace(name.text, name.span);
    if (!fresh) report_second(diagnostics, name, entry->second);
    return fresh;
  };
  for (const ast::Declaration& declaration : module.file->declarations)
    std::visit(match{[&](const ast::ConstantDefinition& constant) {
                       if (add(constant.name)) module.constants[constant.name.text] = {&constant, Poison{}};
                     },
                     [&](const ast::Definition& tree) {
                       if (!add(tree.name)) return;
                       auto definition = std::make_shared<Definition>();
                       definition->tree = &tree;
                       definition->module = &module;
                       module.definitions[tree.name.text] = definition;
                     },
                     [](const auto&) {}},
               declaration.kind);
}

void add_module(Program& program, ast::File file, bool library, Diagnostics& diagnostics) {
  program.files.push_back(std::make_unique<const ast::File>(std::move(file)));
  auto module = std::make_unique<Module>();
  module->file = program.files.back().get();
  module->library = library;
  gather(*module, diagnostics);
  program.modules.push_back(std::move(module));
}

std::string key_of(const std::string& path) { return std::filesystem::path(path).lexically_normal().string(); }

/// The driver reads the files; here the names in the text are matched to them.
void link_imports(Program& program, Module& module) {
  std::filesystem::path folder = std::filesystem::path(program.sources->name(module.file->source)).parent_path();
  for (const ast::Declaration& declaration : module.file->declarations) {
    const auto* import = std::get_if<ast::Import>(&declaration.kind);
    if (!import) continue;
    std::string wanted = key_of((folder / import->file).string());
    for (const auto& other : program.modules)
      if (other.get() != &module && key_of(program.sources->name(other->file->source)) == wanted)
        module.imports.push_back(other.get());
  }
}

Span place_of(const Module& module, const std::string& name) {
  if (auto found = module.definitions.find(name); found != module.definitions.end())
    return found->second->tree->name.span;
  auto found = module.constants.find(name);
  return found != module.constants.end() ? found->second.tree->name.span : Span{};
}

/// Adds what a module of its own defines to what another sees; nearer meanings are there already.
void see(Module& module, const Module& other) {
  auto known = [&](const std::string& name) {
    return module.seen_definitions.contains(name) || module.seen_constants.contains(name);
  };
  for (const auto& [name, definition] : other.definitions)
    if (!known(name)) module.seen_definitions[name] = definition.get();
  for (const auto& [name, entry] : other.constants)
    if (!known(name)) module.seen_constants[name] = &entry;
}

void report_clashes(const Module& module, Diagnostics& diagnostics) {
  std::map<std::string, const Module*> owners;
  for (const Module* import : module.imports) {
    auto look = [&](const std::string& name) {
      auto [entry, fresh] = owners.try_emplace(name, import);
      if (fresh || entry->second == import || place_of(module, name).valid()) return;
      Diagnostic diagnostic = error("E0214", place_of(*import, name), "two imported files define `" + name + "`");
      diagnostic.labels.push_back({place_of(*entry->second, name), "here first"});
      diagnostics.report(std::move(diagnostic));
    };
    for (const auto& [name, definition] : import->definitions) look(name);
    for (const auto& [name, entry] : import->constants) look(name);
  }
}

void link_names(Program& program, Diagnostics& diagnostics) {
  for (const auto& module : program.modules) {
    link_imports(program, *module);
    see(*module, *module);
    for (const Module* import : module->imports) see(*module, *import);
    for (const auto& other : (program.library ? *program.library : program).modules) see(*module, *other);
    report_clashes(*module, diagnostics);
  }
}

/// All that the texts alone tell.
void settle_names(Program& program, Diagnostics& diagnostics) {
  link_names(program, diagnostics);
  find_names(program);
  for (const auto& module : program.modules)
    for (const auto& [name, definition] : module->definitions) {
      check_definition(*definition, diagnostics);
      check_unknown_names(*definition, diagnostics);
    }
}

struct Library {
  std::shared_ptr<const Sources> sources;
  Program program;
};

Library read_library() {
  auto sources = std::make_shared<Sources>(Sources::shared());
  Library library{sources, {}};
  library.program.sources = sources.get();
  Diagnostics diagnostics(*sources);
  for (const EmbeddedText& text : library_files()) {
    std::optional<ast::File> file = parse(sources->add(std::string("library/") + text.name, text.text), diagnostics);
    check(file.has_value(), std::string("sema: the library's ") + text.name + " cannot be read");
    add_module(library.program, std::move(*file), true, diagnostics);
  }
  settle_names(library.program, diagnostics);
  for (const Diagnostic& fault : diagnostics.sorted()) check(false, "sema: the library is wrong: " + fault.message);
  return library;
}

/// It is the same for all programs.
const Library& library() {
  static const Library read_once = read_library();
  return read_once;
}

}  // namespace

std::shared_ptr<Program> make_program(const std::vector<ast::File>& files, Sources& sources, Diagnostics& diagnostics) {
  auto program = std::make_shared<Program>();
  program->sources = &sources;
  program->library = &library().program;
  sources.include(library().sources);
  for (const ast::File& file : files) add_module(*program, file, false, diagnostics);
  settle_names(*program, diagnostics);
  return program;
}

const Definition* find_definition(const Module& module, const std::string& name) {
  auto found = module.seen_definitions.find(name);
  return found == module.seen_definitions.end() ? nullptr : found->second;
}

const ConstantEntry* find_constant(const Module& module, const std::string& name) {
  auto found = module.seen_constants.find(name);
  return found == module.seen_constants.end() ? nullptr : found->second;
}

std::vector<std::string> visible_names(const Module& module) {
  std::vector<std::string> names;
  for (const auto& [name, definition] : module.seen_definitions) names.push_back(name);
  for (const auto& [name, entry] : module.seen_constants) names.push_back(name);
  for (const BuiltIn& row : built_ins()) names.push_back(row.name);
  return names;
}

}  // namespace dnnc
