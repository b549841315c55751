#include "compiler/driver/session.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/support/check.h"
#include "runtime/files/streams.h"
#include "runtime/program/exit_codes.h"

namespace dnnc {
namespace {

bool given(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value;
}

/// --color, then NO_COLOR, then FORCE_COLOR, then whether messages go to a terminal.
bool wants_color(Colors option) {
  if (option != Colors::Auto) return option == Colors::Always;
  if (given("NO_COLOR")) return false;
  if (given("FORCE_COLOR") || given("CLICOLOR_FORCE")) return true;
  return runtime::draws_on_terminal();
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Session::Session(Options options)
    : options_(std::move(options)),
      diagnostics_(sources_),
      color_(wants_color(options_.colors)),
      drivers_(options_.shows_progress()) {}

bool Session::flush() {
  const std::vector<Diagnostic> fresh = diagnostics_.sorted(printed_);
  for (const Diagnostic& diagnostic : fresh) {
    const std::string text = render(diagnostic, sources_, options_.messages, color_);
    if (options_.messages == MessageFormat::Json) print(text);
    else tell(text);
  }
  const bool more = diagnostics_.error_count() > Diagnostics::most_errors && !fresh.empty();
  if (more) tell(fmt::format("there are more than {} errors; the rest is not shown\n", Diagnostics::most_errors));
  printed_ = diagnostics_.count();
  return diagnostics_.has_errors();
}

int Session::exit_code(int code) const {
  const std::vector<Diagnostic> all = diagnostics_.sorted();
  const bool unread = std::any_of(all.begin(), all.end(), [](const Diagnostic& each) { return each.code == "E0801"; });
  return code == runtime::exit_wrong && unread ? static_cast<int>(runtime::exit_input_output) : code;
}

bool Session::emits(Emitted what) const { return shows_ && std::ranges::count(options_.emit, what) > 0; }
void Session::print(const std::string& text) const { runtime::print(text); }
void Session::tell(const std::string& text) const { runtime::tell(text); }

Session::Busy::Busy(Session& session, const std::string& doing, std::chrono::milliseconds patience)
    : session_(session), outermost_(!session.busy_) {
  if (!outermost_ || !session.options().shows_progress()) return;
  session.doing_ = doing;
  session.busy_ = std::make_unique<runtime::Progress>(runtime::draws_on_terminal(), patience);
  session.drivers_.beside(session.busy_.get());
}
Session::Busy::~Busy() {
  if (!outermost_) return;
  session_.drivers_.beside(nullptr);
  session_.busy_.reset();
}

void Session::show(const runtime::Progress::Text& text) {
  if (busy_) busy_->show([text, doing = doing_] { return doing + ": " + text(); });
}

Graph Session::run(const Pass& pass, Graph graph) {
  if (contains(options_.skip_passes, pass.name)) return graph;
  const bool dump = shows_ && (options_.print_after_all || contains(options_.print_after, pass.name));
  const std::string before = dump ? dnnc::print(graph, &sources_) : "";
  const std::string name = graph.name;
  Graph result = phase(pass.name, [&] { return pass.run(std::move(graph)); });
  if (options_.verify) {
    const std::vector<std::string> faults = phase(Phase::Verify, [&] { return dnnc::verify(result); });
    dnnc::check(faults.empty(), faults.empty() ? "" : fmt::format("{} of {}: {}", pass.name, name, faults.front()));
  }
  if (dump) {
    const std::string after = dnnc::print(result, &sources_);
    print(fmt::format("# {} after {}{}\n{}", name, pass.name, after == before ? " (unchanged)" : "",
                      after == before ? "" : after));
  }
  return result;
}

void Session::add_time(const std::string& name, double seconds) {
  for (auto& [known, total] : times_)
    if (known == name) {
      total += seconds;
      return;
    }
  times_.emplace_back(name, seconds);
}

void Session::print_times() const {
  if (!options_.time) return;
  for (const auto& [name, seconds] : times_) tell(fmt::format("{:>10.3f} ms  {}\n", seconds * 1e3, name));
}

}  // namespace dnnc
