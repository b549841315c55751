#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/emitted.h"
#include "compiler/plot/chart.h"
#include "compiler/support/diagnostics.h"
#include "compiler/target/device_model.h"
#include "compiler/target/target.h"
#include "runtime/program/manifest.h"
#include "runtime/program/words.h"
#include "runtime/run/options.h"

namespace dnnc {

/// Whether messages have colours.
enum class Colors : uint8_t { Always, Never, Auto };

}  // namespace dnnc

namespace dnnc::runtime {

template <>
inline constexpr std::array words<Colors> = {Word{Colors::Always, "always"}, Word{Colors::Never, "never"},
                                             Word{Colors::Auto, best_here}};
template <>
inline constexpr std::array words<MessageFormat> = {
    Word{MessageFormat::Human, "human"}, Word{MessageFormat::Short, "short"}, Word{MessageFormat::Json, "json"}};

}  // namespace dnnc::runtime

namespace dnnc {

/// What files of programs, and of graphs (docs/ir.md), are called.
inline constexpr const char* program_ending = ".dnn";
inline constexpr const char* graph_ending = ".dng";

/// The command line of dnnc, read.
struct Options {
  std::string command;                     ///< "check", "run", ...
  std::string file;                        ///< the program; of eval and explain: the expression or code
  std::vector<runtime::SourceText> texts;  ///< of the program and what it imports; none: they are read from its file
  std::vector<std::string> words;          ///< what `data` and `plot` are to do
  runtime::RunOptions running;             ///< what trainers take too: `--epochs 1`, `-o weights.safetensors`
  std::map<std::string, std::string> constants;  ///< --set width=128
  std::string run;                               ///< --run: which training of the file
  std::vector<Emitted> emit;                     ///< --emit=graph,plan
  std::vector<std::string> print_after;
  bool print_after_all = false;
  std::vector<std::string> passes;  ///< --pass=differentiate for a .dng file
  std::vector<std::string> skip_passes;
  bool verify = true;
  bool check_memory = false;  ///< programs check each call of a kernel: runtime/program/memory_check.h
  bool time = false;
  bool gradients = false;   ///< check --gradients
  double budget = 20;       ///< --budget: seconds that check --gradients takes at most; 0: until all is looked at
  bool derivative = false;  ///< eval --derivative
  bool check_only = false;  ///< fmt --check: only say whether it would change
  MessageFormat messages = MessageFormat::Human;
  Colors colors = Colors::Auto;
  TargetName target = TargetName::Host;  ///< the first of --target
  std::vector<TargetName> targets;       ///< all of them; empty: it is not given
  std::string output;                    ///< -o of compile and plot
  chart::Theme theme = chart::Theme::Light;
  double low = -5, high = 5;                    ///< --range of plot
  std::vector<std::string> columns;             ///< --columns of plot
  int64_t shown_examples = 25;                  ///< --count of plot
  std::string cache;                            ///< folder of compiled code; empty: none
  std::string no_cache;                         ///< what is wrong with the name of that folder
  std::optional<DeviceModelName> device_model;  ///< --device-model of info
  int64_t steps = 3;                            ///< --steps of compare
  int jobs = 0;                                 ///< threads that compile and check gradients; 0: all processors

  /// What code is made for: by --target, else by what --device may choose.
  std::vector<TargetName> made_for() const;
  /// Whether it is said what takes long.
  bool shows_progress() const {
    return messages != MessageFormat::Json && !running.quiet && running.progress && !running.json;
  }
  /// Whether something is to be printed that this phase, or a later one, makes.
  bool emits_from(Phase phase) const {
    return std::ranges::any_of(emit, [&](Emitted what) { return made_by(what) >= phase; });
  }
  /// Whether graphs, or what is made of them, are to be printed.
  bool shows_graphs() const { return emits_from(Phase::BuildGraph) || print_after_all || !print_after.empty(); }
  /// Whether the file holds graphs, not a program.
  bool reads_graph() const { return file.ends_with(graph_ending); }
};

/// Reads the command line. On a fault, or for --help and --version, there are no options but the text to print and the
/// exit code.
struct OptionsResult {
  std::optional<Options> options;
  std::string text;
  int code = 0;
};
OptionsResult read_options(int argc, char** argv);
/// Whether messages are to be JSON, also where the rest of the command line is wrong.
bool asks_for_json(int argc, char** argv);

}  // namespace dnnc
