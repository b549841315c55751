#include "compiler/driver/commands.h"
#include "compiler/driver/load_runs.h"
#include "runtime/program/exit_codes.h"

// The commands that run a program in this process: the same code as in a trainer, loaded by the JIT.
namespace dnnc {

int command_run(Session& session) {
  const std::optional<LoadedRuns> loaded =
      load_runs(session, find_command(session.options().command)->does(of_every_run));
  if (!loaded) return runtime::exit_wrong;
  return runtime::run_programs(loaded->runs, session.options().running, loaded->note.empty() ? nullptr : &loaded->note);
}

}  // namespace dnnc
