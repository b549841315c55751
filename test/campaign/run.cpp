#include "test/campaign/run.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>

#include "test/campaign/coverage.h"
#include "test/campaign/log.h"
#include "test/campaign/sandbox.h"
#include "test/campaign/variants.h"

namespace dnnc::campaign {
namespace {

namespace fs = std::filesystem;
using List = std::vector<uint32_t>;

/// What became of one program.
struct Answer {
  LogEntry entry;
  std::string detail;
  std::string text;  ///< of the program, or of what was tried last
  List choices;
};

/// Kernels are made of small neighbours joined, as `dnnc` does, or each for itself.
FusionLimits limits_of(Choices& choices) {
  static const std::vector<FusionLimits> all = {{}, {}, {0, 0}, {2'000, 0}};
  return choices.one_of(all);
}

/// A line of the log, then what is wrong.
std::string work(Choices choices, const RunOptions& options) {
  const FusionLimits limits = limits_of(choices);
  const Program program = random_program(choices);
  const CheckedProgram checked(program.text);
  LogEntry entry;
  if (options.schedules > 0)
    entry.report = check_variants(checked, choices, {options.schedules, fs::path(options.folder) / "variants"});
  else
    entry.report = check_program(checked, {limits, host_target(), options.cache, "", options.check_memory}, options.falsify);
  entry.statements = program.statements;
  for (const auto& [error, times] : program.refused) entry.refused[error.substr(0, error.find(' '))] += times;
  entry.uses = coverage_of(checked.file());
  return line_of(entry) + "\n" + entry.report.detail;
}

/// `from` is a seed or a list of choices.
template <class From>
Answer answer_of(const From& from, const RunOptions& options) {
  Tape tape;
  const Outcome outcome = run_apart([&] { return work(Choices(from, &tape), options); }, options.seconds, options.megabytes);
  Answer answer{{}, outcome.text, tape.noted(), tape.choices()};
  answer.entry.report.verdict = outcome.end;
  if (!outcome.end.empty()) return answer;
  const size_t end = outcome.text.find('\n');
  answer.entry = entry_of(outcome.text.substr(0, end));
  answer.detail = outcome.text.substr(end + 1);
  return answer;
}

std::string commented(const std::string& text) {
  std::string result = "# ";
  for (const char letter : text) result += letter == '\n' ? std::string("\n# ") : std::string(1, letter);
  return result;
}

/// Writes the smallest program found with a fault of the same kind.
void write_failure(uint64_t seed, const Answer& answer, const RunOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options.shrink_seconds);
  const std::string& verdict = answer.entry.report.verdict;
  const auto fails = [&](const List& fewer) { return answer_of(fewer, options).entry.report.verdict == verdict; };
  const Answer small = answer_of(shrink(answer.choices, fails, deadline), options);
  std::ofstream(fs::path(options.folder) / fmt::format("{}.dnn", seed))
      << small.text << "\n"
      << commented(fmt::format("seed {}: {}\n{}", seed, small.entry.report.verdict, small.detail)) << "\n";
}

}  // namespace

Program program_of(uint64_t seed) {
  Choices choices(seed);
  limits_of(choices);
  return random_program(choices);
}

int run_seeds(const RunOptions& options) {
  fs::create_directories(options.folder);
  const std::string file = fs::path(options.folder) / "log";
  const Log done = read_log(file);
  std::ofstream lines(file, std::ios::app);
  program_of(0);  // what is made once a process need not be made in every child
  Log log;
  int faults = 0;
  for (uint64_t seed = options.first; seed <= options.last; ++seed) {
    if (const auto found = done.find(seed); found != done.end()) {
      log[seed] = found->second;
    } else {
      const Answer answer = answer_of(seed, options);
      log[seed] = answer.entry;
      if (answer.entry.report.fault()) {
        fmt::print("seed {}: {} {}\n", seed, answer.entry.report.verdict, answer.detail.substr(0, 300));
        std::fflush(stdout);
        write_failure(seed, answer, options);
      }
      lines << fmt::format("{}\t{}\n", seed, line_of(answer.entry)) << std::flush;
    }
    faults += log[seed].report.fault();
    if (options.stop && faults > 0) break;
  }
  fmt::print("{}", summary(log));
  return faults;
}

}  // namespace dnnc::campaign
