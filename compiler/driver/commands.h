#pragma once
#include "compiler/driver/options.h"
#include "compiler/driver/session.h"

namespace dnnc {

/// Does what the command line asks for and gives the exit code.
int run_command(Options options);

// One function a command, in command_NAME.cpp; each gives the exit code.
int command_new(Session& session);
int command_check(Session& session);
int command_fmt(Session& session);
int command_info(Session& session);
int command_explain(Session& session);
int command_help(Session& session);
int command_eval(Session& session);
int command_init(Session& session);
int command_run(Session& session);  ///< run, train, evaluate, predict: by the JIT
int command_test(Session& session);
int command_bench(Session& session);
int command_compile(Session& session);
int command_data(Session& session);

}  // namespace dnnc
