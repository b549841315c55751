#include "runtime/device/driver_end.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

std::array<char, 1024> words{};  // complete before the handlers are there
pid_t program = 0;
std::atomic<int> at_work{0};

[[noreturn]] void tell_and_end() {
  [[maybe_unused]] const auto written =
      ::write(STDERR_FILENO, words.data(), std::char_traits<char>::length(words.data()));
  ::_exit(exit_input_output);
}

/// A process that the driver has started, for its linker, may end as it likes.
bool is_program() { return ::getpid() == program; }

void at_abort(int) {
  if (is_program()) tell_and_end();
  ::_exit(exit_input_output);
}
void at_exit() {
  if (at_work > 0 && is_program()) tell_and_end();
}

}  // namespace

void expect_driver_to_end(const std::string& said) {
  static std::once_flag once;
  std::call_once(once, [&] {
    program = ::getpid();
    std::copy_n(said.data(), std::min(said.size(), words.size() - 1), words.data());
    std::signal(SIGABRT, at_abort);
    std::atexit(at_exit);
  });
}

DriverAtWork::DriverAtWork() { ++at_work; }
DriverAtWork::~DriverAtWork() { --at_work; }

}  // namespace dnnc::runtime
