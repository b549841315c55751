#pragma once
#include <array>
#include <csignal>
#include <string>

#include "runtime/program/failure.h"

namespace dnnc::runtime {

/// The signals that ask a program to end, and the exit code that says so.
struct EndingSignal {
  int number;
  const char* name;
};
constexpr std::array ending_signals = {EndingSignal{SIGINT, "SIGINT"}, EndingSignal{SIGTERM, "SIGTERM"},
                                       EndingSignal{SIGHUP, "SIGHUP"}};
constexpr int exit_code_of(int signal) { return 128 + signal; }
static_assert(exit_code_of(SIGINT) == exit_interrupted && exit_code_of(SIGTERM) == exit_terminated &&
              exit_code_of(SIGHUP) == exit_hung_up);

/// Catches these signals while it lives: then `interrupted()` says so and
/// work ends where nothing is lost. A second signal of the kind ends the process. One that was ignored stays ignored, as
/// `nohup` and shells want it.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  std::array<struct sigaction, ending_signals.size()> old_{};
};

/// What is called, in a handler, before one of these signals ends the process: where nobody has asked for it otherwise they get a
/// handler for that, but for those that are ignored. It calls nothing that handlers may not.
void before_ending(void (*last)());

/// The signal that has come while a guard lived, or 0.
int interrupted();
/// "interrupted by SIGTERM\n", if it was.
std::string interruption();

/// Thrown by work that ends in the middle because of a signal; whoever holds the guard catches it.
struct Interrupted {};

/// Keeps the same signals waiting while it lives: for a moment in which files lie about that belong to nobody.
class SignalsWait {
 public:
  SignalsWait();
  ~SignalsWait();
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;

 private:
  sigset_t old_{};
};

}  // namespace dnnc::runtime
