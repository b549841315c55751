#include <fmt/core.h>

#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/emit.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/program_cache.h"
#include "runtime/program/failure.h"
#include "runtime/program/processor.h"
#include "runtime/run/command.h"

// The commands that run a program in this process: the same code as in a trainer, loaded by the JIT.
namespace dnnc {
namespace {

/// Programs loaded for this call, in the order of the file.
struct Loaded {
  std::vector<std::unique_ptr<LoadedProgram>> programs;
  std::vector<runtime::ProgramRun> runs;
};

std::string folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// Compiles the run that --run names, or with `all` every run; std::nullopt after errors were printed. All that is wrong with
/// any of several is said before the first is compiled.
std::optional<std::vector<Compiled>> compile_runs(Session& session, const Model& model, bool all) {
  const Training& chosen = chosen_run(session, model);
  std::vector<const Training*> wanted;
  for (const Training& training : model.trainings)
    if ((all && session.options().run.empty()) || &training == &chosen) wanted.push_back(&training);
  bool good = true;
  if (wanted.size() > 1)
    for (const Training* training : wanted) good = can_be_compiled(session, model, *training) && good;
  if (!good) return std::nullopt;
  std::optional<Session::Quietly> as_all_has_been_shown;
  if (wanted.size() > 1) as_all_has_been_shown.emplace(session);
  std::vector<Compiled> runs;
  for (const Training* training : wanted) {
    std::optional<Compiled> compiled = compile_run(session, model, *training, folder_of(session.options().file));
    if (!compiled) return std::nullopt;
    runs.push_back(std::move(*compiled));
  }
  return runs;
}

/// Before anything is compiled that cannot run here.
void expect_processor(const Session& session) {
  const char* const target = runtime::word_of(session.options().target);
  const Target chosen = chosen_target(session);
  const auto* processor = std::get_if<CpuTarget>(&chosen);
  if (!processor) return;
  const std::string missing = runtime::missing_instructions(processor->features);
  if (!missing.empty())
    throw runtime::Failure(
        runtime::exit_input_output,
        fmt::format("--target {} makes code for processors with {}, which this one does not have: leave it out; "
                    "`dnnc compile --target {}` makes a trainer for another machine",
                    target, missing, target));
}

/// From the cache if it has them, else compiled and loaded by the JIT.
std::optional<Loaded> load_runs(Session& session, bool all) {
  const std::vector<ast::File> files = read_files(session);
  if (files.empty()) return std::nullopt;
  note_code_generator();
  Loaded loaded;
  expect_processor(session);
  const Session::Busy busy(session, compiling);
  tell_of_distrust(session);
  const ProgramKey key = program_key(session, files, all, chosen_target(session));
  if (auto cached = load_cached(key)) {
    loaded.programs = std::move(*cached);
    for (const auto& program : loaded.programs) {
      loaded.runs.push_back(runtime::program_run(program->program()));
      // JSON holds only names that are UTF-8; those of files may be others.
      loaded.runs.back().manifest.folder = folder_of(session.options().file);
      loaded.runs.back().manifest.file = session.options().file;
    }
  } else {
    const std::optional<Model> model = check_files(session, files);
    const std::optional<std::vector<Compiled>> runs =
        model ? compile_runs(session, *model, all) : std::optional<std::vector<Compiled>>();
    if (!runs) return std::nullopt;
    for (const Compiled& run : *runs) {
      // Nobody reads the manifest of what is loaded here: it is at hand.
      loaded.programs.push_back(
          session.phase(Phase::Load, [&] { return code_generator().load_program(run.plan, run.objects, ""); }));
      loaded.runs.push_back({&loaded.programs.back()->program(), run.manifest});
    }
    keep_programs(key, *runs);
  }
  if (!all) tell_of_other_runs(session, files);
  return loaded;
}

}  // namespace

int command_run(Session& session) {
  const std::optional<Loaded> loaded = load_runs(session, find_command(session.options().command)->does(of_every_run));
  if (!loaded) return runtime::exit_wrong;
  return runtime::run_programs(loaded->runs, session.options().running);
}

}  // namespace dnnc
