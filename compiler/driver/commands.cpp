#include "compiler/driver/commands.h"

#include <algorithm>

#include "compiler/support/check.h"
#include "runtime/program/exit_codes.h"

namespace dnnc {
namespace {

namespace placeholders = runtime::placeholders;
using runtime::RunCommand;

constexpr const char* plot_examples =
    "function relu tanh -o curves.svg\nnet model.dnn -o net.svg\ndata model.dnn -o data.png";

constexpr const char* record_placeholder = "RECORD";
constexpr runtime::Deeds on_graphs = makes_graphs | runs_passes;
constexpr runtime::Deeds on_code = on_graphs | makes_code | uses_jobs;

/// One that trainers have too: it takes the same options, and those about code.
Command of_runtime(RunCommand which, runtime::Deeds more = 0) {
  runtime::CommandForm form = runtime::form_of(which);
  form.deeds |= on_code | more;
  return {form, placeholders::file, command_run};
}

}  // namespace

const std::vector<Command>& commands() {
  using namespace runtime;
  static const std::vector<Command> table = {
      {{"new", "write a small program to start from", 0, "."}, placeholders::file, command_new},
      {{"check", "check a program; reads no data", on_graphs | uses_jobs | checks | says_more | shows_progress,
        ".\n--gradients\n--message-format=json"},
       placeholders::file,
       command_check},
      {{"fmt", "print a program in its one canonical form", formats, ".\n--check"}, placeholders::file, command_fmt},
      {{form_of(RunCommand::Info).name, "layers, shapes, parameters, work and memory of a program",
        on_graphs | gives_events | describes, ".\n--set width=128\n--target=opencl --device-model=h200"},
       placeholders::file,
       command_info},
      {{"explain", "explain a message by its code, E0207", 0, "E0207"}, "CODE", command_explain},
      {{"eval", "the value of a formula: 'softmax([-1, 0, 1, 2])'", runs_passes | evaluates_formula,
        "'softmax([-1, 0, 1, 2])'\n'tanh(0.5)' --derivative"},
       "FORMULA",
       command_eval},
      of_runtime(RunCommand::Run, of_every_run),
      of_runtime(RunCommand::Train),
      of_runtime(RunCommand::Evaluate),
      of_runtime(RunCommand::Predict),
      of_runtime(RunCommand::Test, of_every_run),
      of_runtime(RunCommand::Bench),
      of_runtime(RunCommand::Init),
      {{"compare", "train some steps on several devices and show how far they differ",
        on_code | compares | runs_code | reads_data | gives_events | shows_progress | says_more,
        "--device=cpu,opencl\n--device=cpu,opencl --steps 20 --json"},
       placeholders::file,
       command_compare},
      {{"compile", "make a stand-alone trainer", on_code | links | says_more | shows_progress,
        "-o model\n--target avx2 -o model"},
       placeholders::file,
       command_compile},
      {{"report", "make a page of a recorded training", reads_data | static_cast<runtime::Deeds>(makes_page),
        ".\n-o report.html"},
       record_placeholder,
       command_report},
      {{"watch", "serve that page while the training runs, to this machine alone", reads_data, "."},
       record_placeholder,
       command_watch},
      {{"data", "list, fetch, verify or import data sets", takes_words, "list\nfetch mnist"},
       placeholders::what,
       command_data},
      {{"plot", "draw what a program, its data or a training is", takes_words, plot_examples},
       "KIND ...",
       command_plot},
      {{"records", "list recorded trainings, and what differs between them",
        runtime::Deeds{takes_words} | static_cast<runtime::Deeds>(draws) | gives_events,
        "first second\nfirst second -o curves.svg\nfirst second --json"},
       placeholders::folder,
       command_records},
      {{form_of(RunCommand::Devices).name, "list what programs can run on: --device", takes_words, "."},
       "",
       command_devices},
      {{form_of(RunCommand::Help).name, form_of(RunCommand::Help).doc, 0, runtime::exit_codes_topic},
       "TOPIC",
       command_help},
  };
  return table;
}

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, [](const Command& command) { return command.form.name; });
  return found == commands().end() ? nullptr : &*found;
}

int run_command(Options options) {
  Session session(std::move(options));
  const Command* const command = find_command(session.options().command);
  check(command != nullptr, "no command " + session.options().command);
  const int code = session.exit_code(command->run(session));
  session.print_times();
  return code;
}

}  // namespace dnnc
