#include "runtime/files/download.h"

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <vector>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"

extern char** environ;

namespace dnnc::runtime {
namespace {

/// The exit code of a program that is waited for; -1 if it could not be started or was ended by a signal. It is asked to end
/// as this program is.
int run_program(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  // Signals that this program does not want to be ended by are no business of the other.
  sigset_t usual;
  ::sigemptyset(&usual);
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::sigaddset(&usual, signal);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int fault = ::posix_spawnp(&child, pointers[0], nullptr, &attributes, pointers.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (fault != 0) return -1;
  int status = 0;
  constexpr int step_of_waiting = 50;  // milliseconds
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (interrupted()) ::kill(child, SIGTERM);
    ::poll(nullptr, 0, step_of_waiting);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

std::string download_wheel(const std::string& package, const std::string& sha256, const std::string& folder,
                           const std::string& python) {
  const std::string asked = folder + "/asked.txt", text = package + " --hash=sha256:" + sha256 + "\n";
  write_file(asked, text.data(), text.size());
  const int code =
      run_program({python, "-I", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary", ":all:", "--require-hashes", "--dest", folder, "--requirement", asked});
  if (interrupted()) throw Interrupted();
  if (code != 0) throw Failure(exit_input_output, "`" + python + " -m pip download " + package + "` did not succeed");
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".whl") return file.path().string();
  throw Failure(exit_input_output, "pip downloaded no wheel of " + package);
}

}  // namespace dnnc::runtime
