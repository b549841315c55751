#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/program_cache.h"
#include "runtime/data/dataset.h"
#include "runtime/files/files.h"
#include "runtime/program/call_checker.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"
#include "runtime/run/bench_loops.h"
#include "runtime/run/choose_program.h"
#include "runtime/run/one_run.h"
#include "runtime/run/outputs.h"
#include "runtime/run/start_weights.h"
#include "runtime/run/steps_ahead.h"

namespace dnnc {
namespace {

/// Nor does a trainer take the place of what it will read.
void expect_unread(const runtime::Manifest& manifest, const std::string& folder, const std::string& path) {
  for (const std::string& read : runtime::start_files(manifest, folder))
    if (struct stat status{}; ::stat(read.c_str(), &status) == 0) runtime::note_read(read, status);
  runtime::expect_writable(path);
  runtime::expect_not_data(manifest.data.source, folder, path);
}

}  // namespace

int command_compile(Session& session) {
  namespace fs = std::filesystem;
  const fs::path file = session.options().file;
  const std::string path = session.options().output.empty() ? file.stem().string() : session.options().output;
  const std::vector<ast::File> files = read_files(session);
  const std::optional<Model> model = files.empty() ? std::nullopt : check_files(session, files);
  if (!model) return runtime::exit_wrong;
  note_code_generator();
  runtime::expect_writable(path);
  tell_of_distrust(session);
  const Session::Busy busy(session, compiling);
  const auto compiled = compile_run(session, *model, chosen_run(session, *model), "", session.options().made_for());
  if (!compiled) return runtime::exit_wrong;
  tell_of_other_runs(session, files);
  const runtime::Manifest& manifest = compiled->front().manifest;
  expect_unread(manifest, file.parent_path(), path);
  std::vector<std::string> needed = runtime::needed_symbols(manifest.data, manifest.fitted);
  if (!manifest.start.empty()) needed.push_back(runtime::start_symbol);
  const bool on_device = std::ranges::any_of(*compiled, [](const Compiled& one) { return !one.plan.device.empty(); });
  if (manifest.memory) needed.push_back(runtime::checker_symbol);
  if (on_device) needed.push_back(runtime::ahead_symbol);
  if (on_device || compiled->size() > 1) needed.push_back(runtime::chooser_symbol);
  if (std::ranges::any_of(manifest.entries, runtime::has_loops)) needed.push_back(runtime::loop_table_symbol);
  std::vector<ProgramParts> programs;
  for (const Compiled& one : *compiled) programs.push_back({one.plan, one.objects, to_json(one.manifest)});
  const std::vector<char> trainer =
      session.phase(Phase::Link, [&] { return code_generator().link_trainer(programs, needed); });
  runtime::write_file(path, trainer.data(), trainer.size(), runtime::FileKind::Program);
  session.print(fmt::format("wrote {} ({} bytes)\n", runtime::shown(path), trainer.size()));
  return runtime::exit_done;
}

}  // namespace dnnc
