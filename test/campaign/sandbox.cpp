#include "test/campaign/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <mutex>

#include "compiler/support/check.h"

namespace dnnc::campaign {
namespace {

// What a sanitizer makes slower.
constexpr int slower = 10;
// A busy machine gives a process a part of its time only: this often the seconds of processor time may pass.
constexpr int patience = 20;

/// Bytes of address space in use.
int64_t address_space() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

/// The shadow memory of an address sanitizer is larger than any limit.
bool is_instrumented(int64_t megabytes) { return address_space() >= megabytes << 20; }

void write_all(int pipe, const std::string& text) {
  for (size_t written = 0; written < text.size();) {
    const ssize_t more = write(pipe, text.data() + written, text.size() - written);
    if (more <= 0) return;
    written += static_cast<size_t>(more);
  }
}

/// The child: its first byte says whether an exception ended it.
[[noreturn]] void work_and_leave(const std::function<std::string()>& work, int pipe, int seconds, int64_t megabytes) {
  const rlimit memory = {static_cast<rlim_t>(megabytes) << 20, static_cast<rlim_t>(megabytes) << 20};
  if (!is_instrumented(megabytes)) setrlimit(RLIMIT_AS, &memory);
  const rlimit processor = {static_cast<rlim_t>(seconds), static_cast<rlim_t>(seconds) + 1};
  setrlimit(RLIMIT_CPU, &processor);
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  alarm(static_cast<unsigned>(seconds * patience) + 5);  // should the parent be gone
  std::string text;
  try {
    text = "." + work();
  } catch (const std::exception& thrown) {
    text = std::string("!") + thrown.what();
  }
  write_all(pipe, text);
  _exit(0);
}

/// Everything written until the pipe ends; false if that takes too long.
bool read_until(int pipe, std::chrono::steady_clock::time_point deadline, std::string& text) {
  char block[4096];
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting = {pipe, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t size = read(pipe, block, sizeof block);
    if (size <= 0) return true;
    text.append(block, static_cast<size_t>(size));
  }
}

struct Child {
  pid_t process;
  int pipe;  ///< to read from
};

/// One at a time: a child that was forked while another's pipe is open for writing would keep that open.
Child start(const std::function<std::string()>& work, int seconds, int64_t megabytes) {
  static std::mutex one;
  const std::scoped_lock lock(one);
  int ends[2];
  check(pipe2(ends, O_CLOEXEC) == 0, "campaign: no pipe");
  const pid_t process = fork();
  check(process >= 0, "campaign: no process");
  if (process == 0) {
    close(ends[0]);
    work_and_leave(work, ends[1], seconds, megabytes);
  }
  close(ends[1]);
  return {process, ends[0]};
}

/// The linker catches SIGXCPU; then SIGKILL follows a second later.
bool ran_out_of_time(int signal, const rusage& usage, int seconds) {
  const int64_t used = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
  return signal == SIGXCPU || (signal == SIGKILL && used >= seconds);
}

}  // namespace

Outcome run_apart(const std::function<std::string()>& work, int seconds, int64_t megabytes) {
  if (is_instrumented(megabytes)) seconds *= slower;
  const Child child = start(work, seconds, megabytes);
  std::string text;
  const bool ended =
      read_until(child.pipe, std::chrono::steady_clock::now() + std::chrono::seconds(seconds * patience), text);
  close(child.pipe);
  if (!ended) kill(child.process, SIGKILL);
  int status = 0;
  rusage usage{};
  wait4(child.process, &status, 0, &usage);
  if (!ended || (WIFSIGNALED(status) && ran_out_of_time(WTERMSIG(status), usage, seconds))) return {"timeout", ""};
  if (WIFSIGNALED(status)) return {std::string("crash: ") + strsignal(WTERMSIG(status)), ""};
  if (text.empty()) return {"crash: no answer", ""};
  return {text[0] == '!' ? "exception" : "", text.substr(1)};
}

}  // namespace dnnc::campaign
