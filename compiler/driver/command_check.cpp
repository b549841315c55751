#include "compiler/driver/commands.h"
#include "compiler/driver/gradients.h"
#include "compiler/driver/graph_file.h"
#include "compiler/driver/pipeline.h"
#include "runtime/program/failure.h"

namespace dnnc {

int command_check(Session& session) {
  if (session.options().reads_graph()) return run_graph_file(session);
  const std::optional<Model> model = read_model(session);
  if (!model) return runtime::exit_wrong;
  if (session.options().gradients) return check_gradients_of(session, *model);
  const Session::Busy busy(session, "checking");
  bool good = true;
  if (!session.options().run.empty()) chosen_run(session, *model);  // throws if there is none of that name
  for (const Training& training : model->trainings) {
    if (!session.options().run.empty() && training.name != session.options().run) continue;
    good = can_be_compiled(session, *model, training) && good;
  }
  return good ? runtime::exit_done : runtime::exit_wrong;
}

}  // namespace dnnc
