#include "compiler/driver/commands.h"
#include "runtime/program/failure.h"
#include "runtime/run/devices.h"

namespace dnnc {

int command_devices(Session& session) {
  if (!session.options().words.empty())
    throw runtime::Failure(runtime::exit_usage,
                           "`" + session.options().words.front() + "` is one word too many: dnnc devices");
  session.print(runtime::devices_text(runtime::all_devices()));
  return runtime::exit_done;
}

}  // namespace dnnc
