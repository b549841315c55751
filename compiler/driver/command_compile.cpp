#include <fmt/core.h>
#include <sys/stat.h>

#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/program_cache.h"
#include "runtime/data/dataset.h"
#include "runtime/data/source_table.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"
#include "runtime/run/one_run.h"
#include "runtime/run/start_weights.h"
#include "runtime/run/steps_ahead.h"

namespace dnnc {
namespace {

/// What the trainer will read: no trainer takes its place.
std::vector<std::string> files_of(const runtime::Manifest& manifest, const std::filesystem::path& folder) {
  const runtime::DataValue& source = manifest.data.source;
  std::vector<std::string> files = runtime::start_files(manifest, folder);
  const runtime::SourceRow* row = runtime::find_source(source.text, source.word(runtime::source_words::set));
  if (!row) return files;
  for (const runtime::ArgumentRow& argument : row->arguments) {
    const runtime::DataValue* value = source.argument(argument.name);
    if (!value) continue;
    if (argument.kind == runtime::ArgumentKind::File) files.push_back(folder / value->text);
    if (argument.kind == runtime::ArgumentKind::FilePair)
      for (const runtime::DataValue& item : value->items) files.push_back(folder / item.text);
  }
  return files;
}

}  // namespace

int command_compile(Session& session) {
  namespace fs = std::filesystem;
  const fs::path file = session.options().file;
  const std::string path = session.options().output.empty() ? file.stem().string() : session.options().output;
  const std::vector<ast::File> files = read_files(session);
  const std::optional<Model> model = files.empty() ? std::nullopt : check_files(session, files);
  if (!model) return runtime::exit_wrong;
  runtime::expect_writable(path);
  tell_of_distrust(session);
  const Session::Busy busy(session, compiling);
  const std::optional<Compiled> compiled = compile_run(session, *model, chosen_run(session, *model), "");
  if (!compiled) return runtime::exit_wrong;
  tell_of_other_runs(session, files);
  for (const std::string& read : files_of(compiled->manifest, file.parent_path()))
    if (struct stat status{}; ::stat(read.c_str(), &status) == 0) runtime::note_read(status);
  runtime::expect_writable(path);
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
