#include "compiler/driver/commands.h"

#include "compiler/support/check.h"

namespace dnnc {
namespace {

struct Command {
  const char* name;
  int (*run)(Session&);
};

constexpr Command commands[] = {
    {"new", command_new},         {"check", command_check},  {"fmt", command_fmt},     {"info", command_info},
    {"explain", command_explain}, {"eval", command_eval},    {"init", command_init},   {"run", command_run},
    {"train", command_run},       {"evaluate", command_run}, {"predict", command_run}, {"compile", command_compile},
    {"test", command_test},       {"bench", command_bench},  {"data", command_data},   {"help", command_help},
};

}  // namespace

int run_command(Options options) {
  Session session(std::move(options));
  for (const Command& command : commands)
    if (session.options().command == command.name) {
      const int code = session.exit_code(command.run(session));
      session.print_times();
      return code;
    }
  throw InternalError("no command " + session.options().command);
}

}  // namespace dnnc
