#include <fmt/core.h>

#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/pipeline.h"
#include "runtime/data/dataset.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"

namespace dnnc {

int command_compile(Session& session) {
  namespace fs = std::filesystem;
  const std::optional<Model> model = read_model(session);
  if (!model) return runtime::exit_wrong;
  const std::optional<Compiled> compiled = compile_run(session, *model, chosen_run(session, *model), "");
  if (!compiled) return runtime::exit_wrong;
  const std::string path =
      session.options().output.empty() ? fs::path(session.options().file).stem().string() : session.options().output;
  const std::vector<std::string> needed = runtime::needed_symbols(compiled->manifest.data);
  const std::string fault = session.phase("link", [&] {
    return code_generator().link_trainer(compiled->plan, compiled->objects, to_json(compiled->manifest), needed, path);
  });
  if (!fault.empty()) throw runtime::Failure(runtime::exit_input_output, fault);
  session.print(fmt::format("wrote {} ({} bytes)\n", path, fs::file_size(path)));
  return runtime::exit_done;
}

}  // namespace dnnc
