#include <algorithm>
#include <map>
#include <set>

#include "compiler/sema/contracts/contracts.h"
#include "compiler/sema/data/data_blocks.h"
#include "compiler/sema/data/field_plan.h"
#include "compiler/sema/elaborate/constant_reader.h"
#include "compiler/sema/elaborate/constants.h"
#include "compiler/sema/training/check_training.h"
#include "compiler/sema/training/elaborator.h"
#include "compiler/sema/training/plan_run.h"

namespace dnnc {
namespace {

/// The declarations of one kind in a file, in the order of the text.
template <class Kind>
std::vector<const Kind*> declarations(const ast::File& file) {
  std::vector<const Kind*> result;
  for (const ast::Declaration& declaration : file.declarations)
    if (const Kind* found = std::get_if<Kind>(&declaration.kind)) result.push_back(found);
  return result;
}

DataBlocks read_blocks(const Module& module, const CallReader& reader) {
  DataBlocks blocks;
  std::map<std::string, Span> names;
  for (const ast::Data* data : declarations<ast::Data>(*module.file)) {
    const auto own = [&](const std::string& name) {
      const Definition* found = find_definition(module, name);
      return (found && !found->module->library) || find_constant(module, name);
    };
    std::optional<DataBlock> block = read_data(*data, reader, own);
    if (block) check_unknown_names(*block, module, reader.diagnostics);
    auto [first, added] = names.emplace(data->name.text, data->name.span);
    if (added) {
      blocks[data->name.text] = block ? std::make_shared<DataBlock>(std::move(*block)) : nullptr;
      continue;
    }
    Diagnostic twice = error("E0512", data->name.span, "two data blocks are called `" + data->name.text + "`");
    twice.labels = {{first->second, "the first"}};
    reader.diagnostics.report(std::move(twice));
  }
  return blocks;
}

/// Nets that no training names and whose inputs say all their sizes.
std::vector<LoneNet> check_lone_nets(const Program& program, Diagnostics& diagnostics) {
  std::set<std::string> trained;
  for (const ast::Train* train : declarations<ast::Train>(*program.main().file)) trained.insert(train->net.text);
  std::vector<LoneNet> nets;
  for (const ast::Definition* tree : declarations<ast::Definition>(*program.main().file)) {
    if (tree->kind != ast::DefinitionKind::Net || trained.contains(tree->name.text)) continue;
    const Definition* definition = find_definition(program.main(), tree->name.text);
    if (!definition || definition->tree != tree) continue;
    if (std::optional<LoneNet> net = check_net(program, *definition, diagnostics)) nets.push_back(*net);
  }
  return nets;
}

}  // namespace

std::optional<Model> check(const std::vector<ast::File>& files, const CheckOptions& options, Sources& sources,
                           Diagnostics& diagnostics) {
  const std::shared_ptr<Program> program = make_program(files, sources, diagnostics);
  evaluate_constants(*program, options, diagnostics);
  const ast::File& file = *program->main().file;
  CallReader reader = constant_reader(*program, diagnostics);
  DataBlocks data = read_blocks(program->main(), reader);
  auto elaborator = std::make_shared<Elaborator>();
  elaborator->program = program;
  Model model;
  model.file = sources.name(file.source);
  size_t expected = declarations<ast::Train>(file).size();
  for (const TrainBlock& block : read_trainings(declarations<ast::Train>(file), reader)) {
    std::optional<Run> run = plan_run(block, data, *program, diagnostics);
    std::optional<Training> training = run ? check_training(*program, *run, diagnostics) : std::nullopt;
    if (!training) continue;
    elaborator->runs.emplace(training->name, std::move(*run));
    model.trainings.push_back(std::move(*training));
  }
  std::vector<LoneNet> nets = check_lone_nets(*program, diagnostics);
  ContractWorld world{*program, elaborator->runs, model.trainings, nets, model.trainings.size() == expected};
  for (const ast::Expect* expect : declarations<ast::Expect>(file))
    if (std::optional<Contract> contract = read_contract(*expect, world, diagnostics))
      model.contracts.push_back(std::move(*contract));
  check_assigned_arguments(*program, diagnostics);
  model.elaborator = elaborator;
  return diagnostics.has_errors() ? std::nullopt : std::optional(std::move(model));
}

void check_assigned_arguments(const std::vector<ast::File>& files, Sources& sources, Diagnostics& diagnostics) {
  if (std::ranges::all_of(files, [](const ast::File& file) { return file.assigned.empty(); })) return;
  Diagnostics muted(sources);
  check_assigned_arguments(*make_program(files, sources, muted), diagnostics);
}

}  // namespace dnnc
