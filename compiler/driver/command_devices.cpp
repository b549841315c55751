#include "compiler/driver/commands.h"
#include "runtime/program/failure.h"
#include "runtime/run/devices.h"

extern "C" const dnnc_device dnnc_device_opencl;

namespace dnnc {

int command_devices(Session& session) {
  if (!session.options().words.empty())
    throw runtime::Failure(runtime::exit_usage,
                           "`" + session.options().words.front() + "` is one word too many: dnnc devices");
  session.print(runtime::devices_text(&dnnc_device_opencl, runtime::word_of(TargetName::OpenCl)));
  return runtime::exit_done;
}

}  // namespace dnnc
