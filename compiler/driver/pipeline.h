#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/halide/compile.h"
#include "compiler/kernels/kernel.h"
#include "compiler/sema/model.h"
#include "runtime/program/manifest.h"

namespace dnnc {

/// One run of a program, compiled for a target: code for each kernel, the plan that joins them, and what the runtime must know.
struct Compiled {
  Plan plan;
  std::vector<std::vector<char>> objects;
  runtime::Manifest manifest;
};

/// Reads and parses the program of the session and its imports, the main file first. Empty if there was an error; it has
/// been printed.
std::vector<ast::File> read_files(Session& session);

/// Says which run is taken of a program that has several, where only one is and nothing says which.
void tell_of_other_runs(const Session& session, const std::vector<ast::File>& files);
void tell_of_other_runs(const Session& session, const Model& model);

/// Checks what has been read. No model if there was an error; it has been printed.
std::optional<Model> check_files(Session& session, const std::vector<ast::File>& files);

/// Both of them.
std::optional<Model> read_model(Session& session);

/// What is said where it takes long.
inline constexpr const char* compiling = "compiling";

/// Where relative paths of the data start.
std::string folder_of_program(const Session& session);

/// How many threads compile.
int jobs_of(const Options& options);

/// The run that --run names, or the first. Throws runtime::Failure if there is none.
const Training& chosen_run(const Session& session, const Model& model);

/// The graphs of a run, one for each entry of the program, after all passes. Prints what --emit and --print-after ask for.
std::vector<EntryGraph> entry_graphs(Session& session, const Model& model, const Training& training);

/// Whether compile_run will make code of the run; if not, it has been printed why. What `check` takes must run. Prints what
/// --emit and --print-after ask for.
bool can_be_compiled(Session& session, const Model& model, const Training& training);
/// The same of graphs after all passes, which then are shown further: what --emit asks for of them, their plan and code.
bool show_and_judge(Session& session, const Model& model, const Training& training,
                    const std::vector<EntryGraph>& graphs);
/// Whether contracts about the memory of the run hold, as far as kernels can be made of it; if not, it has been printed.
bool memory_contracts_hold(Session& session, const Model& model, const Training& training);

/// The whole way from a checked run to code, for each of the targets. No value if the run needs what cannot be compiled; it has
/// been printed. `data_folder` is where the data's relative paths start; empty: the folder in which the program will run.
std::optional<std::vector<Compiled>> compile_run(Session& session, const Model& model, const Training& training,
                                                 const std::string& data_folder,
                                                 const std::vector<TargetName>& targets);

}  // namespace dnnc
