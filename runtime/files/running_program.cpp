#include "runtime/files/running_program.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "runtime/program/failure.h"

namespace dnnc::runtime {

std::string running_program() {
  constexpr const char* link = running_program_link;
  char path[PATH_MAX];
  const ssize_t length = ::readlink(link, path, sizeof path);
  if (length < 0) throw Failure(exit_input_output, std::string(link) + ": cannot read: " + std::strerror(errno));
  return {path, static_cast<size_t>(length)};
}

}  // namespace dnnc::runtime
