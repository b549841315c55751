#include <fmt/core.h>

#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/program_cache.h"
#include "runtime/data/dataset.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"

namespace dnnc {

int command_compile(Session& session) {
  namespace fs = std::filesystem;
  const std::optional<Model> model = read_model(session);
  if (!model) return runtime::exit_wrong;
  tell_of_distrust(session);
  const std::optional<Compiled> compiled = compile_run(session, *model, chosen_run(session, *model), "");
  if (!compiled) return runtime::exit_wrong;
  const std::string path =
      session.options().output.empty() ? fs::path(session.options().file).stem().string() : session.options().output;
  const std::vector<std::string> needed = runtime::needed_symbols(compiled->manifest.data);
  const std::vector<char> trainer = session.phase("link", [&] {
    return code_generator().link_trainer(compiled->plan, compiled->objects, to_json(compiled->manifest), needed);
  });
  runtime::write_file(path, trainer.data(), trainer.size(), runtime::FileKind::Program);
  session.print(fmt::format("wrote {} ({} bytes)\n", path, trainer.size()));
  return runtime::exit_done;
}

}  // namespace dnnc
