#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/options.h"
#include "compiler/ir/graph.h"
#include "compiler/passes/passes.h"
#include "compiler/support/diagnostics.h"
#include "runtime/run/driver_progress.h"
#include "runtime/run/progress.h"

namespace dnnc {

/// What one call of dnnc has read, and the only code of the compiler that prints.
class Session {
 public:
  explicit Session(Options options);

  const Options& options() const { return options_; }
  Sources& sources() { return sources_; }
  Diagnostics& diagnostics() { return diagnostics_; }

  /// Prints what has been reported since the last call; true if there was an error.
  bool flush();
  /// The exit code of a command that would end with `code`: that a file of the program cannot be read is not the program's fault.
  int exit_code(int code) const;
  /// Whether --emit asks for it, here and now.
  bool emits(Emitted what) const;
  void print(const std::string& text) const;  ///< to stdout
  void tell(const std::string& text) const;   ///< to stderr

  /// Runs one pass: verify, dump, time, as the options say. A graph that does not hold is a compiler bug that names the
  /// pass.
  Graph run(const Pass& pass, Graph graph);
  /// Times a phase; --time prints it when the session ends.
  template <class F>
  auto phase(const std::string& name, F&& work) {
    if (busy_) busy_->show([text = doing_ + ": " + name] { return text; });
    const auto begin = std::chrono::steady_clock::now();
    auto result = work();
    add_time(name, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return result;
  }
  template <class F>
  auto phase(Phase which, F&& work) {
    return phase(runtime::word_of(which), std::forward<F>(work));
  }
  void print_times() const;
  bool color() const { return color_; }
  std::chrono::steady_clock::time_point begin() const { return begin_; }

  /// While it lives, nothing that --emit and --print-after ask for is printed: of what is only looked at.
  class Quietly {
   public:
    explicit Quietly(Session& session) : session_(session), before_(session.shows_) { session.shows_ = false; }
    ~Quietly() { session_.shows_ = before_; }
    Quietly(const Quietly&) = delete;
    Quietly& operator=(const Quietly&) = delete;

   private:
    Session& session_;
    bool before_;
  };

  /// While it lives, what is done is said where it takes long: the phase, or what show() was told. One within another
  /// leaves that alone. `patience` is that of Progress.
  class Busy {
   public:
    Busy(Session& session, const std::string& doing,
         std::chrono::milliseconds patience = runtime::Progress::usual_patience);
    ~Busy();
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Session& session_;
    bool outermost_;
  };
  /// What is done from now on until the next phase. The text is asked for by another thread.
  void show(const runtime::Progress::Text& text);

 private:
  void add_time(const std::string& name, double seconds);

  Options options_;
  Sources sources_;
  Diagnostics diagnostics_;
  size_t printed_ = 0;
  bool shows_ = true;  ///< what --emit and --print-after ask for
  bool color_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::string doing_;  ///< what Busy was made with
  std::unique_ptr<runtime::Progress> busy_;
  runtime::DriverProgress drivers_;
  std::vector<std::pair<std::string, double>> times_;
};

}  // namespace dnnc
