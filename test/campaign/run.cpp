#include "test/campaign/run.h"

#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "compiler/ir/expression.h"
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
FusionLimits chosen_limits(Choices& choices, const Target& target) {
  static const std::vector<FusionLimits> all = {{}, {20'000, 40'000, true, 8}, {0, 0}, {2'000, 0}};
  FusionLimits limits = choices.one_of(all);
  const FusionLimits of_target = limits_of(target);
  limits.most_nodes_of_level = of_target.most_nodes_of_level;
  limits.asks_numbers = of_target.asks_numbers;
  return limits;
}

constexpr int patience = 5;  ///< times the time

/// Of what check_variants writes.
fs::path variants_folder(const RunOptions& options) { return fs::path(options.folder) / "variants"; }

/// A line of the log, then what is wrong.
std::string work(Choices choices, const RunOptions& options) {
  const FusionLimits limits = chosen_limits(choices, target_of(options.target));
  const Program program = random_program(choices);
  const CheckedProgram checked(program.text);
  LogEntry entry;
  // Other programs are made at the same time.
  const fs::path own = variants_folder(options) / std::to_string(getpid());
  if (options.schedules > 0) entry.report = check_variants(checked, choices, {options.schedules, own});
  else if (options.gradients) entry.report = check_derivatives(checked);
  else
    entry.report = check_program(
        checked, {limits, target_of(options.target), options.cache, "", options.check_memory, true}, options.falsify);
  entry.statements = program.statements;
  for (const auto& [error, times] : program.refused) entry.refused[error.substr(0, error.find(' '))] += times;
  entry.uses = coverage_of(checked.file());
  return line_of(entry) + "\n" + entry.report.detail;
}

/// `from` is a seed or a list of choices.
template <class From>
Answer answer_of(const From& from, const RunOptions& options) {
  Tape tape;
  const int seconds = options.schedules > 0 ? 5 * options.seconds : options.seconds;  // it is made in some twenty ways
  const Outcome outcome = run_apart([&] { return work(Choices(from, &tape), options); }, seconds, options.megabytes);
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

/// What is made once a process need not be made in every child: the library read, the code generator's tables.
void warm_up() {
  program_of(0);
  Graph graph;
  const NodeId number = graph.nodes.push({"number", {}, Comprehension{Reduction::None, {}, constant(1)}, {}, {}});
  graph.outputs.push_back({OutputRole::Value, "number", number, {}});
  test::RunningProgram program(graph);
}

/// The seeds of one call, on several threads that start children and wait for them.
class Campaign {
 public:
  explicit Campaign(const RunOptions& options)
      : options_(options),
        file_(fs::path(options.folder) / "log"),
        done_(read_log(file_)),
        lines_(file_, std::ios::app),
        next_(options.first) {}

  int run() {
    {
      std::vector<std::jthread> threads;
      for (int job = 0; job < options_.jobs; ++job) threads.emplace_back([this] { work(); });
    }
    fmt::print("{}", summary(log_));
    if (slow_ > 0) fmt::print("{} programs were slow and ran again alone\n", slow_.load());
    return faults_;
  }

 private:
  void work() {
    for (uint64_t seed = next_++; seed <= options_.last; seed = next_++) {
      if (options_.stop && faults_ > 0) return;
      const auto found = done_.find(seed);
      if (found != done_.end()) add(seed, found->second);
      else make(seed);
    }
  }
  void make(uint64_t seed) {
    const Answer answer = patient_answer(seed);
    if (answer.entry.report.fault()) {
      fmt::print("seed {}: {} {}\n", seed, answer.entry.report.verdict, answer.detail.substr(0, 300));
      std::fflush(stdout);
      write_failure(seed, answer, options_);
    }
    add(seed, answer.entry);
    const std::scoped_lock lock(mutex_);
    lines_ << fmt::format("{}\t{}\n", seed, line_of(answer.entry)) << std::flush;
  }
  /// A machine may be slow: a program that runs out of time runs again alone, with more of it. What then still does not
  /// end is a fault.
  Answer patient_answer(uint64_t seed) {
    {
      const std::shared_lock lock(alone_);
      Answer answer = answer_of(seed, options_);
      if (answer.entry.report.verdict != "timeout") return answer;
    }
    const std::unique_lock lock(alone_);
    ++slow_;
    RunOptions patient = options_;
    patient.seconds *= patience;
    return answer_of(seed, patient);
  }
  void add(uint64_t seed, const LogEntry& entry) {
    const std::scoped_lock lock(mutex_);
    log_[seed] = entry;
    faults_ += entry.report.fault();
  }

  const RunOptions& options_;
  const std::string file_;
  const Log done_;
  std::ofstream lines_;
  std::atomic<uint64_t> next_;
  std::atomic<int> faults_{0}, slow_{0};
  std::shared_mutex alone_;  ///< held by one that is to run alone, shared by all others
  std::mutex mutex_;
  Log log_;
};

}  // namespace

Program program_of(uint64_t seed) {
  Choices choices(seed);
  chosen_limits(choices, host_target());
  return random_program(choices);
}

int run_seeds(const RunOptions& options) {
  fs::create_directories(options.folder);
  fs::remove_all(variants_folder(options));  // left by programs that were ended
  warm_up();
  return Campaign(options).run();
}

}  // namespace dnnc::campaign
