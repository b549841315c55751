#include <fmt/core.h>

#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/pipeline.h"
#include "runtime/command.h"
#include "runtime/failure.h"

// The commands that run a program in this process: the same code as in a trainer, loaded by the JIT.
namespace dnnc {
namespace {

/// Programs loaded for this call, in the order of the file.
struct Loaded {
  std::vector<std::unique_ptr<LoadedProgram>> programs;
  std::vector<const dnnc_program*> views;
};

std::string folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

bool load_run(Session& session, const Model& model, const Training& training, Loaded& loaded) {
  const std::optional<Compiled> compiled =
      compile_run(session, model, training, folder_of(session.options().file));
  if (!compiled) return false;
  loaded.programs.push_back(
      session.phase("load", [&] { return code_generator().load_program(compiled->plan, compiled->objects, compiled->manifest); }));
  loaded.views.push_back(&loaded.programs.back()->program());
  return true;
}

/// Checks, compiles and loads the run that --run names, or with `all` every run; null after an error was printed.
std::optional<Loaded> load_runs(Session& session, bool all) {
  const std::optional<Model> model = read_model(session);
  if (!model) return std::nullopt;
  const Training* chosen = chosen_run(session, *model);
  if (!chosen) return std::nullopt;
  Loaded loaded;
  for (const Training& training : model->trainings)
    if ((all && session.options().run.empty()) || &training == chosen)
      if (!load_run(session, *model, training, loaded)) return std::nullopt;
  return loaded;
}

int run_loaded(Session& session, bool all) {
  const std::optional<Loaded> loaded = load_runs(session, all);
  if (!loaded) return runtime::kWrong;
  std::vector<std::string> arguments = {session.options().command};
  arguments.insert(arguments.end(), session.options().rest.begin(), session.options().rest.end());
  return runtime::run_programs(loaded->views, arguments);
}

}  // namespace

int command_run(Session& session) { return run_loaded(session, session.options().command == "run"); }
int command_test(Session& session) { return run_loaded(session, true); }
int command_bench(Session& session) { return run_loaded(session, false); }

int command_init(Session& session) {
  const std::optional<Loaded> loaded = load_runs(session, false);
  if (!loaded) return runtime::kWrong;
  if (session.options().output.empty()) {
    session.tell("dnnc: init needs -o FILE\n");
    return runtime::kUsage;
  }
  std::vector<std::string> arguments = {"init", "-o", session.options().output};
  if (session.options().seed) arguments.insert(arguments.end(), {"--seed", std::to_string(*session.options().seed)});
  return runtime::run_programs(loaded->views, arguments);
}

}  // namespace dnnc
