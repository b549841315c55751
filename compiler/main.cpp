#include "compiler/driver/commands.h"
#include "compiler/driver/options.h"
#include "compiler/support/render_told.h"
#include "runtime/files/streams.h"
#include "runtime/program/failure.h"
#include "runtime/program/threads.h"
#include "runtime/run/run_main.h"

namespace {

void tell_as_json(std::string_view text) { dnnc::runtime::print(dnnc::render_told(text)); }

}  // namespace

// argv -> Options -> driver. Whatever goes wrong inside ends here as a message and an exit code.
int main(int argc, char** argv) {
  using namespace dnnc;
  if (asks_for_json(argc, argv)) runtime::tell_through(tell_as_json);
  OptionsResult read = read_options(argc, argv);
  const std::string file = read.options ? read.options->file : "";
  return runtime::run_main("dnnc", file.empty() ? "the command line" : file, [&] {
    if (read.options && read.options->running.quiet) runtime::on_fewer_threads(nullptr);
    if (read.options) return run_command(std::move(*read.options));
    read.code == runtime::exit_done ? runtime::print(read.text) : runtime::tell(read.text);
    return read.code;
  });
}
