#pragma once
#include <string_view>
#include <vector>

#include "compiler/driver/options.h"
#include "compiler/driver/session.h"
#include "runtime/run/options.h"

namespace dnnc {

/// What commands do beside runtime::RunDeed.
enum Deed : runtime::Deeds {
  makes_graphs = 1u << runtime::run_deeds,
  makes_code = makes_graphs << 1,
  of_every_run = makes_graphs << 2,  ///< of the file, unless --run names one
  runs_passes = makes_graphs << 3,
  uses_jobs = makes_graphs << 4,  ///< threads that are none of a training
  checks = makes_graphs << 5,
  formats = makes_graphs << 6,
  evaluates_formula = makes_graphs << 7,
  links = makes_graphs << 8,
  takes_words = makes_graphs << 9,  ///< any number of them, not one
  compares = makes_graphs << 10,
  describes = makes_graphs << 11,
  draws = makes_graphs << 12,           ///< pictures
  draws_function = makes_graphs << 13,  ///< over a range
  draws_examples = makes_graphs << 14,  ///< so many
  makes_page = makes_graphs << 15,      ///< of a record
  draws_columns = makes_graphs << 16,   ///< of data
};

/// What messages call the text of a formula that stands in no file.
inline constexpr const char* formula_name = "formula";

/// A command of dnnc: what is said of it, the word that follows it, and the function that gives the exit code.
struct Command {
  runtime::CommandForm form;
  const char* argument;
  int (*run)(Session&);
  bool does(runtime::Deeds deed) const { return (form.deeds & deed) != 0; }
};

/// All commands, in the order of the help.
const std::vector<Command>& commands();
/// Null if there is none of that name.
const Command* find_command(std::string_view name);

/// Does what the command line asks for and gives the exit code.
int run_command(Options options);

// Functions of the table, in command_NAME.cpp.
int command_new(Session& session);
int command_check(Session& session);
int command_fmt(Session& session);
int command_info(Session& session);
int command_explain(Session& session);
int command_help(Session& session);
int command_eval(Session& session);
int command_run(Session& session);  ///< all that run a program in this process
int command_compile(Session& session);
int command_data(Session& session);
int command_records(Session& session);
int command_devices(Session& session);
int command_compare(Session& session);
int command_plot(Session& session);  ///< in plot/
int command_report(Session& session);
int command_watch(Session& session);

}  // namespace dnnc
