#include "runtime/program/interrupt.h"

#include <pthread.h>

#include <cstddef>

namespace dnnc::runtime {
namespace {

// The only thing a signal handler may do is set a flag; whoever works looks at it between steps.
volatile std::sig_atomic_t caught = 0;
void (*volatile before_end)() = nullptr;

/// The process ends as if nobody had caught the signal.
void end_by(int signal) {
  if (const auto last = before_end) last();
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  ::sigaction(signal, &action, nullptr);
  ::raise(signal);
}

void remember_signal(int signal) {
  if (caught == signal) end_by(signal);
  caught = signal;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  caught = 0;
  struct sigaction action{};
  action.sa_handler = remember_signal;
  for (size_t i = 0; i < ending_signals.size(); ++i) {
    ::sigaction(ending_signals[i].number, nullptr, &old_[i]);
    if (old_[i].sa_handler != SIG_IGN) ::sigaction(ending_signals[i].number, &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  for (size_t i = 0; i < ending_signals.size(); ++i) ::sigaction(ending_signals[i].number, &old_[i], nullptr);
}

void before_ending(void (*last)()) {
  if (before_end) return;
  before_end = last;
  struct sigaction action{}, old{};
  action.sa_handler = end_by;
  for (const EndingSignal& signal : ending_signals)
    if (::sigaction(signal.number, nullptr, &old) == 0 && old.sa_handler == SIG_DFL)
      ::sigaction(signal.number, &action, nullptr);
}

int interrupted() { return caught; }

std::string interruption() {
  std::string text;
  for (const EndingSignal& signal : ending_signals)
    if (signal.number == caught) text = std::string("interrupted by ") + signal.name + "\n";
  return text;
}

SignalsWait::SignalsWait() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const EndingSignal& signal : ending_signals) sigaddset(&signals, signal.number);
  ::pthread_sigmask(SIG_BLOCK, &signals, &old_);
}

SignalsWait::~SignalsWait() { ::pthread_sigmask(SIG_SETMASK, &old_, nullptr); }

}  // namespace dnnc::runtime
