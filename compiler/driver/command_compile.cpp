#include <fmt/core.h>
#include <sys/stat.h>

#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/program_cache.h"
#include "runtime/data/dataset.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"
#include "runtime/run/one_run.h"
#include "runtime/run/outputs.h"
#include "runtime/run/start_weights.h"
#include "runtime/run/steps_ahead.h"

namespace dnnc {
namespace {

/// Nor does a trainer take the place of what it will read.
void expect_unread(const runtime::Manifest& manifest, const std::string& folder, const std::string& path) {
  for (const std::string& read : runtime::start_files(manifest, folder))
    if (struct stat status{}; ::stat(read.c_str(), &status) == 0) runtime::note_read(status);
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
  const std::optional<Compiled> compiled = compile_run(session, *model, chosen_run(session, *model), "");
  if (!compiled) return runtime::exit_wrong;
  tell_of_other_runs(session, files);
  expect_unread(compiled->manifest, file.parent_path(), path);
  std::vector<std::string> needed = runtime::needed_symbols(compiled->manifest.data, compiled->manifest.fitted);
  if (!compiled->manifest.start.empty()) needed.push_back(runtime::start_symbol);
  if (!compiled->plan.device.empty()) needed.push_back(runtime::ahead_symbol);
  const std::vector<char> trainer = session.phase(Phase::Link, [&] {
    return code_generator().link_trainer(compiled->plan, compiled->objects, to_json(compiled->manifest), needed);
  });
  runtime::write_file(path, trainer.data(), trainer.size(), runtime::FileKind::Program);
  session.print(fmt::format("wrote {} ({} bytes)\n", runtime::shown(path), trainer.size()));
  return runtime::exit_done;
}

}  // namespace dnnc
