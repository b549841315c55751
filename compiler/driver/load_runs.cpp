#include "compiler/driver/load_runs.h"

#include <fmt/core.h>

#include <filesystem>
#include <map>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/emit.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/program_cache.h"
#include "runtime/program/device.h"
#include "runtime/program/failure.h"
#include "runtime/program/processor.h"
#include "runtime/run/choose_program.h"

namespace dnnc {
namespace {

/// Compiles the run that --run names, or with `all` every run; std::nullopt after errors were printed. All that is wrong with
/// any of several is said before the first is compiled.
std::optional<std::vector<Compiled>> compile_runs(Session& session, const Model& model, bool all, TargetName target) {
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
    auto compiled = compile_run(session, model, *training, folder_of_program(session), {target});
    if (!compiled) return std::nullopt;
    runs.push_back(std::move(compiled->front()));
  }
  return runs;
}

/// What this processor lacks to run what is made for the target.
std::string missing_for(TargetName name) {
  const std::optional<CpuTarget> processor = processor_of(name);
  return processor ? runtime::missing_instructions(processor->features) : "";
}

/// Before anything is compiled that cannot run here.
void expect_processor(TargetName name) {
  const char* const target = runtime::word_of(name);
  const std::string missing = missing_for(name);
  if (!missing.empty())
    throw runtime::Failure(
        runtime::exit_input_output,
        fmt::format("--target {} makes code for processors with {}, which this one does not have: leave it out; "
                    "`dnnc compile --target {}` makes a trainer for another machine",
                    target, missing, target));
}

/// From the cache if it has them, else compiled and loaded by the JIT.
std::optional<LoadedRuns> load_for(TargetName target, Session& session, const std::vector<ast::File>& files, bool all) {
  LoadedRuns loaded;
  expect_processor(target);
  const Session::Busy busy(session, compiling);
  const ProgramKey key = program_key(session, files, all, target, target_of(target));
  if (auto cached = load_cached(key)) {
    loaded.programs = std::move(*cached);
    for (const auto& program : loaded.programs) {
      loaded.runs.push_back(runtime::program_run(program->program()));
      // JSON holds only names that are UTF-8; those of files may be others.
      loaded.runs.back().manifest.folder = folder_of_program(session);
      loaded.runs.back().manifest.file = session.options().file;
    }
  } else {
    const std::optional<Model> model = check_files(session, files);
    const std::optional<std::vector<Compiled>> runs =
        model ? compile_runs(session, *model, all, target) : std::optional<std::vector<Compiled>>();
    if (!runs) return std::nullopt;
    for (const Compiled& run : *runs) {
      // Nobody reads the manifest of what is loaded here: it is at hand.
      loaded.programs.push_back(
          session.phase(Phase::Load, [&] { return code_generator().load_program(run.plan, run.objects, ""); }));
      loaded.runs.push_back({&loaded.programs.back()->program(), run.manifest});
    }
    keep_programs(key, *runs);
  }
  return loaded;
}

/// What programs need of a device.
runtime::DeviceNeed need_of(const std::optional<LoadedRuns>& loaded) {
  runtime::DeviceNeed need;
  if (!loaded) return need;
  for (const runtime::ProgramRun& run : loaded->runs) {
    const runtime::DeviceNeed of_run = runtime::need_of(run.manifest);
    need.bytes += of_run.bytes;
    need.largest = std::max(need.largest, of_run.largest);
  }
  return need;
}

}  // namespace

std::optional<LoadedRuns> load_runs(Session& session, bool all) {
  const std::vector<ast::File> files = read_files(session);
  if (files.empty()) return std::nullopt;
  note_code_generator();
  tell_of_distrust(session);
  const std::vector<TargetName> targets = session.options().made_for();
  std::map<TargetName, std::optional<LoadedRuns>> loaded;
  const auto load = [&](TargetName target) -> std::optional<LoadedRuns>& {
    const auto known = loaded.find(target);
    return known != loaded.end() ? known->second
                                 : loaded.emplace(target, load_for(target, session, files, all)).first->second;
  };
  std::vector<runtime::DeviceCandidate> candidates;
  for (const TargetName target : targets)
    candidates.push_back({device_of(target), [&, target] {
                            return is_device(target) ? need_of(load(target))
                                                     : runtime::DeviceNeed{.lacks = missing_for(target)};
                          }});
  const runtime::DeviceChoice choice = runtime::choose_device(session.options().running.device, candidates);
  std::optional<LoadedRuns> chosen = std::move(load(targets[choice.candidate]));
  if (chosen) chosen->note = choice.note;
  if (chosen && !all) tell_of_other_runs(session, files);
  return chosen;
}

}  // namespace dnnc
