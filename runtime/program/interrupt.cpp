#include "runtime/program/interrupt.h"

#include <pthread.h>

#include <cstddef>

namespace dnnc::runtime {
namespace {

// The only thing a signal handler may do is set a flag; whoever works looks at it between steps.
volatile std::sig_atomic_t caught = 0;
void remember_signal(int signal) { caught = signal; }

}  // namespace

InterruptGuard::InterruptGuard() {
  caught = 0;
  struct sigaction action{};
  action.sa_handler = remember_signal;
  action.sa_flags = SA_RESETHAND;
  for (size_t i = 0; i < ending_signals.size(); ++i) {
    ::sigaction(ending_signals[i].number, nullptr, &old_[i]);
    if (old_[i].sa_handler != SIG_IGN) ::sigaction(ending_signals[i].number, &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  for (size_t i = 0; i < ending_signals.size(); ++i) ::sigaction(ending_signals[i].number, &old_[i], nullptr);
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
